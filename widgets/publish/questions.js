// What a person may say about a way to publish: fields and ticks, the rarer ones folded away, and what was said.

import { fold, line } from "../shared/blocks.js";
import { make } from "../shared/dom.js";

/**
 * @typedef {{ name: string, kind: "text" | "place" | "yes", label: string, hint: string, folded: boolean }} Question
 * @typedef {Record<string, string | boolean>} Answers
 */

/**
 * @param {Question[]} questions
 * @returns {{ parts: HTMLElement[], answers: () => Answers, fill: (said: Answers) => void }} `fill` is for what was said another time
 */
export function ask(questions) {
  /** @type {Map<string, HTMLInputElement>} */
  const inputs = new Map();
  const asked = (/** @type {Question} */ { name, kind, label, hint }) => {
    const attributes = kind === "yes" ? { type: "checkbox" } : { type: "text", autocomplete: "off", spellcheck: "false", maxlength: "1000" };
    const input = make("input", kind === "yes" ? "" : "vl-field", attributes);
    inputs.set(name, input);
    return kind === "yes" ? line("label", "vl-ask vl-ask-yes", input, label) : line("label", "vl-ask", make("span", "vl-label-line", {}, label), make("span", "vl-small", {}, hint), input);
  };
  const shown = questions.filter(({ folded }) => !folded).map(asked);
  const rare = questions.filter(({ folded }) => folded).map(asked);
  return {
    parts: rare.length ? [...shown, fold("More choices", line("div", "vl-asks", ...rare))] : shown,
    answers: () => Object.fromEntries([...inputs].map(([name, input]) => [name, input.type === "checkbox" ? input.checked : input.value])),
    fill(said) {
      for (const [name, value] of Object.entries(said)) {
        const input = inputs.get(name);
        if (input && !input.value && typeof value === "string") input.value = value; // what is being written stays
      }
    },
  };
}
