// How much each place of a framed picture speaks for one class, from the logits that the network gives to each place: the same as
// model/explanation/activation_map.py, which says why it is done so, and its colours as in drawing.py. Knows arrays and a network.

import { halfToEven } from "../shared/text.js";
import { BICUBIC, BILINEAR, resizeFloats } from "./resample.js";

/**
 * @import { Floats, Pixels } from "./resample.js"
 * @typedef {{ dims: readonly number[], data: Float32Array }} Output
 * @typedef {{ places: Floats, weak: boolean, spread: boolean, brightest: [number, number] }} HeatMap `brightest` is where the
 *   brightest place lies, in shares of the width and of the height
 */

const MOVES = [[0.5, 0.5], [-0.5, -0.5]]; // of the picture, in cells: to the left, up
const FINE = 4; // places to a cell, each way
const WEAK = 1; // logits above the rest of the picture that the strongest place must have to be shown at full brightness
const FEWEST = 4; // cells
const SPREAD = 0.5; // of the heat on the brightest quarter of the places
const SIDE = 224; // pixels of the longer side of the map as a picture
const SHARES = [0, 0.3, 0.55, 0.8, 1];
const COLOURS = [[14, 10, 48], [84, 26, 112], [178, 56, 92], [242, 134, 48], [255, 240, 150]];

/**
 * The heat map for the class at `place`; null where the network's cells are too few to tell. Two more passes of the network.
 * @param {(framed: Pixels) => Promise<Output>} heatOf @param {Pixels} framed @param {Output} heat of 1 × classes × rows × columns
 * @param {number} place @returns {Promise<HeatMap | null>}
 */
export async function heatMap(heatOf, framed, heat, place) {
  const [, classes, rows, columns] = heat.dims;
  if (rows * columns < FEWEST || classes < 2) return null;
  const least = aboveTheRest(heat, place);
  for (const [right, down] of MOVES) {
    const [x, y] = [halfToEven((right * framed.width) / columns), halfToEven((down * framed.height) / rows)];
    const look = aboveTheRest(await heatOf(moved(framed, x, y)), place);
    const [over, up] = [-halfToEven(right * FINE), -halfToEven(down * FINE)];
    for (let at = 0; at < least.data.length; at += 1) {
      const column = clamp((at % least.width) + over, least.width);
      const row = clamp(Math.floor(at / least.width) + up, least.height);
      least.data[at] = Math.min(least.data[at], look.data[row * least.width + column]);
    }
  }
  return described(least);
}

/** @param {Floats} least @returns {HeatMap} */
function described(least) {
  const data = least.data.map((value) => Math.max(0, value));
  const most = data.reduce((one, other) => Math.max(one, other), 0);
  const shares = data.map((value) => value / Math.max(most, WEAK));
  const at = shares.indexOf(shares.reduce((one, other) => Math.max(one, other), 0));
  const ordered = Float32Array.from(shares).sort().reverse();
  const sum = (/** @type {Float32Array} */ values) => values.reduce((one, other) => one + other, 0);
  return {
    places: { ...least, data: shares },
    weak: shares[at] < 1,
    spread: sum(ordered.subarray(0, Math.floor(ordered.length / 4))) < SPREAD * sum(ordered),
    brightest: [((at % least.width) + 0.5) / least.width, (Math.floor(at / least.width) + 0.5) / least.height],
  };
}

// What a class has above the mean of the others, and a place above the mean of all places; in fine places.
/** @param {Output} heat @param {number} place @returns {Floats} */
function aboveTheRest({ dims: [, classes, height, width], data }, place) {
  const count = width * height;
  const own = Float64Array.from({ length: count }, (_, at) => {
    let others = 0;
    for (let each = 0; each < classes; each += 1) if (each !== place) others += data[each * count + at];
    return data[place * count + at] - others / (classes - 1);
  });
  const mean = own.reduce((one, other) => one + other, 0) / count;
  return resizeFloats({ width, height, data: Float32Array.from(own, (value) => value - mean) }, FINE * width, FINE * height, BILINEAR);
}

const clamp = (/** @type {number} */ at, /** @type {number} */ length) => Math.max(0, Math.min(length - 1, at));

// The picture moved to the left and up, its border mirrored where something is missing.
/** @param {Pixels} picture @param {number} right @param {number} down @returns {Pixels} */
function moved({ width, height, bands, data }, right, down) {
  const mirrored = (/** @type {number} */ at, /** @type {number} */ length) => (at < 0 ? -1 - at : at >= length ? 2 * length - 1 - at : at);
  const made = new Uint8Array(data.length);
  for (let y = 0, to = 0; y < height; y += 1) {
    const row = mirrored(y + down, height) * width;
    for (let x = 0; x < width; x += 1) {
      const from = (row + mirrored(x + right, width)) * bands;
      for (let band = 0; band < bands; band += 1, to += 1) made[to] = data[from + band];
    }
  }
  return { width, height, bands, data: made };
}

// Heat from 0 to 1 as a picture, smooth between the places; red, green, blue and opacity.
/** @param {Floats} places */
export function inColours(places) {
  const scale = SIDE / Math.max(places.width, places.height);
  const size = (/** @type {number} */ side) => Math.max(1, halfToEven(side * scale));
  const smooth = resizeFloats(places, size(places.width), size(places.height), BICUBIC);
  const data = new Uint8ClampedArray(4 * smooth.data.length);
  smooth.data.forEach((value, at) => data.set([...colourOf(Math.max(0, Math.min(1, value))), 255], 4 * at));
  return { width: smooth.width, height: smooth.height, data };
}

/** @param {number} value */
function colourOf(value) {
  const above = Math.max(1, SHARES.findIndex((share) => value <= share));
  const way = (value - SHARES[above - 1]) / (SHARES[above] - SHARES[above - 1]);
  return COLOURS[above].map((colour, band) => halfToEven(COLOURS[above - 1][band] + way * (colour - COLOURS[above - 1][band])));
}
