// The card for people: what the model knows, how often it is right and how that was measured, what "sure" promises, where it fails.

import { fold, sheet } from "../shared/blocks.js";
import { adopt, make } from "../shared/dom.js";
import { fill, listing, percent } from "../shared/text.js";
import WORDS from "./words.json" with { type: "json" };

/**
 * @import { Part } from "./downloads.js"
 * @import { Limits } from "./decode.js"
 * @import { Example } from "./examples.js"
 * @import { Framing } from "./framing.js"
 * @import { Thresholds } from "./judge.js"
 * @typedef {{ name: keyof typeof WORDS.about.degraded, count: number, accuracy: number, answered: number,
 *   answered_accuracy: number | null }} Copies
 * @typedef {{ architecture?: string, made?: string, data?: { name: string, train: number, note?: string },
 *   measured?: { on: string, how?: string, accuracy: number, interval_95: [number, number], answered?: number,
 *     answered_accuracy?: number | null, degraded?: Copies[] } }} Card what people read of a model card
 * All that the page knows of its model: model/model.json.
 * @typedef {{ classes: string[], framing: Framing, outputs: string[], thresholds: Thresholds, limits: Limits, runtime: Part,
 *   network: Part, checksum: string, card: Card, examples: Example[] }} About
 */

/** @param {About} about */
export function aboutModel({ classes, card, checksum }) {
  const words = WORDS.about;
  const { data, measured } = card;
  const said = [fill(words.classes, { classes: listing(classes, "and", Infinity) })];
  if (data) said.push(fill(words.taught, data), data.note ?? "");
  if (measured) {
    const [low, high] = measured.interval_95;
    said.push(fill(words.right, { accuracy: tenths(measured.accuracy), low: tenths(low), high: tenths(high) }));
    said.push(measured.how ?? fill(words.on, { on: measured.on }));
    if (measured.answered_accuracy && measured.answered) {
      said.push(fill(words.sure, { accuracy: tenths(measured.answered_accuracy), answered: percent(measured.answered) }));
    }
  } else said.push(words.unmeasured);
  said.push(words.unsure);
  const { made = "", architecture = "" } = card;
  if (made && architecture) said.push(fill(words.made, { made, architecture, checksum: checksum.slice(0, 12) }));

  const element = make("section", "", { "aria-label": words.title });
  adopt(element, "vl-about");
  const paragraphs = said.filter(Boolean).map((sentence) => make("p", "", {}, sentence));
  element.append(fold(words.title, ...paragraphs, ...bears(measured?.degraded ?? [])));
  return element;
}

/** @param {Copies[]} copies */
function bears(copies) {
  if (!copies.length) return [];
  const words = WORDS.about;
  const rows = copies.map(({ name, accuracy, answered, answered_accuracy: among }) => [
    words.degraded[name] ?? name,
    percent(accuracy),
    percent(answered),
    among === null ? "–" : tenths(among),
  ]);
  const heads = [words.copies, words.right_on, words.sure_of, words.right_among_sure];
  return [make("h3", "vl-subheading", {}, words.fails), sheet(words.fails, heads, rows, [1, 2, 3])];
}

/** @param {number} share */
const tenths = (share) => `${(100 * share).toFixed(1)} %`;
