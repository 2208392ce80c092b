// The classify page without a server: its widgets are those of the page with one, and the model answers in a worker of this page.

import { aboutModel } from "../classify/about.js";
import answerWidget from "../classify/answer.js";
import examplesWidget from "../classify/examples.js";
import historyWidget from "../classify/history.js";
import { makeCamera } from "../shared/camera.js";
import { make } from "../shared/dom.js";
import { hand } from "../shared/drop_target.js";
import { localModel } from "../shared/local_model.js";
import { fill } from "../shared/text.js";
import { uploaderWith } from "../shared/uploader.js";
import { makeClassifier } from "./classifier.js";
import { makeCorrections } from "./corrections.js";
import { makeOnGraphics } from "./graphics.js";
import { handOver } from "./hand_over.js";
import { makeLoading } from "./loading.js";
import { makeOffline } from "./offline.js";
import { runPanel } from "./panel.js";
import { withSecond } from "./quicker.js";
import WORDS from "./words.json" with { type: "json" };

/** @import { About, Provider } from "./classifier.js" */

const MOST_PHOTOS = 200; // in one go

/** @param {{ about: About, workers: Record<Provider, string>, keeper: string }} published */
export default function start({ about, workers, keeper }) {
  const accepts = fill(WORDS.accepts, { kinds: WORDS.kinds, megabytes: about.limits.bytes / 1e6 });
  const limits = { max_bytes: about.limits.bytes, max_photos: MOST_PHOTOS };
  const shown = { compact: false, multiple: true, many: false, accepts, promise: WORDS.promise, status: "", answer: {}, busy: false };
  const uploader = localModel({ ...shown, ...limits });
  const answer = localModel({ content: {}, note: "", explainable: false, why: {} });
  const history = localModel({ entries: [] });

  const classifier = withSecond(makeClassifier(workers.wasm, "wasm"), () => makeOnGraphics(workers.webgpu, about));
  const loading = makeLoading((told) => classifier.load(about, told), (refusal) => panel.without(refusal));
  const offline = makeOffline(keeper);
  const corrections = makeCorrections(about);
  const panel = runPanel({ uploader, answer, history }, classifier, loading.ready, about.classes, corrections.keep);
  const side = Math.min(...(about.framing.steps.at(-1)?.size ?? [224]));
  const camera = makeCamera({
    side,
    begun: panel.leave,
    look: (bitmap) => loading.ready.then(() => classifier.look(bitmap)),
    take: (photo) => hand([photo]),
  });
  loading.ready.then(panel.answered).then(offline.keep);

  const place = (/** @type {{ render: Function }} */ widget, /** @type {unknown} */ model) => {
    const el = make("div");
    widget.render({ model, el });
    return el;
  };
  document.querySelector(".vl-classify")?.append(
    place(uploaderWith(handOver), uploader),
    loading.element,
    place(answerWidget, answer),
    corrections.element,
    camera.element,
    place(examplesWidget, localModel({ examples: about.examples })),
    place(historyWidget, history),
    aboutModel(about),
    offline.element,
  );

  // For those who show this page within one of their own.
  Object.assign(globalThis, {
    voilens: {
      /** @param {Blob} photo @returns {Promise<object>} a Prediction as JSON; refused with a sentence */
      async classify(photo) {
        await loading.attempt();
        const { classes, ...prediction } = await classifier.classify(photo);
        return prediction;
      },
    },
  });
}
