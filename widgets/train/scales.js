// From values to pixels: the scales of a drawing. Knows no element.

/** @param {number} low @param {number} high @param {number} from pixels at `low` @param {number} to pixels at `high` */
export function linear(low, high, from, to) {
  return (/** @type {number} */ value) => from + ((value - low) / (high - low || 1)) * (to - from);
}

/** @param {number[]} values @returns {[number, number]} from zero to a little above the highest: nothing that was measured is cut off */
export function extent(values) {
  return [0, Math.max(0.1, values.reduce((most, value) => Math.max(most, value), 0) * 1.05)];
}

/** @param {number} low @param {number} high @returns {number[]} round values in equal steps, three to six of them */
export function ticks(low, high) {
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5, 10].find((s) => s * power >= rough) ?? 10);
  return Array.from({ length: Math.floor((high - low) / step + 1e-6) + 1 }, (_, n) => low + n * step);
}

/** @param {number} count @param {number} most @returns {number[]} the whole numbers from 1 to `count`, in equal steps, not more than `most` of them */
export function wholeTicks(count, most) {
  const least = Math.max(1, Math.ceil(count / Math.max(1, most)));
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((each) => each >= least) ?? least;
  return Array.from({ length: Math.floor(count / step) }, (_, n) => (n + 1) * step);
}

/**
 * Words one below the other that do not cover one another, from the highest to the lowest.
 * @template {{ y: number }} Word
 * @param {Word[]} words @param {number} apart pixels from one to the next, at least
 * @returns {Word[]}
 */
export function spreadApart(words, apart) {
  let least = -Infinity;
  return [...words].sort((a, b) => a.y - b.y).map((word) => {
    const y = Math.max(word.y, least);
    least = y + apart;
    return { ...word, y };
  });
}
