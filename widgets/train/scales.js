// From values to pixels: the scales of a drawing. Knows no element.

/** @param {number} low @param {number} high @param {number} from pixels at `low` @param {number} to pixels at `high` */
export function linear(low, high, from, to) {
  return (/** @type {number} */ value) => from + ((value - low) / (high - low || 1)) * (to - from);
}

/** @param {number[]} values @returns {[number, number]} from zero to nearly all of them: a first wild batch does not flatten the rest */
export function extent(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return [0, Math.max(0.1, sorted[Math.floor(0.98 * (sorted.length - 1))] * 1.08)];
}

/** @param {number} low @param {number} high @returns {number[]} round values in equal steps, three to six of them */
export function ticks(low, high) {
  const rough = (high - low) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5, 10].find((s) => s * power >= rough) ?? 10);
  return Array.from({ length: Math.floor((high - low) / step + 1e-6) + 1 }, (_, n) => low + n * step);
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
