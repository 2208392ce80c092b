// How far the person is in the list, and whether it is worth going on.

import { make } from "../shared/dom.js";

/** @import { CleanerModel } from "./types.js" */

/** @param {CleanerModel} model */
export function makeProgress(model) {
  const element = make("div", "vl-g-far");
  const bar = make("progress", "vl-progress", { max: "1", "aria-label": "Looked at" });
  const text = make("span", "vl-g-far-words");
  const hint = make("span", "vl-g-advice");
  const anew = make("span", "vl-g-advice");
  element.append(bar, text, hint, anew);

  function draw() {
    const { share = 0, text: words = "", advice = "", may_stop: done = false, ranked = "" } = model.get("progress");
    bar.value = share;
    text.textContent = words;
    hint.textContent = advice;
    anew.textContent = ranked;
    hint.classList.toggle("vl-g-done", done);
  }
  return { element, draw };
}
