// An upright picture -> the block of pixels that the network takes: the same cuts as model/images/transforms.py, pixel for pixel.

import { Refused } from "./refused.js";
import { resize } from "./resample.js";

/**
 * @import { Pixels } from "./resample.js"
 * One cut: see `Resize` in model/images/transforms.py.
 * @typedef {{ kind: string, size: [number, number], resample: number, fill: string, extra: number }} Step
 * @typedef {{ mode: string, steps: Step[] }} Framing
 * @typedef {[number, number]} Pair width and height, or a corner
 * @typedef {[number, number, number, number]} Box left, top, right, bottom
 */

const MOST_PIXELS = 250_000_000;

/** @param {Pixels} picture of three bands @param {Framing} framing @returns {Pixels} */
export function frame(picture, { mode, steps }) {
  return steps.reduce(cutBy, mode === "L" ? toGrey(picture) : picture);
}

// Which part of an upright picture of this size the network sees, in its pixels; beyond its borders where padded.
/** @param {Pair} size @param {Framing} framing @returns {Box} */
export function partOf(size, { steps }) {
  let [left, top, across, down] = [0, 0, 1, 1]; // where the pixels of now began in the picture, and how wide they were
  /** @type {Box} */
  let box = [0, 0, ...size];
  let now = size;
  for (const step of steps) {
    const [[x, y, right, bottom], becomes] = partOfStep(now, step);
    box = [left + x * across, top + y * down, left + right * across, top + bottom * down];
    [left, top, across, down] = [box[0], box[1], (box[2] - box[0]) / becomes[0], (box[3] - box[1]) / becomes[1]];
    now = becomes;
  }
  return box;
}

/** @param {Pair} size @param {Step} given @returns {[Box, Pair]} */
function partOfStep([width, height], given) {
  const step = given.kind === "longest" ? asCrop([width, height], given) : given;
  const [toWidth, toHeight] = step.size;
  if (step.kind === "crop" || step.kind === "pad") {
    const [[x, y], [across, down]] = aroundTheMiddle([width, height], step);
    return [[x, y, x + across, y + down], step.size];
  }
  if (step.kind === "centre") {
    const [x, y] = corner([width, height], step.size);
    return [[x, y, x + toWidth, y + toHeight], step.size];
  }
  const margin = step.kind === "inset" ? marginOf(step) : 0;
  const [wide, high] = [width / (toWidth + margin), height / (toHeight + margin)];
  const [x, y] = corner([toWidth + margin, toHeight + margin], step.size);
  return [[x * wide, y * high, (x + toWidth) * wide, (y + toHeight) * high], step.size];
}

/** @param {Pixels} picture @param {Step} given @returns {Pixels} */
function cutBy(picture, given) {
  const step = given.kind === "longest" ? asCrop([picture.width, picture.height], given) : given;
  const { size, resample } = step;
  if (step.kind === "crop" || step.kind === "pad") {
    const [at, part] = aroundTheMiddle([picture.width, picture.height], step);
    return resize(cut(picture, part, at, step.fill), ...size, resample);
  }
  const margin = step.kind === "inset" ? marginOf(step) : 0;
  if (step.kind === "squish" || (step.kind === "inset" && !margin)) return resize(picture, ...size, resample);
  const larger = margin ? resize(picture, size[0] + margin, size[1] + margin, resample) : picture;
  return cut(larger, size, corner([larger.width, larger.height], size), step.fill);
}

// The corner and the size of the part with the target's proportions.
/** @param {Pair} of @param {Step} step @returns {[Pair, Pair]} */
function aroundTheMiddle([width, height], { kind, size: [toWidth, toHeight] }) {
  const scale = (kind === "pad" ? Math.max : Math.min)(width / toWidth, height / toHeight);
  const [wide, high] = [Math.trunc(scale * toWidth), Math.trunc(scale * toHeight)];
  return [[Math.trunc(0.5 * (width - wide)), Math.trunc(0.5 * (height - high))], [wide, high]];
}

// The crop that leaves a picture its proportions, its longer side as long as is asked for.
/** @param {Pair} of @param {Step} step @returns {Step} */
function asCrop([width, height], step) {
  const longest = step.size[0];
  const landscape = width >= height;
  const other = Math.max(1, Math.trunc(longest * (landscape ? height / width : width / height)));
  return { ...step, kind: "crop", size: landscape ? [longest, other] : [other, longest], fill: "constant", extra: 0 };
}

/** @param {Step} step */
const marginOf = ({ size, extra }) => Math.ceil((Math.max(...size) * extra) / 8) * 8;

/** @param {Pair} of @param {Pair} size @returns {Pair} */
const corner = (of, size) => [Math.floor((of[0] - size[0]) / 2), Math.floor((of[1] - size[1]) / 2)];

/** @param {Pixels} picture @param {Pair} size @param {Pair} corner @param {string} fill @returns {Pixels} */
function cut(picture, [width, height], [left, top], fill) {
  if (width * height > MOST_PIXELS) throw new Refused("too-narrow");
  const { bands, data } = picture;
  const columns = sources(picture.width, width, left, fill);
  const rows = sources(picture.height, height, top, fill);
  const made = new Uint8Array(width * height * bands);
  const whole = left >= 0 && left + width <= picture.width;
  for (let y = 0; y < height; y += 1) {
    if (rows[y] < 0) continue;
    const from = rows[y] * picture.width;
    if (whole) {
      made.set(data.subarray((from + left) * bands, (from + left + width) * bands), y * width * bands);
      continue;
    }
    for (let x = 0; x < width; x += 1) {
      if (columns[x] < 0) continue;
      for (let band = 0; band < bands; band += 1) made[(y * width + x) * bands + band] = data[(from + columns[x]) * bands + band];
    }
  }
  return { width, height, bands, data: made };
}

// Which place of a side of `length` stands at each of `count` places from `start` on; -1 for black.
/** @param {number} length @param {number} count @param {number} start @param {string} fill */
function sources(length, count, start, fill) {
  const first = Math.max(start, 0);
  const kept = Math.min(start + count, length) - first;
  const around = fill === "reflect" && kept > 1 ? 2 * (kept - 1) : 0;
  return Array.from({ length: count }, (_, place) => {
    const at = start + place - first;
    if (at >= 0 && at < kept) return first + at;
    if (fill === "constant") return -1;
    if (!around) return first + (at < 0 ? 0 : kept - 1);
    const turned = ((at % around) + around) % around;
    return first + (turned < kept ? turned : around - turned);
  });
}

/** @param {Pixels} picture @returns {Pixels} */
function toGrey({ width, height, data }) {
  const grey = new Uint8Array(width * height);
  for (let at = 0; at < grey.length; at += 1) {
    grey[at] = (data[3 * at] * 19595 + data[3 * at + 1] * 38470 + data[3 * at + 2] * 7471 + 0x8000) >> 16;
  }
  return { width, height, bands: 1, data: grey };
}
