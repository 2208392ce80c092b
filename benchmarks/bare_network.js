// The network of a published page by itself, in the runtime and the worker that the page has: told a number of seconds, it says how
// many passes a second it made of them.

import * as runtime from "./runtime/ort.wasm.min.mjs";

const ready = prepare();

async function prepare() {
  const { network, outputs, framing } = await (await fetch("model/model.json")).json();
  runtime.env.wasm.numThreads = 1; // as on a page that any host gives
  const session = await runtime.InferenceSession.create(network.file, { executionProviders: ["wasm"] });
  const [width, height] = framing.steps.at(-1).size;
  const shape = [1, framing.mode.length, height, width];
  const pixels = Uint8Array.from({ length: shape.reduce((a, b) => a * b) }, (_, place) => place % 251);
  const given = { [session.inputNames[0]]: new runtime.Tensor("uint8", pixels, shape) };
  const asked = ["logits", "familiar"].filter((name) => outputs.includes(name));
  return () => session.run(given, asked);
}

globalThis.onmessage = async ({ data: seconds }) => {
  const pass = await ready;
  const started = performance.now();
  let passes = 0;
  for (; performance.now() < started + 1000 * seconds; passes += 1) await pass();
  globalThis.postMessage((1000 * passes) / (performance.now() - started));
};
