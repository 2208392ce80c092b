// A zip that comes from Python in parts, each asked for once the one before has come; the last makes a download of them.

import { make } from "../shared/dom.js";

/** @import { Received, Send } from "./types.js" */

const KEPT_MS = 60_000; // a browser may still be reading it

/** @param {Send} send @returns {(message: Extract<Received, { type: "zip" }>, buffers: DataView<ArrayBuffer>[]) => void} */
export function makeZipDownload(send) {
  /** @type {Blob[]} */
  let parts = [];
  return (message, buffers) => {
    if (!message.last) {
      if (message.first) parts = [];
      parts.push(new Blob(buffers));
      return send({ type: "zip-next" });
    }
    const link = make("a", "", { download: message.name });
    link.href = URL.createObjectURL(new Blob(parts, { type: "application/zip" }));
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
    parts = [];
  };
}
