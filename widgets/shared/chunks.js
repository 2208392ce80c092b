// How a photo travels to the kernel: shrunk, in chunks that are acknowledged one by one, so that progress is real and a lost line is
// noticed. Knows no page.

import { shrink } from "./shrink.js";

/**
 * What an upload needs of those who carry its photos on.
 * @typedef {{
 *   send: (photo: { turn: number, index: number, file: File }, step: (part: number) => void, wanted: () => boolean) => Promise<boolean>,
 *   heard: () => void, stop: () => void, readonly slow: boolean, readonly confirmed: number }} Carrier
 *   `send` gives whether the photo is there and still wanted; `heard` is called at each acknowledgement, `stop` when a turn is over;
 *   `slow` says whether nothing has been heard for long, `confirmed` how often something was
 * @import { Model } from "./widget.js"
 * @import { Received, Sent, Traits } from "./uploader.js"
 */

const CHUNK = 128 * 1024; // a photo on its way takes one or two
const AHEAD = 4; // chunks that may be under way, not acknowledged yet
const SILENT_MS = 20_000; // after so long without a word of the kernel, somebody should ask whether it is gone

/** @param {Model<Traits, Sent, Received>} model @param {() => void} draw called when `slow` changes @returns {Carrier} */
export function inChunks(model, draw) {
  let underWay = 0; // chunks that the kernel has not acknowledged
  let confirmed = 0; // chunks that it has
  let wake = () => {}; // what waits for the kernel's word
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let silence; // the timer that runs while nothing is heard of it
  let slow = false;

  // A silent kernel may be busy, or the line slow: only the server knows whether it is gone (see connection.js).
  function listen() {
    clearTimeout(silence);
    silence = setTimeout(() => {
      slow = true;
      draw();
      window.dispatchEvent(new CustomEvent("voilens-silent"));
      listen();
    }, SILENT_MS);
  }

  return {
    get slow() {
      return slow;
    },
    get confirmed() {
      return confirmed;
    },
    async send({ turn, index, file }, step, wanted) {
      const { blob, thumbnail } = await shrink(file);
      if (!wanted()) return false;
      step(0.3);
      if (blob.size > model.get("max_bytes")) {
        model.send({ type: "too-large", turn, index, size: blob.size });
        return true;
      }
      for (let at = 0; at < blob.size || at === 0; at += CHUNK) {
        // A folder or a vanished file gives nothing: the model process says so.
        const part = await blob.slice(at, at + CHUNK).arrayBuffer().catch(() => new ArrayBuffer(0));
        const last = !part.byteLength || at + CHUNK >= blob.size;
        const little = last && (await thumbnail);
        if (!wanted()) return false;
        model.send({ type: "chunk", turn, index, last }, undefined, little ? [part, little] : [part]);
        underWay += 1;
        listen();
        while (wanted() && underWay > (last ? 0 : AHEAD - 1)) {
          await /** @type {Promise<void>} */ (new Promise((resolve) => (wake = resolve)));
          step(0.3 + 0.7 * Math.min(1, (at + CHUNK - underWay * CHUNK) / Math.max(blob.size, 1)));
        }
        if (!wanted()) return false;
        if (last) break;
      }
      return true;
    },
    heard() {
      confirmed += 1;
      underWay -= 1;
      slow = false;
      listen();
      wake();
    },
    stop() {
      underWay = 0;
      slow = false;
      clearTimeout(silence);
      wake();
    },
  };
}
