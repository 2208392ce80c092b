// What a file is, by its first bytes, and how many pixels its picture has: told before anything of it is decoded.

import { sizeOfJpeg } from "./jpeg.js";

/** @typedef {"JPEG" | "PNG" | "GIF" | "BMP" | "TIFF" | "WebP" | "AVIF" | "HEIC"} Kind */

const HEIC = ["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"];
const TIFF = ["II*\0", "MM\0*", "II+\0", "MM\0+"];

/** @param {Uint8Array} file @returns {Kind | null} */
export function kindOf(file) {
  const text = (/** @type {number} */ start, /** @type {number} */ stop) => String.fromCharCode(...file.subarray(start, stop));
  if (text(0, 3) === "\xff\xd8\xff") return "JPEG";
  if (text(0, 8) === "\x89PNG\r\n\x1a\n") return "PNG";
  if (text(0, 4) === "GIF8") return "GIF";
  if (text(0, 2) === "BM") return "BMP";
  if (TIFF.includes(text(0, 4))) return "TIFF";
  if (text(0, 4) === "RIFF" && text(8, 12) === "WEBP") return "WebP";
  if (text(4, 8) !== "ftyp") return null;
  if (["avif", "avis"].includes(text(8, 12))) return "AVIF";
  return HEIC.includes(text(8, 12)) ? "HEIC" : null;
}

/** @param {Uint8Array} file @param {Kind} kind @returns {[number, number] | null} width and height; null where they are not told here */
export function sizeOf(file, kind) {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  try {
    if (kind === "JPEG") return sizeOfJpeg(file);
    if (kind === "PNG") return [view.getUint32(16), view.getUint32(20)];
    if (kind === "GIF") return [view.getUint16(6, true), view.getUint16(8, true)];
    if (kind === "BMP") return sizeOfBmp(view);
    if (kind === "WebP") return sizeOfWebp(view);
    return kind === "AVIF" ? sizeOfBoxes(file, view) : null;
  } catch (error) {
    if (error instanceof RangeError) return null; // the file ends before that
    throw error;
  }
}

/** @param {DataView} view @returns {[number, number]} */
function sizeOfBmp(view) {
  if (view.getUint32(14, true) === 12) return [view.getUint16(18, true), view.getUint16(20, true)];
  return [Math.abs(view.getInt32(18, true)), Math.abs(view.getInt32(22, true))];
}

// RFC 9649, sections 2.5 to 2.7.
/** @param {DataView} view @returns {[number, number]} */
function sizeOfWebp(view) {
  const kind = String.fromCharCode(...[12, 13, 14, 15].map((at) => view.getUint8(at)));
  const three = (/** @type {number} */ at) => view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
  if (kind === "VP8X") return [1 + three(24), 1 + three(27)];
  if (kind === "VP8L") return [1 + (view.getUint32(21, true) & 0x3fff), 1 + ((view.getUint32(21, true) >> 14) & 0x3fff)];
  return [view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff];
}

// The largest of the sizes (`ispe`) that stand in the head of the file.
/** @param {Uint8Array} file @param {DataView} view @returns {[number, number] | null} */
function sizeOfBoxes(file, view) {
  /** @type {[number, number] | null} */
  let largest = null;
  for (let at = file.indexOf(0x69); at >= 0 && at < 65_536; at = file.indexOf(0x69, at + 1)) {
    if (view.getUint32(at) !== 0x69737065) continue;
    const [width, height] = [view.getUint32(at + 8), view.getUint32(at + 12)];
    if (!largest || width * height > largest[0] * largest[1]) largest = [width, height];
  }
  return largest;
}
