// Would more photos help? A question with a button, then a sentence, bars for fewer and more photos, a row for each class.

import { adopt, button, make } from "../shared/dom.js";
import { fold, line, sheet } from "../shared/blocks.js";
import { rung } from "./rung.js";
import { watch } from "../shared/traits.js";

/**
 * @import { Widget } from "../shared/widget.js"
 * @import { Rung } from "./rung.js"
 * @typedef {Rung & { guess: boolean }} Point
 * @typedef {{ name: string, right: string, gain: string }} Row
 * @typedef {{ state: "empty" | "offered" | "measuring" | "ready" | "failed", sentence: string, points: Point[], classes: Row[],
 *   how: string }} Traits
 * @typedef {{ type: "measure" }} Sent
 */

/** @param {Widget<Traits, Sent>} widget */
function render({ model, el }) {
  adopt(el, "vl-more-photos");
  const about = make("p", "vl-small", {}, "It learns from a quarter, a half and all of the photos, which tells what twice as many would bring.");
  const said = make("p", "vl-said", { role: "status" });
  const list = make("ol", "vl-rungs", { "aria-label": "Right answers, by how many photos it learned from" });
  const table = make("div");
  const how = make("p", "vl-small");
  const ask = button("Would more photos help?");
  el.append(make("h2", "vl-heading", {}, "Would more photos help?"), about, said, list, table, how, ask);
  ask.addEventListener("click", () => model.send({ type: "measure" }));

  function draw() {
    const state = model.get("state");
    el.hidden = state === "empty";
    el.dataset.state = state;
    about.hidden = state !== "offered";
    said.textContent = model.get("sentence");
    said.dataset.state = { measuring: "looking", failed: "refused", empty: "", offered: "", ready: "" }[state];
    said.classList.toggle("vl-pulse", state === "measuring");
    ask.hidden = state !== "offered" && state !== "failed";
    ask.textContent = state === "failed" ? "Try again" : "Find out";
    const classes = model.get("classes");
    list.hidden = !model.get("points").length;
    list.replaceChildren(...model.get("points").map((point) => rung(point, point.guess ? "vl-guess" : "")));
    const rows = classes.map(({ name, right, gain }) => [name, right, gain]);
    table.replaceChildren(...(rows.length ? [fold("Class by class", sheet("What twice as many photos of one class would bring", ["class", "right now", "twice as many would bring"], rows, [1, 2]))] : []));
    how.textContent = model.get("how");
  }

  watch(model, ["state", "sentence", "points", "classes", "how"], draw);
  draw();
}

export default { render };
