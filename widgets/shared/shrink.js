// A photo made smaller in the browser before it is sent. Knows files and canvases, not where a photo goes.

import { breaksOff } from "./whole.js";

const LONGEST_SIDE = 1024;
const SMALL_ENOUGH = 400_000; // bytes: a picture within both limits travels as it is
const THUMBNAIL_SIDE = 120;

// A copy no longer than LONGEST_SIDE, upright, with a thumbnail. What the browser cannot decode stays as it is, and what breaks off
// too: a copy would hide that.
/** @param {File} file @returns {Promise<{ blob: Blob, thumbnail: ArrayBuffer | null }>} */
export async function shrink(file) {
  const made = await shown(file, async (image) => {
    const { naturalWidth: width, naturalHeight: height } = image;
    const thumbnail = await (await draw(image, THUMBNAIL_SIDE, 0.8)).arrayBuffer();
    const small = Math.max(width, height) <= LONGEST_SIDE && file.size <= SMALL_ENOUGH;
    const asItIs = small || breaksOff(new Uint8Array(await file.arrayBuffer()));
    return { blob: asItIs ? file : await draw(image, LONGEST_SIDE, 0.9), thumbnail };
  });
  return made ?? { blob: file, thumbnail: null }; // the model process says what is wrong with it, or can read it
}

// A small JPEG of a photo; null where the browser cannot show it.
/** @param {File} file */
export const thumbnailOf = (file) => shown(file, (image) => draw(image, THUMBNAIL_SIDE, 0.8));

/**
 * @template Made
 * @param {File} file @param {(image: HTMLImageElement) => Promise<Made>} use @returns {Promise<Made | null>}
 */
async function shown(file, use) {
  const url = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    return await use(image);
  } catch {
    return null;
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** @param {HTMLImageElement} image @param {number} longest @param {number} quality @returns {Promise<Blob>} */
function draw(image, longest, quality) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = fitted(image.naturalWidth, image.naturalHeight, longest);
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("no canvas");
  pen.imageSmoothingQuality = "high";
  pen.fillStyle = "white"; // under transparency, as the model process does
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/jpeg", quality),
  );
}

/** @param {number} width @param {number} height @param {number} longest @returns {[number, number]} in whole pixels */
export function fitted(width, height, longest) {
  const scale = Math.min(1, longest / Math.max(width, height));
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
}
