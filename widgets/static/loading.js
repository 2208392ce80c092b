// How much of the model is loading, and how far; when it cannot be had, why, and a button to try again.

import { adopt, button, make } from "../shared/dom.js";
import { fill } from "../shared/text.js";
import { refusalOf } from "./refused.js";
import WORDS from "./words.json" with { type: "json" };

/** @import { Refusal } from "../shared/answers.js" */

const megabytes = (/** @type {number} */ bytes) => (bytes / 1e6).toFixed(1);

/**
 * Load, by `load`, which tells how far it is; again when the person asks for it.
 * @param {(told: (loaded: number, total: number) => void) => Promise<void>} load
 * @param {(refusal: Refusal | null) => void} hears why the last try failed; null once there is another
 * @returns {{ element: HTMLElement, ready: Promise<void>, attempt: () => Promise<void> }} `ready` once it is loaded, however often that
 *   was tried; `attempt` is the last try, which may have been Refused
 */
export function makeLoading(load, hears) {
  const element = make("div");
  adopt(element, "vl-loading");
  const said = make("p", "vl-small", { role: "status" });
  const bar = make("progress", "vl-progress", { max: "1", "aria-label": WORDS.loading.bar });
  const again = button(WORDS.loading.again);
  element.append(said, bar, again);
  let loaded = () => {};
  /** @type {Promise<void>} */
  const ready = new Promise((resolve) => (loaded = resolve));
  let attempt = begin();
  again.addEventListener("click", () => {
    attempt = begin();
    hears(null);
  });
  return { element, ready, attempt: () => attempt };

  function begin() {
    again.hidden = true;
    bar.hidden = false;
    bar.removeAttribute("value");
    said.textContent = WORDS.loading.waiting;
    const trying = load(draw);
    trying.then(() => {
      element.hidden = true;
      loaded();
    }, failed);
    return trying;
  }

  /** @param {number} loaded @param {number} total */
  function draw(loaded, total) {
    if (bar.hidden) return; // it failed meanwhile
    bar.value = loaded / total;
    const sizes = { loaded: megabytes(loaded), total: megabytes(total) };
    said.textContent = loaded < total ? fill(WORDS.loading.model, sizes) : WORDS.loading.starting;
  }

  /** @param {unknown} error */
  function failed(error) {
    const refusal = refusalOf(error);
    said.textContent = refusal.sentence;
    bar.hidden = true;
    again.hidden = false;
    hears(refusal);
  }
}
