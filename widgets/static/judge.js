// What the network gives -> an answer: shares, and whether it is sure, as model/classifier.py and model/images/conditions.py say.

/**
 * @import { Prediction } from "../shared/answers.js"
 * @import { Pixels } from "./resample.js"
 * From which share an answer counts, more of it in each condition, and from which similarity; see model/artifacts/thresholds.py.
 * @typedef {{ sure: number, sure_if: Record<string, number>, sure_unlike: number | null, familiar: number | null,
 *   close: number | null }} Thresholds
 */

const NEARLY_ALL = 0.95;
const COLOURLESS = 4;
const DIM = 100;
const SMOOTH = 0.08;
const LUMA = [77, 150, 29]; // of 256

/**
 * @param {ArrayLike<number>} logits @param {number | null} similarity @param {Pixels} framed
 * @param {{ classes: string[], thresholds: Thresholds }} model @param {number} seconds
 * @returns {Prediction & { seconds: number }}
 */
export function predictionOf(logits, similarity, framed, { classes, thresholds }, seconds) {
  const shares = softmax(logits);
  const best = shares.indexOf(Math.max(...shares));
  const status = statusOf(shares[best], similarity, conditionsOf(framed), thresholds);
  const probabilities = Object.fromEntries(classes.map((name, place) => [name, shares[place]]));
  return { label: classes[best], probability: shares[best], probabilities, classes, status, seconds };
}

/** @param {ArrayLike<number>} logits */
export function softmax(logits) {
  const all = Array.from(logits);
  const most = Math.max(...all);
  const powers = all.map((value) => Math.exp(value - most));
  const sum = powers.reduce((one, other) => one + other, 0);
  return powers.map((power) => power / sum);
}

/** @param {number} share @param {number | null} similarity @param {string[]} conditions @param {Thresholds} thresholds */
export function statusOf(share, similarity, conditions, { sure, sure_if, sure_unlike, familiar, close }) {
  const below = (/** @type {number | null} */ threshold) => similarity !== null && threshold !== null && similarity < threshold;
  if (below(familiar)) return "unfamiliar";
  const unlike = below(close) ? [sure_unlike ?? Infinity] : [];
  const needed = Math.max(sure, ...conditions.map((name) => sure_if[name] ?? sure), ...unlike);
  return share >= needed ? "sure" : "unsure";
}

// What makes a framed photo hard: no colours, little light, no sharp edge. Every second row says enough.
/** @param {Pixels} framed */
export function conditionsOf({ width, height, bands, data }) {
  const rows = Math.ceil(height / 2);
  const count = rows * width;
  const light = new Float32Array(count);
  let colourless = 0;
  let dim = 0;
  for (let place = 0; place < count; place += 1) {
    const at = (place + Math.floor(place / width) * width) * bands;
    const [red, green, blue] = bands === 3 ? [data[at], data[at + 1], data[at + 2]] : [data[at], data[at], data[at]];
    if (Math.max(red, green, blue) - Math.min(red, green, blue) < COLOURLESS) colourless += 1;
    light[place] = (LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue) / 256;
    if (light[place] < DIM) dim += 1;
  }
  const grey = bands === 3 && colourless / count > NEARLY_ALL; // one channel is not called grey
  const held = { grey, dark: dim / count > NEARLY_ALL, blurred: smooth(light, width, rows) };
  return Object.entries(held).filter(([, holds]) => holds).map(([name]) => name);
}

/** @param {Float32Array} light @param {number} width @param {number} rows */
function smooth(light, width, rows) {
  if (width <= 4) return false;
  const slope = slopeOver(light, width, rows, 4);
  return slope > 0 && slopeOver(light, width, rows, 1) < SMOOTH * slope;
}

// The mean of the squared difference of pixels that lie so far apart.
/** @param {Float32Array} light @param {number} width @param {number} rows @param {number} apart */
function slopeOver(light, width, rows, apart) {
  let sum = 0;
  for (let row = 0; row < rows; row += 1) {
    for (let x = row * width; x < (row + 1) * width - apart; x += 1) sum += (light[x + apart] - light[x]) ** 2;
  }
  return sum / (rows * (width - apart));
}
