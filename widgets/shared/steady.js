// An answer that changes with every picture of a camera, made steady: shares that follow slowly, a state that must come again before
// it counts. Knows predictions, no camera.

/** @import { Prediction } from "./answers.js" */

const NEW = 0.35; // the weight of the newest picture
const AGAIN = 2; // times that another state must be seen in a row

export function makeSteady() {
  /** @type {Prediction | null} */
  let shown = null;
  let seen = 0; // how often in a row another state came than the one that is shown

  return {
    /** @param {Prediction} prediction of the newest picture @returns {Prediction} what to show */
    add(prediction) {
      const before = shown;
      if (!before) return (shown = prediction);
      const mixed = Object.entries(prediction.probabilities).map(
        ([name, share]) => /** @type {[string, number]} */ ([name, NEW * share + (1 - NEW) * (before.probabilities[name] ?? share)]),
      );
      const [label, probability] = mixed.reduce((best, each) => (each[1] > best[1] ? each : best));
      seen = prediction.status === before.status ? 0 : seen + 1;
      const status = seen >= AGAIN ? prediction.status : before.status;
      if (seen >= AGAIN) seen = 0;
      shown = { ...prediction, label, probability, probabilities: Object.fromEntries(mixed), status };
      return shown;
    },
    clear() {
      shown = null;
      seen = 0;
    },
  };
}
