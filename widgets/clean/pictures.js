// The pictures of the tiles, kept by their keys.

/** @import { Pictures } from "./types.js" */

const KEPT_PICTURES = 900; // some 6 MB

/**
 * Pictures as data URLs, because sixty blob URLs cost forty milliseconds, these less than one; the longest unused go first.
 * @returns {Pictures}
 */
export function makePictures() {
  /** @type {Map<string | undefined, string>} */
  const urls = new Map(); // by key
  return {
    get(key) {
      const url = urls.get(key);
      if (url) {
        urls.delete(key);
        urls.set(key, url);
      }
      return url;
    },
    put(key, buffer) {
      if (urls.has(key)) return;
      const bytes = new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
      urls.set(key, `data:image/${bytes[0] === 0x89 ? "png" : "jpeg"};base64,${toBase64(bytes)}`);
      if (urls.size > KEPT_PICTURES) urls.delete(urls.keys().next().value);
    },
  };
}

/** @param {Uint8Array & { toBase64?: () => string }} bytes */
function toBase64(bytes) {
  if (bytes.toBase64) return bytes.toBase64();
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}
