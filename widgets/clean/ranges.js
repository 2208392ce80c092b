// Ranges of positions: [[from, up to but not with], ...], sorted, apart.

/** @import { Range } from "./types.js" */

/** @param {Range[]} ranges @param {number} position */
export function inRanges(ranges, position) {
  return ranges.some(([start, stop]) => position >= start && position < stop);
}

/** @param {Range[]} ranges @param {number} position @returns {Range[]} with the position, or without it where it was there */
export function toggled(ranges, position) {
  if (!inRanges(ranges, position)) {
    /** @type {Range[]} */
    const sorted = [...ranges, /** @type {Range} */ ([position, position + 1])].sort((a, b) => a[0] - b[0]);
    /** @type {Range[]} */
    const merged = [];
    for (const [start, stop] of sorted) {
      const last = merged.at(-1);
      if (last && start <= last[1]) last[1] = Math.max(last[1], stop);
      else merged.push([start, stop]);
    }
    return merged;
  }
  return ranges.flatMap(([start, stop]) => {
    /** @type {Range[]} */
    const parts = position < start || position >= stop ? [[start, stop]] : [[start, position], [position + 1, stop]];
    return parts.filter(([from, to]) => from < to);
  });
}

/** @param {Range[]} ranges */
export function howMany(ranges) {
  return ranges.reduce((sum, [start, stop]) => sum + stop - start, 0);
}
