// A photo made smaller in the browser before it is sent. Knows files and canvases, not where a photo goes.

import { breaksOff } from "./whole.js";

const LONGEST_SIDE = 1024;
const SMALL_ENOUGH = 400_000; // bytes: a picture within both limits travels as it is
const QUALITY = 0.85; // of a JPEG: what the model sees in it is as near to the photo as at 0.9, and it travels a fifth faster
const ENOUGH = 0.9; // of the side of a copy: a decoder that gives so much need not give more
const THUMBNAIL_SIDE = 120;
const THUMBNAIL_QUALITY = 0.8;

// A copy no longer than LONGEST_SIDE, upright; its thumbnail is made while the copy is already on its way. What the browser cannot decode
// stays as it is, and what breaks off too: a copy would hide that.
/** @param {File} file @returns {Promise<{ blob: Blob, thumbnail: Promise<ArrayBuffer | null> }>} */
export async function shrink(file) {
  try {
    const image = await loaded(file);
    const isSmall = Math.max(...sizeOf(image)) <= LONGEST_SIDE && file.size <= SMALL_ENOUGH;
    if (isSmall) return { blob: file, thumbnail: asBytes(miniature(image, file)) };
    const bytes = await bytesOf(file);
    if (breaksOff(bytes)) return { blob: file, thumbnail: asBytes(miniature(image, file)) };
    const copy = await copied(image, bytes, LONGEST_SIDE); // the large photo is gone through once
    return { blob: await encoded(copy, QUALITY), thumbnail: asBytes(encoded(drawn(copy, THUMBNAIL_SIDE), THUMBNAIL_QUALITY)) };
  } catch {
    return { blob: file, thumbnail: Promise.resolve(null) }; // the model process says what is wrong with it, or can read it
  }
}

// A small JPEG of a photo; null where the browser cannot show it.
/** @param {File} file */
export const thumbnailOf = (file) => loaded(file).then((image) => miniature(image, file)).catch(() => null);

/** @param {HTMLImageElement} image @param {File} file */
async function miniature(image, file) {
  return encoded(await copied(image, await bytesOf(file), THUMBNAIL_SIDE), THUMBNAIL_QUALITY);
}

/** @param {Promise<Blob>} made @returns {Promise<ArrayBuffer | null>} */
const asBytes = (made) => made.then((blob) => blob.arrayBuffer()).catch(() => null);

/** @param {File} file */
const bytesOf = async (file) => new Uint8Array(await file.arrayBuffer());

// Its size is known then, its pixels are not decoded yet.
/** @param {File} file @returns {Promise<HTMLImageElement>} */
function loaded(file) {
  const url = URL.createObjectURL(file);
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.addEventListener("load", () => resolve(image));
    image.addEventListener("error", reject);
    image.src = url;
  }).finally(() => URL.revokeObjectURL(url));
}

// A copy of a photo, whose file has these `bytes`.
/** @param {HTMLImageElement} image @param {Uint8Array<ArrayBuffer>} bytes @param {number} longest */
async function copied(image, bytes, longest) {
  const coarse = await decodedCoarsely(image, bytes, longest);
  if (!coarse) await image.decode();
  const copy = drawn(coarse ?? image, longest);
  coarse?.close();
  return copy;
}

// A large JPEG with an eighth, two eighths ... of its pixels a side, which takes a decoder a fraction of the time; null for others, and
// where the browser cannot do that, or would leave a photo lying on its side.
/** @param {HTMLImageElement} image @param {Uint8Array<ArrayBuffer>} bytes @param {number} longest @returns {Promise<VideoFrame | null>} */
async function decodedCoarsely(image, bytes, longest) {
  const able = "ImageDecoder" in window && "rotation" in VideoFrame.prototype;
  const share = Math.ceil((8 * ENOUGH * longest) / Math.max(...sizeOf(image))) / 8;
  if (!able || share >= 1 || bytes[0] !== 0xff || bytes[1] !== 0xd8) return null;
  const [desiredWidth, desiredHeight] = sizeOf(image).map((side) => Math.ceil(side * share));
  try {
    const decoder = new ImageDecoder({ data: bytes, type: "image/jpeg", desiredWidth, desiredHeight });
    const { image: frame } = await decoder.decode();
    decoder.close();
    if (Math.max(...sizeOf(frame)) >= ENOUGH * longest) return frame;
    frame.close();
  } catch {} // the image is decoded whole
  return null;
}

/** @param {HTMLImageElement | HTMLCanvasElement | VideoFrame} picture @returns {[number, number]} upright, in pixels */
function sizeOf(picture) {
  if (picture instanceof HTMLImageElement) return [picture.naturalWidth, picture.naturalHeight];
  if (picture instanceof HTMLCanvasElement) return [picture.width, picture.height];
  return [picture.displayWidth, picture.displayHeight];
}

/** @param {HTMLImageElement | HTMLCanvasElement | VideoFrame} picture @param {number} longest */
function drawn(picture, longest) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = fitted(...sizeOf(picture), longest);
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("no canvas");
  pen.imageSmoothingQuality = "high";
  pen.fillStyle = "white"; // under transparency, as the model process does
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** @param {HTMLCanvasElement} canvas @param {number} quality @returns {Promise<Blob>} */
function encoded(canvas, quality) {
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/jpeg", quality),
  );
}

/** @param {number} width @param {number} height @param {number} longest @returns {[number, number]} in whole pixels */
export function fitted(width, height, longest) {
  const scale = Math.min(1, longest / Math.max(width, height));
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}
