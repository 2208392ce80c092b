// Degraded copies of the pictures, a row for each kind: how many are right, of how many it is sure, how many of those are right.

import { adopt, make } from "../shared/dom.js";
import { line, sheet } from "../shared/blocks.js";
import { words } from "../shared/terms.js";
import { watch } from "../shared/traits.js";

/**
 * @import { Widget } from "../shared/widget.js"
 * @typedef {{ copies: string, right: string, sure: string, among: string }} Row
 * @typedef {{ sentence: string, rows: Row[] }} Traits
 */

/** @param {Widget<Traits, never>} widget */
function render({ model, el }) {
  adopt(el, "vl-degraded");
  const said = make("p", "vl-verdict-line");
  const table = make("div");
  const about = line("p", "vl-small", ...words("The same pictures, changed as photos in life are. In brackets the 95 % ", ["interval"], "."));
  el.append(make("h2", "vl-heading", {}, "What does it bear?"), said, table, about);

  function draw() {
    const rows = model.get("rows");
    el.hidden = !rows.length;
    said.textContent = model.get("sentence");
    const heads = ["copies that are …", "right", line("span", "", ...words(["answered", "sure of"])), "right among these"];
    const texts = rows.map(({ copies, right, sure, among }) => [copies, right, sure, among]);
    table.replaceChildren(sheet("What is left on degraded copies", heads, texts, [1, 2, 3]));
  }
  watch(model, ["sentence", "rows"], draw);
  draw();
}

export default { render };
