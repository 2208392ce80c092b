// Whether a picture's file goes on until its pixels end. A browser shows what there is of one that breaks off, and fills up the rest: a copy
// that it draws looks whole. Knows the outlines of files, no pixels.

const [SOI, EOI, SOS] = [0xd8, 0xd9, 0xda];

/** @param {Uint8Array} file @returns {boolean} false for what is not known here */
export function breaksOff(file) {
  const starts = (/** @type {string} */ text, at = 0) => [...text].every((letter, place) => file[at + place] === letter.charCodeAt(0));
  if (file[0] === 0xff && file[1] === SOI) return !endsAsJpeg(file);
  if (starts("\x89PNG")) return !endsAsPng(file);
  if (starts("GIF8")) return !hasFrameOfGif(file);
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

// All pixels come before the end, of which the last bytes may be missing.
/** @param {Uint8Array} file */
function endsAsPng(file) {
  for (let at = 8; at + 8 <= file.length; at += 12 + number(file, at, false)) {
    if (file[at + 4] === 0x49 && file[at + 5] === 0x45) return true; // IEND, the one that begins with IE
  }
  return false;
}

// Whether the first frame is there to its end: blocks, each with its length, the last one of none.
/** @param {Uint8Array} file */
function hasFrameOfGif(file) {
  const colours = (/** @type {number} */ flags) => (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0); // bytes of a table, if there is one
  const behindBlocks = (/** @type {number} */ at) => {
    while (file[at]) at += 1 + file[at];
    return at + 1;
  };
  let at = 13 + colours(file[10]);
  while (file[at] === 0x21) at = behindBlocks(at + 2);
  return file[at] === 0x2c ? behindBlocks(at + 11 + colours(file[at + 9])) <= file.length : file[at] === 0x3b;
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
