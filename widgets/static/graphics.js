// The model on the graphics processor (WebGPU), where the browser has one that its runtime can use.

import { makeClassifier } from "./classifier.js";

/** @import { About, Classifier } from "./classifier.js" */

/** @param {string} worker the address of its script @param {About} about @returns {Promise<Classifier | null>} once it is loaded */
export async function makeOnGraphics(worker, about) {
  if (!(await canRun())) return null;
  const classifier = makeClassifier(worker, "webgpu");
  try {
    await classifier.load(about, () => {});
  } catch {
    classifier.end();
    return null;
  }
  return classifier;
}

// The runtime is the small one of two that there are: it needs a browser in which WebAssembly can wait.
async function canRun() {
  const { gpu, connection } = /** @type {any} */ (navigator);
  if (!gpu || connection?.saveData || !("Suspending" in WebAssembly)) return false;
  return Boolean(await gpu.requestAdapter().catch(() => null));
}
