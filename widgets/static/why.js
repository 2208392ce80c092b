// What of a photo led to its answer, as model/explanation/explainer.py says it: the photo, the part that was seen, the heat over it.

import { percent } from "../shared/text.js";
import { partOf } from "./framing.js";
import { heatMap, inColours } from "./heat.js";
import WORDS from "./words.json" with { type: "json" };

/**
 * @import { Prediction } from "../shared/answers.js"
 * @import { Framing } from "./framing.js"
 * @import { HeatMap } from "./heat.js"
 * @import { Like } from "./neighbours.js"
 * @import { Network } from "./network.js"
 * @import { Pixels } from "./resample.js"
 * @typedef {{ kind: "explained", label: string, share: string, photo: Blob, part: [number, number, number, number],
 *   heat: Blob | null, where: string, similar: Like[], notes: string[] }} Explained as explanation.js draws it, once blobs are addresses
 */

const SHOWN = 640; // pixels of the longer side of the photo

/**
 * @param {Pixels} picture @param {Pixels} framed @param {Prediction} prediction
 * @param {{ classes: string[], framing: Framing, outputs: string[] }} model @param {Network} network
 * @param {((features: ArrayLike<number>) => Promise<Like[]>) | null} neighbours training pictures, where visitors may see them
 * @returns {Promise<Explained>}
 */
export async function explain(picture, framed, prediction, model, network, neighbours) {
  const heatOf = async (/** @type {Pixels} */ of) => (await network(of, ["heat"])).heat;
  const place = model.classes.indexOf(prediction.label);
  const found = model.outputs.includes("heat") ? await heatMap(heatOf, framed, await heatOf(framed), place) : null;
  const features = neighbours && model.outputs.includes("features") ? (await network(framed, ["features"])).features.data : null;
  const similar = neighbours && features ? await neighbours(features).catch(() => null) : [];
  const { width, height } = picture;
  const [left, top, right, bottom] = partOf([width, height], model.framing);
  /** @type {[number, number, number, number]} */
  const part = [left / width, top / height, right / width, bottom / height];
  return {
    kind: "explained",
    label: prediction.label,
    share: percent(prediction.probability),
    photo: await shown(picture),
    part,
    heat: found ? await drawn(inColours(found.places), "image/png") : null,
    where: !found || found.weak ? "" : inWords(found.brightest, part),
    similar: similar ?? [],
    notes: [...noteOn(found), ...(similar ? [] : [WORDS.why.no_similar])],
  };
}

/** @param {HeatMap | null} found */
function noteOn(found) {
  if (!found) return [WORDS.why.no_heat];
  if (found.weak) return [WORDS.why.weak];
  return found.spread ? [WORDS.why.spread] : [];
}

// Where a place of the part that was seen lies in the photo.
/** @param {[number, number]} place @param {[number, number, number, number]} part */
export function inWords([x, y], [left, top, right, bottom]) {
  const third = (/** @type {number} */ share) => Math.min(2, Math.max(0, Math.trunc(3 * share)));
  const [across, down] = [third(left + x * (right - left)), third(top + y * (bottom - top))];
  const { middle, at, rows, columns } = WORDS.why;
  return across === 1 && down === 1 ? middle : [at, rows[down], columns[across]].filter(Boolean).join(" ");
}

/** @param {Pixels} picture */
async function shown({ width, height, data }) {
  const opaque = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let from = 0, to = 0; from < data.length; from += 3, to += 4) opaque.set(data.subarray(from, from + 3), to);
  return drawn({ width, height, data: opaque }, "image/jpeg", Math.min(1, SHOWN / Math.max(width, height)));
}

/** @param {{ width: number, height: number, data: Uint8ClampedArray<ArrayBuffer> }} picture @param {string} type @param {number} scale */
async function drawn({ width, height, data }, type, scale = 1) {
  const size = (/** @type {number} */ side) => Math.max(1, Math.round(scale * side));
  const canvas = new OffscreenCanvas(size(width), size(height));
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("no canvas");
  pen.imageSmoothingQuality = "high";
  const bitmap = await createImageBitmap(new ImageData(data, width, height));
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return canvas.convertToBlob({ type, quality: 0.85 });
}
