// Choosing the pictures: a path or the digits; then what lies there: classes, counts, ten pictures, what is left out.

import { adopt, button, make } from "../shared/dom.js";
import { words } from "../shared/terms.js";
import { fold, line, picture, sheet } from "../shared/blocks.js";
import { watch } from "../shared/traits.js";

/**
 * @import { Widget } from "../shared/widget.js"
 * @typedef {{ label: string, thumbnail: string }} Picture
 * @typedef {{ reason: string, count: number, files: string[] }} LeftOut
 * @typedef {{ pictures: Picture[], classes: { label: string, train: number, valid: number, test: number }[], left_out: LeftOut[] }} Overview
 * @typedef {{ state: "empty" | "looking" | "ready" | "refused", data: string, sentence: string, overview: Partial<Overview>,
 *   picked: number }} Traits
 * @typedef {{ type: "look", data: string } | { type: "pick", place: number } | { type: "shown" }} Sent
 */

/** @param {Widget<Traits, Sent>} widget */
function render({ model, el }) {
  adopt(el, "vl-source");
  const path = make("input", "vl-field", { type: "text", id: `vl-path-${Math.random().toString(36).slice(2)}`, autocomplete: "off", spellcheck: "false", placeholder: "my-photos" });
  const form = make("form", "vl-row");
  const ask = button("Look into it");
  ask.type = "submit";
  form.append(path, ask);
  const digits = button("Take the built-in digits");
  const hint = make("p", "vl-small", {}, "A folder with one folder of pictures for each class: my-photos/cats/1.jpg, my-photos/dogs/1.jpg and so on.");
  const ways = make("div", "vl-ways");
  const label = make("label", "vl-label-line", { for: path.id }, "The path of your folder");
  ways.append(
    line("div", "vl-way", label, form, hint),
    line("div", "vl-way", make("p", "vl-label-line", {}, "Or to try it out"), digits, make("p", "vl-small", {}, "1,797 handwritten digits, 8 × 8 pixels small, with nothing to download.")),
  );
  const said = make("p", "vl-said", { role: "status" });
  const found = make("div", "vl-found");
  el.append(make("h2", "vl-heading", {}, "1. The pictures"), ways, said, found);

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    model.send({ type: "look", data: path.value });
  });
  digits.addEventListener("click", () => model.send({ type: "look", data: "digits" }));

  function draw() {
    const state = model.get("state");
    el.dataset.state = state;
    said.dataset.state = state;
    said.textContent = model.get("sentence");
    said.classList.toggle("vl-pulse", state === "looking");
    if (document.activeElement !== path) path.value = model.get("data") === "digits" ? "" : model.get("data");
    digits.setAttribute("aria-pressed", String(model.get("data") === "digits"));
    path.setAttribute("aria-invalid", String(state === "refused"));
  }

  function drawFound() {
    const overview = model.get("overview");
    found.replaceChildren();
    if (!overview.classes) return;
    const { pictures = [], classes, left_out: leftOut = [] } = overview;
    if (pictures.length) found.append(tiles(pictures));
    const heads = [words(["class", "Class"]), words(["training", "Training"]), words(["validation", "Validation"]), words(["test", "Test"])];
    const rows = classes.map((row) => [row.label, row.train, row.valid, row.test].map(String));
    const table = sheet("Pictures in each class", heads.map((head) => line("span", "", ...head)), rows, [1, 2, 3]);
    table.classList.add("vl-counts");
    const counts = fold(`Pictures in each of the ${classes.length} classes`, table);
    counts.open = classes.length <= 12;
    found.append(counts);
    if (leftOut.length) found.append(left(leftOut));
  }

  /** @param {Picture[]} pictures */
  function tiles(pictures) {
    const list = make("ul", "vl-tiles", { "aria-label": "Some of the pictures" });
    pictures.forEach(({ label, thumbnail }, place) => {
      const tile = make("button", "vl-tile", { type: "button", "aria-pressed": String(place === model.get("picked")) });
      tile.append(picture(thumbnail, ""), make("span", "vl-tile-label", {}, label));
      tile.addEventListener("click", () => model.send({ type: "pick", place }));
      list.append(line("li", "", tile));
    });
    return line("div", "", list, make("p", "vl-small", {}, "Choose one of them to see below what training does to it."));
  }

  /** @param {LeftOut[]} groups */
  function left(groups) {
    const total = groups.reduce((sum, group) => sum + group.count, 0);
    const list = make("ul", "vl-reasons");
    for (const { reason, count, files } of groups) {
      const more = count > files.length ? ` and ${count - files.length} more` : "";
      list.append(make("li", "", {}, `${count} × ${reason}: ${files.join(", ")}${more}`));
    }
    return fold(total === 1 ? "1 file is left out, and why" : `${total} files are left out, and why`, list);
  }

  const pick = () => {
    const tiles = found.querySelectorAll(".vl-tile");
    tiles.forEach((tile, place) => tile.setAttribute("aria-pressed", String(place === model.get("picked"))));
  };
  watch(model, ["state", "sentence", "data"], draw);
  model.on("change:overview", drawFound);
  model.on("change:picked", pick);
  draw();
  drawFound();
  model.send({ type: "shown" });
}

export default { render };
