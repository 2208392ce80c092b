// Whether a picture's file goes on to its end. A browser shows what there is of one that breaks off, and fills up the rest: a copy
// that it draws looks whole. Knows the outlines of files, no pixels.

const [SOI, EOI, SOS] = [0xd8, 0xd9, 0xda];

/** @param {Uint8Array} file @returns {boolean} false for what is not known here */
export function breaksOff(file) {
  const starts = (/** @type {string} */ text, at = 0) => [...text].every((letter, place) => file[at + place] === letter.charCodeAt(0));
  if (file[0] === 0xff && file[1] === SOI) return !endsAsJpeg(file);
  if (starts("\x89PNG")) return !endsAsPng(file);
  if (starts("GIF8")) return file[file.findLastIndex(Boolean)] !== 0x3b;
  if (starts("RIFF") && starts("WEBP", 8)) return number(file, 4, true) + 8 > file.length;
  if (starts("BM")) return number(file, 2, true) > file.length;
  if (starts("ftyp", 4)) return !endsAsBoxes(file);
  return false;
}

// Segments, each with its length; within a scan, FF 00 is a value and FF D0 to FF D7 part it.
/** @param {Uint8Array} file */
function endsAsJpeg(file) {
  let at = 2;
  let inScan = false;
  while (at + 1 < file.length) {
    at = file.indexOf(0xff, at);
    if (at < 0) return false;
    const marker = file[at + 1];
    if (marker === EOI) return true;
    if (marker === 0xff || marker === undefined) at += 1;
    else if (inScan && (marker === 0 || (marker >= 0xd0 && marker <= 0xd7))) at += 2;
    else {
      inScan = marker === SOS;
      at += 2 + Math.max(2, (file[at + 2] << 8) | file[at + 3]);
    }
  }
  return false;
}

/** @param {Uint8Array} file */
function endsAsPng(file) {
  for (let at = 8; at + 12 <= file.length; at += 12 + number(file, at, false)) {
    if (file[at + 4] === 0x49 && file[at + 5] === 0x45) return true; // IEND, the one that begins with IE
  }
  return false;
}

// The boxes of AVIF and HEIC: one of no length goes on to the end.
/** @param {Uint8Array} file */
function endsAsBoxes(file) {
  let at = 0;
  while (at + 8 <= file.length) {
    const size = number(file, at, false);
    const length = size === 1 ? number(file, at + 12, false) : size;
    if (length < 8) return true;
    at += length;
  }
  return at === file.length;
}

/** @param {Uint8Array} file @param {number} at @param {boolean} littleEndian @returns {number} of 32 bits without a sign */
function number(file, at, littleEndian) {
  return at + 4 <= file.length ? new DataView(file.buffer, file.byteOffset).getUint32(at, littleEndian) : Infinity;
}
