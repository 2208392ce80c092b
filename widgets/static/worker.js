// The worker in which photos are opened and answered, one after the other, so that the page stays quick. Its default export is called
// with onnxruntime-web, one of its builds. It is asked by classifier.js, which says in what form.

import { open, pixelsOf } from "./decode.js";
import { download } from "./downloads.js";
import { frame } from "./framing.js";
import { predictionOf } from "./judge.js";
import { leave } from "./kept_files.js";
import { makeNeighbours } from "./neighbours.js";
import { canRun, makeNetwork } from "./network.js";
import { Refused, refusalOf } from "./refused.js";
import { explain } from "./why.js";

/**
 * @import { Provider, Question, Reply } from "./classifier.js"
 * @import { About } from "./classifier.js"
 * @import { Framing } from "./framing.js"
 * @import { Network, Runtime } from "./network.js"
 * @import { Pixels } from "./resample.js"
 */

/** @type {[number, number]} */
const REHEARSED = [640, 480]; // pixels
const ANSWERS = ["logits", "familiar"];

/** @param {Runtime} runtime */
export default function start(runtime) {
  /** @type {{ postMessage: (reply: Reply) => void, onmessage: ((event: MessageEvent<Question>) => void) | null }} */
  const page = /** @type {any} */ (globalThis);
  /** @type {Network} */
  let network;
  /** @type {About} */
  let about;
  /** @type {ReturnType<typeof makeNeighbours> | null} */
  let neighbours = null;
  let before = Promise.resolve();

  page.onmessage = ({ data: question }) => {
    before = before.then(async () => {
      const { id } = question;
      try {
        page.postMessage({ id, answer: await answer(question) });
      } catch (error) {
        page.postMessage({ id, refusal: refusalOf(error) });
      }
    });
  };

  /** @param {Question} question */
  async function answer(question) {
    switch (question.ask) {
      case "load":
        about = question.about;
        return load(question.base, question.provider);
      case "classify": {
        const { picture, note } = await open(question.photo, about.limits);
        const prediction = await predict(frame(picture, about.framing));
        return note ? { ...prediction, note } : prediction;
      }
      case "look":
        return predict(frame(pixelsOf(question.bitmap), about.framing));
      case "explain": {
        const { picture } = await open(question.photo, about.limits);
        const framed = frame(picture, about.framing);
        return explain(picture, framed, await predict(framed), about, network, neighbours);
      }
    }
  }

  /** @param {string} base @param {Provider} provider */
  async function load(base, provider) {
    if (!canRun()) throw new Refused("no-simd", {}, false);
    const told = (/** @type {number} */ loaded, /** @type {number} */ total) => page.postMessage({ loaded, total });
    const [[program, weights]] = await Promise.all([
      download([about.runtimes[provider], about.network], base, told),
      rehearse(about.framing),
    ]);
    const left = leave(about.network.file, weights, base);
    neighbours = about.neighbours && makeNeighbours(about.neighbours, base);
    network = await makeNetwork(runtime, program.buffer, weights, provider);
    const [width, height] = about.framing.steps.at(-1)?.size ?? [32, 32];
    const bands = about.framing.mode.length;
    await predict({ width, height, bands, data: new Uint8Array(width * height * bands) }); // the first one takes longer
    await left;
    return null;
  }

  // A picture goes the way of every photo while the network comes, so that the first photo finds all of that compiled.
  /** @param {Framing} framing */
  async function rehearse(framing) {
    try {
      frame(pixelsOf(await createImageBitmap(new ImageData(...REHEARSED))), framing);
    } catch {} // a photo will say what is wrong
  }

  /** @param {Pixels} framed */
  async function predict(framed) {
    const started = performance.now();
    const outputs = await network(framed, ANSWERS.filter((name) => about.outputs.includes(name)));
    const similarity = outputs.familiar ? outputs.familiar.data[0] : null;
    return predictionOf(outputs.logits.data, similarity, framed, about, (performance.now() - started) / 1000);
  }
}
