// A visitor's file -> an upright picture in red, green and blue, transparency over white; or Refused. As model/images/decode.py, where
// the browser opens the kind; a picture is refused for its size before it is decoded.
//
// A JPEG of more than MOST pixels is decoded smaller, as Python does it, but by the browser's own way of making it smaller.

import { fill } from "../shared/text.js";
import { breaksOff } from "../shared/whole.js";
import { cutToWhatThereIs } from "./cut_off.js";
import { closeJpeg, heldOfJpeg, orientationOf, scansOf } from "./jpeg.js";
import { kindOf, sizeOf } from "./kinds.js";
import { Refused } from "./refused.js";
import WORDS from "./words.json" with { type: "json" };

/**
 * @import { Kind } from "./kinds.js"
 * @import { Pixels } from "./resample.js"
 * @typedef {{ bytes: number, pixels: number, jpeg_pixels: number, jpeg_held: number, jpeg_scans: number }} Limits of model/core/limits.py
 */

const TOLD = ["JPEG", "PNG", "GIF", "BMP", "WebP"]; // kinds whose size stands at their beginning
/** @type {ImageBitmapOptions} */
const AS_IT_IS = { imageOrientation: "from-image", colorSpaceConversion: "none", premultiplyAlpha: "none" };

/** @param {Blob} blob @param {Limits} limits @returns {Promise<{ picture: Pixels, note: string }>} */
export async function open(blob, limits) {
  if (blob.size > limits.bytes) {
    throw new Refused("too-many-bytes", { megabytes: Math.round(blob.size / 1e6), most: Math.round(limits.bytes / 1e6) });
  }
  const file = new Uint8Array(await blob.arrayBuffer().catch(() => new ArrayBuffer(0))); // a folder, or a file that has vanished
  if (!file.length) throw new Refused("empty");
  const kind = kindOf(file);
  if (!kind) throw new Refused("not-a-picture", { kinds: WORDS.kinds });
  if (kind === "JPEG" && scansOf(file) > limits.jpeg_scans) throw new Refused("slow-jpeg");
  const size = sizeOf(file, kind);
  if (TOLD.includes(kind) && !(size && size[0] && size[1])) throw new Refused(breaksOff(file) ? "cut-off" : "damaged");
  if (size) checkPixels(size, kind === "JPEG" ? limits.jpeg_pixels : limits.pixels);
  if (size && kind === "JPEG") checkHeld(file, size, limits.jpeg_held);
  if (breaksOff(file)) return openCutOff(file, kind);
  const bitmap = await decode(blob, kind, smaller(file, kind, size, limits.pixels));
  checkPixels([bitmap.width, bitmap.height], limits.pixels, bitmap);
  return { picture: pixelsOf(bitmap), note: "" };
}

/** @param {[number, number]} size @param {number} most @param {ImageBitmap | null} held */
function checkPixels([width, height], most, held = null) {
  if (width * height <= most) return;
  held?.close();
  throw new Refused("too-many-pixels", { width, height, millions: Math.round(most / 1e6) });
}

// A JPEG in several scans is held for the whole of it, however much smaller it is decoded.
/** @param {Uint8Array} file @param {[number, number]} size @param {number} most bytes */
function checkHeld(file, size, most) {
  const held = heldOfJpeg(file);
  if (held > most) checkPixels(size, Math.floor((size[0] * size[1] * most) / held));
}

// How much smaller a very large JPEG is decoded: by a half, a quarter or an eighth.
/** @param {Uint8Array} file @param {Kind} kind @param {[number, number] | null} size @param {number} most @returns {ImageBitmapOptions} */
function smaller(file, kind, size, most) {
  if (kind !== "JPEG" || !size || size[0] * size[1] <= most) return {};
  const by = [2, 4, 8].find((n) => size[0] * size[1] <= n * n * most) ?? 8;
  const wide = orientationOf(file) > 4 ? size[1] : size[0];
  return { resizeWidth: Math.ceil(wide / by), resizeQuality: "high" };
}

/** @param {Blob} blob @param {Kind} kind @param {ImageBitmapOptions} options */
async function decode(blob, kind, options) {
  try {
    return await createImageBitmap(blob, { ...AS_IT_IS, ...options });
  } catch {
    if (["TIFF", "HEIC", "AVIF"].includes(kind)) throw new Refused("not-by-browser", { kind });
    throw new Refused(options.resizeWidth ? "too-much-memory" : "damaged");
  }
}

// What there is of a JPEG that breaks off, where that is at least half of it; nothing of other kinds.
/** @param {Uint8Array} file @param {Kind} kind */
async function openCutOff(file, kind) {
  const rest = kind === "JPEG" ? closeJpeg(file) : null;
  if (!rest) throw new Refused("cut-off");
  const picture = pixelsOf(await decode(new Blob([/** @type {BlobPart} */ (rest.closed)]), kind, {}));
  const left = cutToWhatThereIs(picture, orientationOf(file));
  if (!left) throw new Refused("cut-off");
  const { missing, part, detail } = WORDS.notes;
  const what = left.side ? fill(part, { side: left.side }) : rest.progressive ? detail : "";
  return { picture: left.picture, note: what && fill(missing, { what }) };
}

// The pixels of a bitmap, which is closed; over white where it lets light through.
/** @param {ImageBitmap} bitmap @returns {Pixels} */
export function pixelsOf(bitmap) {
  const { width, height } = bitmap;
  const pen = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!pen) throw new Refused("too-much-memory");
  pen.fillStyle = "white";
  pen.fillRect(0, 0, width, height);
  pen.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { data: given } = pen.getImageData(0, 0, width, height);
  const data = new Uint8Array(3 * width * height);
  for (let from = 0, to = 0; from < given.length; from += 4, to += 3) {
    data[to] = given[from];
    data[to + 1] = given[from + 1];
    data[to + 2] = given[from + 2];
  }
  return { width, height, bands: 3, data };
}
