// The card for people: what the model knows, how often it is right and how that was measured, what "sure" promises, where it fails.
// The same on the page without a server, which has no kernel to tell it.

import { fold, line, picture, sheet } from "../shared/blocks.js";
import { adopt, make } from "../shared/dom.js";
import { fill, listing, percent } from "../shared/text.js";
import { watch } from "../shared/traits.js";
import WORDS from "../shared/words.json" with { type: "json" };

/**
 * @import { Widget } from "../shared/widget.js"
 * @import { Example } from "./examples.js"
 * @typedef {{ name: keyof typeof WORDS.about.degraded, count: number, accuracy: number, answered: number,
 *   answered_accuracy: number | null }} Copies
 * @typedef {{ architecture?: string, made?: string, author?: string, data?: { name?: string, train?: number, note?: string },
 *   measured?: { on: string, how?: string, accuracy: number, interval_95?: [number, number], answered?: number,
 *     answered_accuracy?: number | null, degraded?: Copies[] } }} Card what people read of a model card
 * @typedef {{ classes: string[], card: Card, checksum: string, examples: Example[] }} Told
 */

/** @param {Widget<{ told: Told | Record<string, never> }, never>} widget */
function render({ model, el }) {
  adopt(el, "vl-about-place");
  const draw = () => {
    const told = model.get("told");
    el.replaceChildren(...("card" in told ? [aboutModel(/** @type {Told} */ (told))] : []));
  };
  watch(model, ["told"], draw);
  draw();
  return () => model.off("change:told", draw);
}

/** @param {Told} told @returns {HTMLElement} a fold whose content is made when it is opened: most never open it */
export function aboutModel(told) {
  const element = make("section", "", { "aria-label": WORDS.about.title });
  adopt(element, "vl-about");
  const details = fold(WORDS.about.title);
  details.addEventListener("toggle", () => details.append(...contentOf(told)), { once: true });
  element.append(details);
  return element;
}

/** @param {Told} told */
function contentOf({ classes, card, checksum, examples }) {
  const words = WORDS.about;
  const { data = {}, measured } = card;
  const said = [fill(words.classes, { classes: listing(classes, "and", Infinity) })];
  if (data.name && data.train) said.push(fill(words.taught, { name: data.name, train: data.train }));
  if (data.note) said.push(data.note);
  if (measured) said.push(...right(measured));
  else said.push(words.unmeasured);
  said.push(words.unsure);
  const { made = "", architecture = "", author = "" } = card;
  if (author) said.push(fill(words.author, { author }));
  if (made && architecture) said.push(fill(words.made, { made, architecture, checksum: checksum.slice(0, 12) }));

  const paragraphs = said.map((sentence) => make("p", "", {}, sentence));
  return [...paragraphs, ...shown(classes, examples), ...bears(measured?.degraded ?? [])];
}

/** @param {NonNullable<Card["measured"]>} measured */
function right({ accuracy, interval_95: interval, on, how, answered, answered_accuracy: among }) {
  const words = WORDS.about;
  const figure = interval
    ? fill(words.right, { accuracy: tenths(accuracy), low: tenths(interval[0]), high: tenths(interval[1]) })
    : fill(words.right_about, { accuracy: tenths(accuracy) });
  const sure = among && answered ? [fill(words.sure, { accuracy: tenths(among), answered: percent(answered) })] : [];
  return [figure, how ?? fill(words.on, { on }), ...sure];
}

// One example of each class, where the owner gave some.
/** @param {string[]} classes @param {Example[]} examples */
function shown(classes, examples) {
  const words = WORDS.about;
  const found = classes.flatMap((name) => examples.find(({ label }) => label === name) ?? []);
  if (!found.length) return [];
  const list = make("ul", "vl-strip");
  for (const { file, label } of found) {
    list.append(line("li", "", picture(file, fill(words.example, { label }), "vl-thumbnail"), make("span", "vl-small", {}, label)));
  }
  return [make("h2", "vl-subheading", {}, words.examples), list];
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
  return [make("h2", "vl-subheading", {}, words.fails), sheet(words.fails, heads, rows, [1, 2, 3])];
}

/** @param {number} share */
const tenths = (share) => `${(100 * share).toFixed(1)} %`;

export default { render };
