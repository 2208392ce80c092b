// One picture, and eight ways in which the model will see it while it learns.

import { adopt, make } from "../shared/dom.js";
import { line, picture } from "../shared/blocks.js";
import { words } from "../shared/terms.js";
import { watch } from "../shared/traits.js";

/**
 * @import { Widget } from "../shared/widget.js"
 * @typedef {{ state: "empty" | "making" | "ready" | "failed", sentence: string, original: string, seen: string[] }} Traits
 */

/** @param {Widget<Traits>} widget */
function render({ model, el }) {
  adopt(el, "vl-strip-panel");
  const heading = line("h3", "vl-subheading", "What training does to it: ", ...words(["random crop"], " and ", ["augmentation", "augmentations"]));
  const said = make("p", "vl-small", { role: "status" });
  const strip = make("ul", "vl-tiles vl-seen", { "aria-label": "The picture as the model sees it" });
  el.append(heading, said, strip);

  function draw() {
    const state = model.get("state");
    el.hidden = state === "empty";
    el.dataset.state = state;
    const making = "Trying it out";
    const ready = "The first is the picture itself; the others are some of the ways in which the model sees it, another one in every epoch.";
    said.textContent = { making, ready, failed: model.get("sentence"), empty: "" }[state];
    said.classList.toggle("vl-pulse", state === "making");
    const tile = (/** @type {string} */ url, /** @type {string} */ name, /** @type {string} */ words) => line("li", "vl-tile-flat", picture(url, name), make("span", "vl-tile-label", {}, words));
    const seen = model.get("seen").map((url, place) => tile(url, `The picture, changed at random, ${place + 1}`, `seen ${place + 1}`));
    strip.replaceChildren(tile(model.get("original"), "The picture itself", "itself"), ...seen);
  }
  watch(model, ["state", "sentence", "original", "seen"], draw);
  draw();
}

export default { render };
