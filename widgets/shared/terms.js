// The field's words with their sentences, from the one table in terms.json: a word, and a small button that shows its sentence.

import { make } from "./dom.js";
import TERMS from "./terms.json" with { type: "json" };

/** @typedef {keyof typeof TERMS} Term */

// The word (or none, beside a label that has it) with a small button; the sentence opens by mouse, touch and keyboard alike, and is read out.
/** @param {Term} word @param {string} shown */
export function term(word, shown = word) {
  const id = `vl-meaning-${Math.random().toString(36).slice(2)}`;
  const ask = make("button", "vl-term", { type: "button", popovertarget: id, "aria-label": `${shown || word}: what is that?` });
  ask.append(...(shown ? [make("span", "vl-term-word", {}, shown)] : []), make("span", "vl-term-sign", { "aria-hidden": "true" }, "?"));
  const note = make("span", "vl-meaning", { id, popover: "auto", role: "status" });
  note.addEventListener("toggle", (/** @type {any} */ event) => {
    note.textContent = event.newState === "open" ? TERMS[word] : ""; // comes after the opening, so that it is read out
    if (event.newState === "open") place(note, ask);
  });
  const whole = make("span", "vl-term-whole");
  whole.append(ask, note);
  return whole;
}

/** @param {HTMLElement} note @param {HTMLElement} ask */
function place(note, ask) {
  const from = ask.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = note;
  const below = from.bottom + height + 8 < innerHeight;
  note.style.left = `${Math.max(8, Math.min(from.left, innerWidth - width - 8))}px`;
  note.style.top = `${Math.max(8, below ? from.bottom : from.top - height)}px`;
  addEventListener("scroll", () => note.hidePopover(), { once: true, capture: true, passive: true });
}

// Text with terms in it: words("Your ", ["accuracy"], " so far") or words(..., ["fine-tuning", "fine-tuned"]).
/** @param {(string | [Term] | [Term, string])[]} parts @returns {(string | HTMLElement)[]} */
export function words(...parts) {
  return parts.map((part) => (Array.isArray(part) ? term(part[0], part[1]) : part));
}
