// Files for the browser's downloads: made on the page, or come from Python in parts, each asked for once the one before has come.

import { make } from "./dom.js";

/**
 * @typedef {{ type: "file", first: boolean, last: false } | { type: "file", last: true, name: string }} FilePart what Python sends
 * @typedef {{ type: "file-next" }} NextPart
 */

const KEPT_MS = 60_000; // a browser may still be reading it

/** @param {string} name @param {BlobPart[]} parts @param {string} kind its MIME type */
export function saveFile(name, parts, kind) {
  const link = make("a", "", { download: name });
  link.href = URL.createObjectURL(new Blob(parts, { type: kind }));
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
}

/**
 * @param {(message: NextPart) => void} send @param {string} kind
 * @returns {(message: FilePart, buffers: DataView<ArrayBuffer>[]) => boolean} takes a part; whether it was the last, and the file is saved
 */
export function makeFileTransfer(send, kind) {
  /** @type {Blob[]} */
  let parts = [];
  return (message, buffers) => {
    if (!message.last) {
      if (message.first) parts = [];
      parts.push(new Blob(buffers));
      send({ type: "file-next" });
      return false;
    }
    saveFile(message.name, parts, kind);
    parts = [];
    return true;
  };
}
