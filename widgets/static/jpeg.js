// What the segments of a JPEG tell: its size, how it lies, how many scans it has, what a decoder holds of it, and the part of one that breaks off that can be
// decoded. The same as model/images/containers.py says of it.

const [EOI, SOS, APP1] = [0xd9, 0xda, 0xe1];
const FINEST = 63; // the last of the 64 coefficients of a block
const ORIENTATION = 0x0112;

/** @typedef {{ marker: number, at: number, start: number, stop: number }} Segment of `marker`, which stands at `at`; what it holds */

/** @param {number} marker */
const isFrame = (marker) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

// Segments one after the other; within a scan, FF 00 is a value and FF D0 to FF D7 part it.
/** @param {Uint8Array} file @returns {Generator<Segment>} */
function* segments(file) {
  let at = 2;
  while ((at = file.indexOf(0xff, at)) >= 0 && at + 1 < file.length) {
    const marker = file[at + 1];
    if (marker === 0xff) at += 1;
    else if (marker === 0 || (marker >= 0xd0 && marker <= 0xd7)) at += 2;
    else {
      const stop = at + 2 + Math.max(2, (file[at + 2] << 8) | file[at + 3]);
      yield { marker, at, start: at + 4, stop };
      at = stop;
    }
  }
}

/** @param {Uint8Array} file @returns {[number, number] | null} */
export function sizeOfJpeg(file) {
  for (const { marker, start } of segments(file)) {
    if (isFrame(marker) && start + 5 <= file.length) {
      return [(file[start + 3] << 8) | file[start + 4], (file[start + 1] << 8) | file[start + 2]];
    }
    if (marker === SOS || marker === EOI) return null;
  }
  return null;
}

/** @param {Uint8Array} file @returns {number} EXIF's tag, from 1 to 8; 1, upright, where it is not told */
export function orientationOf(file) {
  for (const { marker, start, stop } of segments(file)) {
    if (marker === SOS) return 1;
    const exif = String.fromCharCode(...file.subarray(start, start + 6)) === "Exif\0\0";
    if (marker === APP1 && exif) return orientationIn(file.subarray(start + 6, stop));
  }
  return 1;
}

/** @param {Uint8Array} exif */
function orientationIn(exif) {
  const view = new DataView(exif.buffer, exif.byteOffset, exif.byteLength);
  try {
    const little = view.getUint16(0) === 0x4949;
    const place = view.getUint32(4, little);
    for (let entry = 0; entry < view.getUint16(place, little); entry += 1) {
      const at = place + 2 + 12 * entry;
      const value = view.getUint16(at + 8, little);
      if (view.getUint16(at, little) === ORIENTATION) return value >= 1 && value <= 8 ? value : 1;
    }
  } catch {
    return 1; // whatever a camera or a program wrote there
  }
  return 1;
}

/** @param {Uint8Array} file */
export function scansOf(file) {
  let count = 0;
  for (let at = file.indexOf(SOS); at >= 0; at = file.indexOf(SOS, at + 1)) count += file[at - 1] === 0xff ? 1 : 0;
  return count;
}

// How many bytes a decoder holds of a JPEG that comes in several scans: two for each value of each component; else 0.
/** @param {Uint8Array} file */
export function heldOfJpeg(file) {
  /** @type {Uint8Array} */
  let frame = new Uint8Array();
  let progressive = false;
  for (const { marker, start, stop } of segments(file)) {
    if (isFrame(marker)) [frame, progressive] = [file.subarray(start, stop), (marker & 3) === 2];
    if (marker === SOS || marker === EOI) return progressive || file[start] < frame[5] ? 2 * valuesIn(frame) : 0;
  }
  return 0;
}

// The values of all components of a JPEG's frame, in whole blocks of 8 × 8.
/** @param {Uint8Array} frame */
function valuesIn(frame) {
  const [height, width] = [(frame[1] << 8) | frame[2], (frame[3] << 8) | frame[4]];
  const samplings = [...frame.subarray(7)].filter((_, place) => place % 3 === 0).slice(0, frame[5]);
  const widest = Math.max(1, ...samplings.map((each) => each >> 4));
  const highest = Math.max(1, ...samplings.map((each) => each & 15));
  const blocks = (/** @type {number} */ side, /** @type {number} */ part, /** @type {number} */ most) => 8 * Math.ceil((side * part) / (8 * most));
  return samplings.reduce((sum, each) => sum + blocks(width, each >> 4, widest) * blocks(height, each & 15, highest), 0);
}

// The part of a JPEG that breaks off that can be decoded, closed; null where it has not the finest detail of anything. A
// progressive JPEG comes in scans, from coarse to fine.
/** @param {Uint8Array} file @returns {{ closed: Uint8Array, progressive: boolean } | null} */
export function closeJpeg(file) {
  let [brightness, detailed, progressive] = [0, false, false];
  let stopped = file.length;
  for (const { marker, at, start, stop } of segments(file)) {
    if (marker === EOI) return { closed: file, progressive };
    if (stop > file.length) {
      stopped = at; // within the head of a piece
      break;
    }
    if (isFrame(marker)) [brightness, progressive] = [file[start + 6], (marker & 3) === 2];
    if (marker !== SOS) continue;
    const components = file.subarray(start + 1, start + 1 + 2 * file[start]).filter((_, place) => place % 2 === 0);
    detailed ||= components.includes(brightness) && file[stop - 2] === FINEST;
  }
  if (!detailed) return null;
  const closed = new Uint8Array(stopped + 2);
  closed.set(file.subarray(0, stopped));
  closed.set([0xff, EOI], stopped);
  return { closed, progressive };
}
