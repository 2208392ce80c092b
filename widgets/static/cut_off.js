// The part that there is of a picture whose file breaks off: a decoder leaves blank what it never met. Knows pixels, no file.

/** @import { Pixels } from "./resample.js" */

const ENOUGH = 0.5; // of the rows, for an answer
const BLANK = 128; // what a decoder gives for blocks that it never met
const SIDES = ["", "lower", "lower", "upper", "upper", "right", "left", "left", "right"]; // where the last rows are, by EXIF's tag

const isAcross = (/** @type {string} */ side) => side === "left" || side === "right";

/**
 * @param {Pixels} picture upright @param {number} orientation how it lay, by EXIF's tag
 * @returns {{ picture: Pixels, side: string } | null} cut to what there is, and the side that is missing, "" if none; null where that
 *   is too little
 */
export function cutToWhatThereIs(picture, orientation) {
  const side = SIDES[orientation];
  const length = isAcross(side) ? picture.width : picture.height;
  const last = side === "lower" || side === "right";
  let blank = 0;
  while (blank < length && isBlank(picture, side, last ? length - 1 - blank : blank)) blank += 1;
  if (blank > (1 - ENOUGH) * length) return null;
  return blank ? { picture: without(picture, side, blank), side } : { picture, side: "" };
}

/** @param {Pixels} picture @param {string} side @param {number} at which row, or column */
function isBlank({ width, bands, data }, side, at) {
  const row = width * bands;
  const [start, stop, step] = isAcross(side) ? [at * bands, data.length, row] : [at * row, (at + 1) * row, bands];
  for (let pixel = start; pixel < stop; pixel += step) {
    for (let band = 0; band < bands; band += 1) if (data[pixel + band] !== BLANK) return false;
  }
  return true;
}

/** @param {Pixels} picture @param {string} side @param {number} count of rows, or columns, to leave out */
function without({ width, height, bands, data }, side, count) {
  const left = side === "left" ? count : 0;
  const top = side === "upper" ? count : 0;
  const [wide, high] = isAcross(side) ? [width - count, height] : [width, height - count];
  const made = new Uint8Array(wide * high * bands);
  for (let y = 0; y < high; y += 1) {
    const from = ((y + top) * width + left) * bands;
    made.set(data.subarray(from, from + wide * bands), y * wide * bands);
  }
  return { width: wide, height: high, bands, data: made };
}
