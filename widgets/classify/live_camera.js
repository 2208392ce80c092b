// The live camera with a kernel: a picture is sent once the one before is answered, so that no more are under way than the line bears.

import { makeCamera } from "../shared/camera.js";
import { adopt, make } from "../shared/dom.js";
import { hand } from "../shared/drop_target.js";

/**
 * @import { Prediction } from "../shared/answers.js"
 * @import { Widget } from "../shared/widget.js"
 * @typedef {{ type: "begin" } | { type: "picture", number: number }} Sent
 * @typedef {{ type: "seen", number: number, prediction: Prediction } | { type: "unseen", number: number }} Received
 */

const LATE_MS = 20_000; // after so long without an answer the camera is stopped

/** @param {Widget<{ side: number }, Sent, Received>} widget */
function render({ model, el }) {
  adopt(el, "vl-camera-place");
  let number = 0;
  let hear = (/** @type {Received} */ _message) => {};

  const camera = makeCamera({
    side: model.get("side"),
    begun: () => model.send({ type: "begin" }),
    take: (photo) => hand([photo]),
    async look(bitmap) {
      const content = await asJpeg(bitmap);
      const mine = (number += 1);
      return new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error("no answer")), LATE_MS);
        hear = (message) => {
          if (message.number !== mine) return;
          clearTimeout(late);
          if (message.type === "seen") resolve(message.prediction);
          else reject(new Error("no answer"));
        };
        model.send({ type: "picture", number: mine }, undefined, [content]);
      });
    },
  });
  el.append(camera.element);

  const onMessage = (/** @type {Received} */ message) => hear(message);
  const onConnection = (/** @type {Event} */ event) => /** @type {CustomEvent} */ (event).detail === "gone" && camera.end();
  const left = new IntersectionObserver(() => el.offsetParent || camera.end()); // another part of the page is shown
  model.on("msg:custom", onMessage);
  window.addEventListener("voilens-connection", onConnection);
  left.observe(el);
  return () => {
    model.off("msg:custom", onMessage);
    window.removeEventListener("voilens-connection", onConnection);
    left.disconnect();
    camera.close();
  };
}

/** @param {ImageBitmap} bitmap which is closed */
async function asJpeg(bitmap) {
  const canvas = make("canvas");
  [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
  bitmap.close();
  const blob = await /** @type {Promise<Blob | null>} */ (new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85)));
  if (!blob) throw new Error("no picture");
  return blob.arrayBuffer();
}

export default { render };
