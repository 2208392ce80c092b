// A second model beside the first, which answers once it has been seen to be quicker and to say the same. Nobody waits for it, and
// where it fails nobody notices. Knows classifiers, not what they run on.

/**
 * @import { Prediction } from "../shared/answers.js"
 * @import { Classifier } from "./classifier.js"
 * @typedef {(classifier: Classifier) => Promise<Prediction>} Ask one question, to either of them, as often as needed
 */

const ALIKE = 0.005; // the most that a share may differ
const SAMPLES = 3; // questions of the person's to compare by
const PASSES = 2; // of each
const FAR = 2; // how many times slower is too slow to go on comparing

/**
 * @param {Classifier} first
 * @param {() => Promise<Classifier | null>} makeSecond called once it is worth it: whoever comes with one photo loads nothing more
 * @returns {Classifier}
 */
export function withSecond(first, makeSecond) {
  /** @type {Classifier | null} */
  let second = null;
  /** @type {Ask[]} */
  const samples = [];
  let photos = 0;
  let begun = false;
  let settled = false; // whether the second has been tried

  /** @param {Ask} ask @returns {Promise<Prediction>} */
  async function answer(ask) {
    const quicker = second;
    if (!quicker) return ask(first);
    try {
      return await ask(quicker);
    } catch (error) {
      if (/** @type {{ photo?: boolean }} */ (error).photo) throw error; // the first would refuse it, too
      second = null;
      quicker.end();
      return ask(first);
    }
  }

  /** @param {Ask} ask what was just answered @returns {boolean} whether it is kept to be asked again */
  function sample(ask) {
    const kept = !settled && samples.length < SAMPLES;
    if (kept) samples.push(ask);
    return kept;
  }

  async function begin() {
    if (begun) return;
    begun = true;
    const made = await makeSecond().catch(() => null);
    const better = made && (await isBetter(first, made, samples).catch(() => false));
    if (better) second = made;
    else made?.end();
    settled = true;
    samples.length = 0;
  }

  return {
    ...first,
    async classify(photo) {
      /** @type {Ask} */
      const ask = (classifier) => classifier.classify(photo);
      const prediction = await answer(ask);
      sample(ask);
      photos += 1;
      if (photos > 1) begin();
      return prediction;
    },
    async look(bitmap) {
      if (settled && !second) return first.look(bitmap);
      /** @type {Ask} */
      const ask = async (classifier) => classifier.look(await createImageBitmap(bitmap)); // which is the page's no more
      const prediction = await answer(ask);
      if (!sample(ask)) bitmap.close();
      begin();
      return prediction;
    },
  };
}

/** @param {Classifier} first @param {Classifier} second @param {Ask[]} samples */
async function isBetter(first, second, samples) {
  await samples[0](second); // whatever is asked first takes longer
  /** @type {number[][]} */
  const [ours, theirs] = [[], []];
  for (const ask of Array(PASSES).fill(samples).flat()) {
    const [one, other] = [await ask(first), await ask(second)];
    if (!isSame(one, other) || other.seconds > FAR * one.seconds) return false;
    ours.push(one.seconds);
    theirs.push(other.seconds);
  }
  return median(theirs) < median(ours);
}

/** @param {Prediction} one @param {Prediction} other */
const isSame = (one, other) =>
  one.label === other.label &&
  one.status === other.status &&
  Object.entries(one.probabilities).every(([label, share]) => Math.abs(share - other.probabilities[label]) <= ALIKE);

/** @param {number[]} values */
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
