// Training pictures like a photo, where the owner lets visitors see small copies of them: one file, fetched when somebody first asks why.
// As model/explanation/neighbours.py finds them; model/publishing/neighbours_file.py writes the file.

import { download } from "./downloads.js";

/**
 * @import { Part } from "./downloads.js"
 * @typedef {{ label: string, similarity: string, picture: Blob }} Like
 * @typedef {{ width: number, labels: string[], ends: number[] }} Index how many features a picture has, what each shows, where its JPEG ends
 */

const SHOWN = 3;
const HEAD = 4; // bytes that say how long the index is

/** @param {Part} part @param {string} base @returns {(features: ArrayLike<number>) => Promise<Like[]>} it may be Refused */
export function makeNeighbours(part, base) {
  /** @type {Promise<ReturnType<typeof read>> | null} */
  let file = null;
  return async (features) => {
    file ??= download([part], base, () => {}).then(([content]) => read(content));
    const { index, rows, pictures } = await file.catch((error) => {
      file = null; // the next one tries again
      throw error;
    });
    const length = Math.hypot(...Array.from(features)) || 1;
    const alike = index.labels.map((_, row) => {
      let sum = 0;
      for (let at = 0; at < index.width; at += 1) sum += rows[row * index.width + at] * features[at];
      return sum / length;
    });
    const best = index.labels.map((_, row) => row).sort((a, b) => alike[b] - alike[a]).slice(0, SHOWN);
    return best.map((row) => ({
      label: index.labels[row],
      similarity: alike[row].toFixed(2),
      picture: new Blob([pictures.slice(row ? index.ends[row - 1] : 0, index.ends[row])], { type: "image/jpeg" }),
    }));
  };
}

/** @param {Uint8Array<ArrayBuffer>} content */
function read(content) {
  const after = HEAD + new DataView(content.buffer).getUint32(0, true);
  const index = /** @type {Index} */ (JSON.parse(new TextDecoder().decode(content.subarray(HEAD, after))));
  const end = after + 2 * index.width * index.labels.length;
  const rows = Float32Array.from(new Uint16Array(content.slice(after, end).buffer), fromHalf);
  return { index, rows, pictures: content.subarray(end) };
}

/** @param {number} bits of a number in half precision */
export function fromHalf(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const power = (bits >> 10) & 31;
  const rest = bits & 1023;
  return sign * (power ? 2 ** (power - 15) * (1 + rest / 1024) : 2 ** -24 * rest); // features are finite
}
