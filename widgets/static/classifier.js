// The model as the page asks it: a worker, and what it was asked. Knows the worker's address, not how it answers.

import { Refused } from "./refused.js";

/**
 * @import { Prediction, Refusal } from "../shared/answers.js"
 * @import { Told } from "../classify/about.js"
 * @import { Form } from "./corrections.js"
 * @import { Limits } from "./decode.js"
 * @import { Part } from "./downloads.js"
 * @import { Framing } from "./framing.js"
 * @import { Thresholds } from "./judge.js"
 * @import { Explained } from "./why.js"
 * All that the page knows of its model: model/model.json.
 * @typedef {Told & { framing: Framing, outputs: string[], thresholds: Thresholds, limits: Limits, runtimes: Record<Provider, Part>,
 *   network: Part, neighbours: Part | null, corrections: Form }} About
 * @typedef {"wasm" | "webgpu"} Provider what onnxruntime-web runs on
 * @typedef {{ id: number } & ({ ask: "load", about: About, base: string, provider: Provider } | { ask: "classify" | "explain", photo: Blob }
 *   | { ask: "look", bitmap: ImageBitmap })} Question
 * @typedef {{ id: number, answer: unknown } | { id: number, refusal: Refusal } | { loaded: number, total: number }} Reply
 * @typedef {{ load: (about: About, told: (loaded: number, total: number) => void) => Promise<void>,
 *   classify: (photo: Blob) => Promise<Prediction>, explain: (photo: Blob) => Promise<Explained>,
 *   look: (bitmap: ImageBitmap) => Promise<Prediction>, end: () => void }} Classifier each may be Refused
 */

/** @param {string} address of the worker's script, with the runtime for @param {Provider} provider @returns {Classifier} */
export function makeClassifier(address, provider) {
  /** @type {Map<number, { resolve: (answer: any) => void, reject: (error: Refused) => void }>} */
  const waiting = new Map();
  let count = 0;
  let told = (/** @type {number} */ _loaded, /** @type {number} */ _total) => {};
  /** @type {Worker | null} */
  let worker = null;

  function begin() {
    worker?.terminate();
    worker = new Worker(new URL(address, document.baseURI), { type: "module" });
    worker.onmessage = (/** @type {MessageEvent<Reply>} */ { data }) => {
      if ("loaded" in data) return told(data.loaded, data.total);
      const asked = waiting.get(data.id);
      waiting.delete(data.id);
      if ("refusal" in data) asked?.reject(new Refused(data.refusal.code, data.refusal.values, data.refusal.photo));
      else asked?.resolve(data.answer);
    };
    worker.onerror = () => {
      for (const { reject } of waiting.values()) reject(new Refused("no-worker", {}, false));
      waiting.clear();
    };
  }

  /** @param {any} question @param {Transferable[]} given @returns {Promise<any>} */
  function ask(question, given = []) {
    return new Promise((resolve, reject) => {
      const id = (count += 1);
      waiting.set(id, { resolve, reject });
      worker?.postMessage({ id, ...question }, given);
    });
  }

  return {
    load(about, hears) {
      told = hears;
      begin();
      return ask({ ask: "load", about, base: document.baseURI, provider });
    },
    classify: (photo) => ask({ ask: "classify", photo }),
    explain: (photo) => ask({ ask: "explain", photo }),
    look: (bitmap) => ask({ ask: "look", bitmap }, [bitmap]),
    end: () => worker?.terminate(),
  };
}
