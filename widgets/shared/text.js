// How numbers and lists are written in sentences: the same as model/core/text.py, number for number.

// A share as people read it: never "100 %" for what is merely close, never "0 %" for what is not nothing.
/** @param {number} share from 0 to 1 */
export function percent(share) {
  if (share >= 0.995 && share < 1) return ">99 %";
  if (share > 0 && share <= 0.005) return "<1 %";
  return `${halfToEven(100 * share)} %`;
}

/** @param {number} value the whole number next to it; of two equally near, the even one, as Python writes it */
export function halfToEven(value) {
  const below = Math.floor(value);
  const rest = value - below;
  return rest < 0.5 || (rest === 0.5 && below % 2 === 0) ? below : below + 1;
}

// "a, b or c"; of more than `most` names, the first few and how many there are.
/** @param {string[]} names @param {string} joint */
export function listing(names, joint = "or", most = 12) {
  if (names.length > most) return `${names.slice(0, 5).join(", ")} and ${names.length - 5} more`;
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} ${joint} ${names.at(-1)}`;
}

// "1 picture", "2,000 pictures".
/** @param {number} number @param {string} thing */
export function numberOf(number, thing) {
  return `${number.toLocaleString("en")} ${thing}${number === 1 ? "" : "s"}`;
}

// A sentence with values in the place of their {names}; names without a value stay.
/** @param {string} sentence @param {Record<string, string | number>} values */
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (name, key) => (Object.hasOwn(values, key) ? String(values[key]) : name));
}
