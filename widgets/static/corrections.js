// What the visitor says of photos, saved as one file for the page's owner, in the form that model/intake/corrections.py reads. Nothing of
// it is sent.

import { makeCorrectionsView } from "../classify/corrections.js";
import { make } from "../shared/dom.js";
import { saveFile } from "../shared/file_transfer.js";
import { toDataUrl } from "../shared/kept_photos.js";
import { shrink } from "../shared/shrink.js";
import WORDS from "../shared/words.json" with { type: "json" };

/**
 * @import { Prediction } from "../shared/answers.js"
 * @import { About } from "./classifier.js"
 * @typedef {{ format: string, version: number, photos: number, bytes: number }} Form `photos` and `bytes` are the most of a file
 */

const AROUND = 1000; // bytes of a file that are no photo's, at most
const LONGEST_NAME = 200;

/** @param {About} about */
export function makeCorrections({ checksum, corrections: form }) {
  const words = WORDS.corrections;
  /** @type {Map<File, Blob>} */
  const kept = new Map(); // of a photo, what stands in the file
  const element = make("div");
  const view = makeCorrectionsView(element, () => {
    const head = JSON.stringify({ format: form.format, version: form.version, model: checksum, photos: [] });
    const parts = [...kept.values()].flatMap((photo, place) => (place ? [",", photo] : [photo]));
    saveFile(words.name, [head.slice(0, -2), ...parts, head.slice(-2)], "application/json");
    view.saved();
  });
  view.show(0);

  return {
    element,
    /** @param {File} file @param {Prediction} prediction @param {string} said @returns {Promise<string>} what became of it */
    async keep(file, prediction, said) {
      const { blob } = await shrink(file);
      const [, photo] = (await toDataUrl(blob)).split(",");
      const { label, probability, probabilities, status } = prediction;
      const told = { name: file.name.slice(0, LONGEST_NAME), said, prediction: { label, probability, probabilities, status }, photo };
      const entry = new Blob([JSON.stringify(told)]);
      const bytes = [...kept.values(), entry].reduce((sum, { size }) => sum + size + 1, AROUND);
      if (bytes > form.bytes || kept.size >= form.photos) return words.full;
      kept.set(file, entry);
      view.show(kept.size);
      return words.kept;
    },
  };
}
