// The network, run by onnxruntime-web, which is given: framed pictures in, named outputs out. Knows no class.

import { Refused } from "./refused.js";

/**
 * @import { Provider } from "./classifier.js"
 * @import { Output } from "./heat.js"
 * @import { Pixels } from "./resample.js"
 * @typedef {any} Runtime onnxruntime-web's module
 * @typedef {(framed: Pixels, names: string[]) => Promise<Record<string, Output>>} Network
 */

// A module whose only function uses one instruction of SIMD.
const SIMD = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11];
const MOST_THREADS = 4;
const ERRORS = 3; // the level of what is logged: no advice on what else could be quicker

export function canRun() {
  return typeof WebAssembly === "object" && WebAssembly.validate(new Uint8Array(SIMD));
}

/**
 * @param {Runtime} runtime @param {ArrayBuffer} program the runtime's own, as it was downloaded
 * @param {Uint8Array} network as ONNX @param {Provider} provider what it runs on; what that cannot do, WebAssembly does
 * @returns {Promise<Network>}
 */
export async function makeNetwork(runtime, program, network, provider) {
  runtime.env.wasm.wasmBinary = program;
  runtime.env.wasm.numThreads = globalThis.crossOriginIsolated ? Math.min(MOST_THREADS, navigator.hardwareConcurrency) : 1;
  const options = { executionProviders: [provider], logSeverityLevel: ERRORS };
  const session = await runtime.InferenceSession.create(network, options).catch(failed);
  const [input] = session.inputNames;
  return async ({ width, height, bands, data }, names) => {
    const given = new runtime.Tensor("uint8", planes(data, bands), [1, bands, height, width]);
    return session.run({ [input]: given }, names);
  };
}

/** @param {unknown} error @returns {never} */
function failed(error) {
  console.error(error);
  throw new Refused("model-not-run", {}, false);
}

// One band after the other.
/** @param {Uint8Array} data @param {number} bands */
function planes(data, bands) {
  const count = data.length / bands;
  const made = new Uint8Array(data.length);
  for (let band = 0; band < bands; band += 1) {
    for (let at = 0; at < count; at += 1) made[band * count + at] = data[at * bands + band];
  }
  return made;
}
