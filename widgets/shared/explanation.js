// Why a picture got its answer: a fold with the photo, the heat over it, and the most similar training pictures.
//
// The Python side of a widget that uses it is an ExplainingWidget (explanation.py), which is asked when the fold is opened.

import { button, make } from "./dom.js";
import { line } from "./blocks.js";
import { fill } from "./text.js";
import WORDS from "./words.json" with { type: "json" };

/**
 * @typedef {{ label: string, similarity: string, picture: string }} Similar
 * What is known of the picture `of`; `part` is what the network saw: left, top, right, bottom, in shares of the photo.
 * @typedef {{ of: number | string, kind: "looking" } | { of: number | string, kind: "refused", sentence: string }
 *   | { of: number | string, kind: "explained", label: string, share: string, photo: string,
 *     part: [number, number, number, number], heat: string, where: string, similar: Similar[], notes: string[] }} Why
 * @typedef {{ explainable: boolean, why: Why | { kind?: undefined, of?: undefined } }} Explainable the traits of the widget
 * @typedef {{ type: "why", of: number | string }} Asks what it is sent
 * @typedef {keyof typeof WORDS.why.views} Look
 */

const LOOKS = /** @type {Look[]} */ (["photo", "both", "heat"]);

/**
 * `of` is what the widget calls the picture, `name` what people do, where the answer is not told beside it; `ask` is called when
 * the fold is opened.
 * @param {number | string} of @param {(asked: Asks) => void} ask @param {string} name
 */
export function makeExplanation(of, ask, name = "") {
  const element = make("details", "vl-fold vl-why");
  const body = make("div", "vl-why-body", { "aria-live": "polite" });
  element.append(make("summary", "", {}, name ? fill(WORDS.why.title_of, { name }) : WORDS.why.title), body);
  let asked = false;
  element.addEventListener("toggle", () => {
    if (!element.open || asked) return;
    asked = true;
    ask({ type: "why", of });
  });

  return {
    element,
    of,
    /** @param {Explainable["why"]} why what is known; of another picture it is nothing to this one */
    draw(why) {
      if (why.of !== of || !why.kind) return;
      asked = true;
      if (why.kind === "looking") body.replaceChildren(make("p", "vl-small", {}, WORDS.why.looking));
      else if (why.kind === "refused") {
        asked = false; // opening it again tries again
        body.replaceChildren(make("p", "vl-small", {}, why.sentence));
      } else body.replaceChildren(...explained(why, Boolean(name)));
    },
  };
}

// Buttons beside pictures, and the place where the explanation of the one that was chosen is shown.
/** @param {(asked: Asks) => void} ask */
export function makeExplanations(ask) {
  const place = make("div", "vl-why-place");
  /** @type {ReturnType<typeof makeExplanation> | null} */
  let shown = null;
  return {
    place,
    /** @param {number | string} of @param {string} name */
    button(of, name) {
      const choice = button(WORDS.why.title, "vl-quiet vl-why-choice");
      choice.setAttribute("aria-label", fill(WORDS.why.title_of, { name }));
      choice.addEventListener("click", () => {
        shown = makeExplanation(of, ask, name);
        place.replaceChildren(shown.element);
        shown.element.open = true;
        shown.element.querySelector("summary")?.focus();
      });
      return choice;
    },
    /** @param {Explainable["why"]} why */
    draw(why) {
      shown?.draw(why);
    },
    clear() {
      shown = null;
      place.replaceChildren();
    },
  };
}

/** @param {Extract<Why, { kind: "explained" }>} why @param {boolean} named */
function explained({ label, share, photo, part, heat, where, similar, notes }, named) {
  const words = WORDS.why;
  const answer = named ? [make("p", "vl-why-answer", {}, fill(words.answer, { label, share }))] : [];
  const picture = make("div", "vl-why-picture");
  picture.dataset.look = heat ? "both" : "photo";
  const said = heat && where ? fill(words.photo_where, { where, label }) : words.photo;
  picture.append(make("img", "vl-why-photo", { src: photo, alt: said }), frame(part, heat));
  const meaning = heat ? fill(words.meaning, { label }) : "";
  const place = heat && where ? fill(words.where, { where }) : "";
  const text = [meaning, place, words.frame, ...notes].filter(Boolean).map((sentence) => make("p", "vl-small", {}, sentence));
  return [...answer, picture, ...(heat ? [looks(picture)] : []), ...text, ...likeness(similar)];
}

// The part that the network saw, with the heat in it.
/** @param {[number, number, number, number]} part @param {string} heat */
function frame([left, top, right, bottom], heat) {
  const element = make("div", "vl-why-part");
  const share = (/** @type {number} */ value) => `${100 * value}%`;
  Object.assign(element.style, { left: share(left), top: share(top), width: share(right - left), height: share(bottom - top) });
  if (heat) element.append(make("img", "vl-why-heat", { src: heat, alt: "" }));
  return element;
}

/** @param {HTMLElement} picture */
function looks(picture) {
  const group = make("div", "vl-why-looks", { role: "group", "aria-label": WORDS.why.look });
  for (const look of LOOKS) {
    const choice = button(WORDS.why.views[look], "vl-quiet");
    choice.addEventListener("click", () => {
      picture.dataset.look = look;
      press();
    });
    choice.dataset.look = look;
    group.append(choice);
  }
  function press() {
    for (const choice of /** @type {NodeListOf<HTMLElement>} */ (group.querySelectorAll("button"))) {
      choice.setAttribute("aria-pressed", String(choice.dataset.look === picture.dataset.look));
    }
  }
  press();
  return group;
}

/** @param {Similar[]} similar */
function likeness(similar) {
  if (!similar.length) return [];
  const words = WORDS.why;
  const list = make("ul", "vl-why-similar", { "aria-label": words.similar });
  for (const { label, similarity, picture } of similar) {
    const seen = make("img", "", { src: picture, alt: fill(words.similar_one, { label }) });
    list.append(line("li", "", seen, make("strong", "", {}, label), make("span", "vl-small", {}, fill(words.similarity, { similarity }))));
  }
  return [make("h3", "vl-subheading", {}, words.similar), list, make("p", "vl-small", {}, words.kept)];
}
