// Files of the model, fetched with their progress and checked: they are what was published, or Refused says what is wrong.

import { checksumOf } from "./checksum.js";
import { Refused } from "./refused.js";

/** @typedef {{ file: string, bytes: number, sha256: string }} Part of what was published */

/**
 * All of them, in order; `told` hears how many bytes there are by now, of how many.
 * @param {Part[]} parts @param {string} base where their names begin @param {(loaded: number, total: number) => void} told
 * @returns {Promise<Uint8Array<ArrayBuffer>[]>}
 */
export async function download(parts, base, told) {
  const total = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  let loaded = 0;
  const more = (/** @type {number} */ bytes) => told((loaded += bytes), total);
  const rest = new AbortController();
  try {
    return await Promise.all(parts.map((part) => one(part, base, more, rest.signal)));
  } finally {
    rest.abort(); // where one cannot be had, the others are of no use
  }
}

/** @param {Part} part @param {string} base @param {(bytes: number) => void} more @param {AbortSignal} signal */
async function one({ file, bytes, sha256 }, base, more, signal) {
  const response = await fetch(new URL(file, base), { signal }).catch(() => null);
  if (!response) throw new Refused("no-network", {}, false);
  if (!response.ok || !response.body) throw new Refused("model-gone", { file }, false);
  const content = new Uint8Array(bytes);
  let at = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }));
    if (done || !value) break;
    if (at + value.length > bytes) throw new Refused("model-changed", { file }, false);
    content.set(value, at);
    at += value.length;
    more(value.length);
  }
  if (at < bytes) throw new Refused("model-cut-off", {}, false);
  // Where the browser can tell.
  if (globalThis.crypto?.subtle && (await checksumOf(content)) !== sha256) throw new Refused("model-changed", { file }, false);
  return content;
}
