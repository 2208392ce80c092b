// Choosing the pictures: a recent folder, one browsed to or typed, or the digits; then what lies there: classes, counts, ten
// pictures, what is left out; and where it cannot be taken, what was probably meant.

import { adopt, button, make } from "./dom.js";
import { words } from "./terms.js";
import { fold, line, picture, sheet } from "./blocks.js";
import { watch } from "./traits.js";

/**
 * @import { Widget } from "./widget.js"
 * @typedef {{ label: string, thumbnail: string }} Picture
 * @typedef {{ reason: string, count: number, files: string[] }} LeftOut
 * @typedef {{ pictures: Picture[], classes: { label: string, train: number, valid: number, test: number }[], left_out: LeftOut[] }} Overview
 * @typedef {{ name: string, folder: string }} Step
 * @typedef {{ place: string, places: Step[], path: Step[], folders: (Step & { about: string })[], more: number, sentence: string }} Browsed
 * @typedef {{ heading: string, take: string, takable: boolean, back: string, pickable: boolean,
 *   state: "empty" | "looking" | "ready" | "refused", data: string, labels: string, sentence: string, overview: Partial<Overview>,
 *   picked: number, suggestions: { data: string, labels: string, sentence: string }[],
 *   recents: { name: string, data: string, labels: string }[], browsed: Partial<Browsed> }} Traits
 * @typedef {{ type: "look" | "browse", data: string } | { type: "pick" | "suggestion" | "recent", place: number }
 *   | { type: "shown" | "close" | "take" | "back" }} Sent
 */

const DIGITS = "digits";

/** @param {Widget<Traits, Sent>} widget */
function render({ model, el }) {
  adopt(el, "vl-source");
  const id = `vl-path-${Math.random().toString(36).slice(2)}`;
  const path = make("input", "vl-field", { type: "text", id, autocomplete: "off", spellcheck: "false", placeholder: "my-photos" });
  const form = make("form", "vl-row");
  const ask = button("Look into it");
  ask.type = "submit";
  const browse = button("Browse");
  form.append(path, ask, browse);
  const digits = button("Take the built-in digits");
  const hint = make("p", "vl-small", {}, "A folder with one folder of pictures for each class: my-photos/cats/1.jpg, my-photos/dogs/1.jpg and so on.");
  const label = make("label", "vl-label-line", { for: id }, "The path of your folder");
  const recents = make("div", "vl-way vl-recents");
  const browser = make("div", "vl-browser", { role: "group", "aria-label": "Folders" });
  const ways = line(
    "div",
    "vl-ways",
    line("div", "vl-way", label, form, hint),
    browser,
    line("div", "vl-way vl-built-in", make("p", "vl-label-line", {}, "Or to try it out"), digits, make("p", "vl-small", {}, "1,797 handwritten digits, 8 × 8 pixels small, with nothing to download.")),
  );
  const back = button("", "vl-quiet");
  const head = line("div", "vl-row vl-source-head", make("h2", "vl-heading", {}, model.get("heading")), back);
  const said = make("p", "vl-said", { role: "status" });
  const suggested = make("ul", "vl-suggestions", { "aria-label": "What may have been meant" });
  const take = button("", "vl-primary vl-take");
  const found = make("div", "vl-found");
  el.append(head, recents, ways, said, suggested, take, found);

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    model.send({ type: "look", data: path.value });
  });
  digits.addEventListener("click", () => model.send({ type: "look", data: DIGITS }));
  browse.addEventListener("click", () => model.send(model.get("browsed").place ? { type: "close" } : { type: "browse", data: "" }));
  take.addEventListener("click", () => model.send({ type: "take" }));
  back.addEventListener("click", () => model.send({ type: "back" }));

  function draw() {
    const state = model.get("state");
    el.dataset.state = state;
    said.dataset.state = state;
    said.textContent = model.get("sentence");
    said.classList.toggle("vl-pulse", state === "looking");
    if (document.activeElement !== path) path.value = model.get("data") === DIGITS ? "" : model.get("data");
    digits.setAttribute("aria-pressed", String(model.get("data") === DIGITS));
    path.setAttribute("aria-invalid", String(state === "refused"));
    take.textContent = model.get("take");
    take.hidden = !model.get("take") || !model.get("takable");
    back.textContent = `Back to ${model.get("back")}`;
    back.hidden = !model.get("back");
  }

  // ---- what may be chosen
  function drawRecents() {
    const buttons = model.get("recents").map(({ name, data, labels }, place) => {
      const recent = make("button", "vl-button vl-recent", { type: "button", title: data });
      recent.append(make("span", "", {}, name), make("span", "vl-small vl-where", {}, labels ? `${data}, by ${last(labels)}` : data));
      recent.addEventListener("click", () => model.send({ type: "recent", place }));
      return line("li", "", recent);
    });
    recents.hidden = !buttons.length;
    recents.replaceChildren(make("p", "vl-label-line", {}, "Chosen lately"), line("ul", "vl-recent-list", ...buttons));
  }

  function drawSuggestions() {
    const offers = model.get("suggestions").map(({ data, labels, sentence }, place) => {
      const yes = button(labels ? `Take ${last(data)} with ${last(labels)}` : `Take ${last(data)}`, place ? "" : "vl-primary");
      yes.addEventListener("click", () => model.send({ type: "suggestion", place }));
      return line("li", "vl-row", make("span", "", {}, sentence), yes);
    });
    suggested.hidden = !offers.length;
    suggested.replaceChildren(...offers);
  }

  function drawBrowser() {
    const { place = "", places = [], path: steps = [], folders = [], more = 0, sentence = "" } = model.get("browsed");
    browse.setAttribute("aria-expanded", String(Boolean(place)));
    const held = browser.contains(document.activeElement) || document.activeElement === browse;
    browser.hidden = !place;
    if (!place) {
      if (held) browse.focus();
      return browser.replaceChildren();
    }
    const go = (/** @type {Step} */ { name, folder }, className = "vl-quiet") => {
      const step = button(name, className);
      step.addEventListener("click", () => model.send({ type: "browse", data: folder }));
      return step;
    };
    const others = places.filter(({ folder }) => folder !== steps[0].folder);
    const trail = make("nav", "vl-trail", { "aria-label": "Where this is" });
    steps.forEach((step, number) => {
      const here = number === steps.length - 1;
      trail.append(here ? make("strong", "vl-here", { tabindex: "-1", "aria-current": "page" }, step.name) : go(step));
      if (!here) trail.append(make("span", "vl-small", { "aria-hidden": "true" }, "/"));
    });
    const list = make("ul", "vl-folders");
    for (const folder of folders) {
      const enter = go(folder, "vl-folder");
      enter.append(make("span", "vl-small", {}, folder.about));
      list.append(line("li", "", enter));
    }
    const rest = more ? `${more} more are not listed: type the path above.` : sentence;
    const choose = button(`Look into ${steps[steps.length - 1].name}`, "vl-primary");
    choose.addEventListener("click", () => model.send({ type: "look", data: place }));
    const elsewhere = others.map((other) => go({ ...other, name: `Go to ${other.name}` }));
    browser.replaceChildren(line("div", "vl-row", trail, ...elsewhere), list, ...(rest ? [make("p", "vl-small", {}, rest)] : []), choose);
    if (held) /** @type {HTMLElement} */ (trail.querySelector(".vl-here")).focus();
  }

  // ---- what was found
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
    const counts = fold(classes.length === 1 ? "Pictures in its one class" : `Pictures in each of the ${classes.length} classes`, table);
    counts.open = classes.length <= 12;
    found.append(counts);
    if (leftOut.length) found.append(left(leftOut));
  }

  /** @param {Picture[]} pictures */
  function tiles(pictures) {
    const list = make("ul", "vl-tiles", { "aria-label": "Some of the pictures" });
    const pickable = model.get("pickable");
    pictures.forEach(({ label, thumbnail }, place) => {
      const tile = pickable ? make("button", "vl-tile", { type: "button", "aria-pressed": String(place === model.get("picked")) }) : make("span", "vl-tile-flat");
      tile.append(picture(thumbnail, ""), make("span", "vl-tile-label", {}, label));
      if (pickable) tile.addEventListener("click", () => model.send({ type: "pick", place }));
      list.append(line("li", "", tile));
    });
    if (!pickable) return list;
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
  watch(model, ["state", "sentence", "data", "take", "takable", "back"], draw);
  model.on("change:overview", drawFound);
  model.on("change:picked", pick);
  model.on("change:recents", drawRecents);
  model.on("change:suggestions", drawSuggestions);
  model.on("change:browsed", drawBrowser);
  draw();
  drawRecents();
  drawSuggestions();
  drawBrowser();
  drawFound();
  model.send({ type: "shown" });
}

/** @param {string} path */
const last = (path) => path.split("/").filter(Boolean).at(-1) ?? path;

export default { render };
