// The confusion matrix: numbers as text on a ground that deepens with them, each a button; arrows move, Enter shows.

import { adopt, button, make } from "../shared/dom.js";
import { words } from "../shared/terms.js";
import { fold, line, picture, sheet } from "../shared/blocks.js";
import { makeExplanations } from "../shared/explanation.js";
import { watch } from "../shared/traits.js";

/**
 * @import { Asks, Explainable } from "../shared/explanation.js"
 * @import { Widget } from "../shared/widget.js"
 * @typedef {{ name: string, thumbnail: string, probability: string }} Picture
 * @typedef {{ row?: undefined } | { row: number, column: number, count: number, pictures: Picture[] }} Cell
 * @typedef {{ row: number, column: number, count: number }} Pair
 * @typedef {{ classes: string[], confusion: number[][], confused_pairs: Pair[], cell: Cell,
 *   per_class: { label: string, precision: string, recall: string, count: string }[] } & Explainable} Traits
 * @typedef {{ type: "cell", row: number, column: number } | Asks} Sent
 */

/** @param {Widget<Traits, Sent>} widget */
function render({ model, el }) {
  adopt(el, "vl-matrix");
  const heading = line("h2", "vl-heading", "What does it take for what? The ", ...words(["confusion matrix"]));
  const lead = make("p", "vl-small");
  const place = make("div", "vl-matrix-place");
  const shown = make("section", "vl-cell-shown", { "aria-label": "The pictures of the chosen cell" });
  const told = make("p", "vl-unseen", { role: "status" });
  const whys = makeExplanations((asked) => model.send(asked));
  const perClass = make("div");
  el.append(heading, lead, place, shown, told, perClass);
  const send = (/** @type {number} */ row, /** @type {number} */ column) => model.send({ type: "cell", row, column });

  function draw() {
    const classes = model.get("classes");
    const confusion = model.get("confusion");
    const pairs = model.get("confused_pairs");
    el.hidden = !classes.length;
    if (el.hidden) return;
    if (confusion.length) {
      lead.textContent = "Each row is a true class, each column what the model said. Choose a number to see those pictures; the arrow keys move.";
      place.replaceChildren(table(classes, confusion));
    } else {
      lead.textContent = pairs.length ? `Of the ${classes.length} classes, these are mistaken most often. Choose one to see the pictures.` : "Nothing is mistaken for anything else.";
      place.replaceChildren(often(classes, pairs));
    }
    const rows = model.get("per_class").map((row) => [row.label, row.precision, row.recall, row.count]);
    const heads = [words(["class", "Class"]), words(["precision", "Precision"]), words(["recall", "Recall"]), ["Pictures"]];
    const details = fold("Each class by itself", sheet("Precision and recall of each class", heads.map((head) => line("span", "", ...head)), rows, [1, 2, 3]));
    details.open = rows.length <= 12;
    perClass.replaceChildren(...(rows.length ? [details] : []));
  }

  /** @param {string[]} classes @param {number[][]} confusion */
  function table(classes, confusion) {
    const most = Math.max(1, ...confusion.flatMap((row, i) => row.filter((_, j) => i !== j)));
    const frame = make("div", "vl-table-frame", { role: "region", "aria-label": "Confusion matrix", tabindex: "-1" });
    const grid = make("table", "vl-confusion");
    grid.append(line("caption", "vl-unseen", "Rows: the true class. Columns: what the model said."));
    const top = line("tr", "", make("td", "vl-corner", {}, "true ↓ said →"));
    for (const name of classes) top.append(make("th", "", { scope: "col" }, name));
    const body = make("tbody");
    confusion.forEach((counts, row) => {
      const of = counts.reduce((sum, count) => sum + count, 0);
      const tr = line("tr", "", make("th", "", { scope: "row" }, classes[row]));
      counts.forEach((count, column) => {
        const cell = make("td", "");
        if (!count) {
          cell.append(make("span", "vl-zero", {}, "0"));
        } else {
          const right = row === column;
          const said = right ? `${count} of ${classes[row]} called so, rightly` : `${count} of ${classes[row]} called ${classes[column]}`;
          const choice = make("button", `vl-count ${right ? "vl-right" : "vl-mistake"}`, { type: "button", "aria-label": said, tabindex: "-1" }, String(count));
          choice.dataset.place = `${row}/${column}`;
          choice.style.setProperty("--vl-heat", String(right ? count / Math.max(1, of) : count / most));
          choice.addEventListener("click", () => send(row, column));
          cell.append(choice);
        }
        tr.append(cell);
      });
      body.append(tr);
    });
    grid.append(line("thead", "", top), body);
    frame.append(grid);
    const cells = /** @type {HTMLElement[]} */ ([...grid.querySelectorAll(".vl-count")]);
    const enter = (/** @type {HTMLElement} */ cell) => {
      for (const other of cells) other.tabIndex = other === cell ? 0 : -1;
    };
    if (cells.length) enter(cells.find((cell) => cell.matches(".vl-mistake")) ?? cells[0]);
    grid.addEventListener("focusin", (event) => {
      if (event.target instanceof HTMLElement && event.target.matches(".vl-count")) enter(event.target);
    });
    grid.addEventListener("keydown", (event) => {
      const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
      const cell = /** @type {HTMLElement} */ (event.target);
      if (!step || !cell.matches(".vl-count")) return;
      event.preventDefault();
      event.stopPropagation();
      let [row, column] = (cell.dataset.place ?? "").split("/").map(Number);
      for (;;) {
        [row, column] = [row + step[0], column + step[1]];
        if (!confusion[row] || confusion[row][column] === undefined) return;
        if (confusion[row][column]) return cells.find((other) => other.dataset.place === `${row}/${column}`)?.focus();
      }
    });
    return frame;
  }

  /** @param {string[]} classes @param {Pair[]} pairs */
  function often(classes, pairs) {
    const list = make("ul", "vl-pairs");
    for (const { row, column, count } of pairs) {
      const choice = button(`${classes[row]} taken for ${classes[column]}: ${count}`);
      choice.dataset.place = `${row}/${column}`;
      choice.addEventListener("click", () => send(row, column));
      list.append(line("li", "", choice));
    }
    return list;
  }

  function drawCell() {
    const cell = model.get("cell");
    const classes = model.get("classes");
    const chosen = cell.row === undefined ? "" : `${cell.row}/${cell.column}`;
    for (const choice of /** @type {NodeListOf<HTMLElement>} */ (place.querySelectorAll("[data-place]"))) {
      choice.setAttribute("aria-pressed", String(choice.dataset.place === chosen));
    }
    shown.hidden = cell.row === undefined;
    if (cell.row === undefined) return shown.replaceChildren();
    const [actual, said] = [classes[cell.row], classes[cell.column]];
    const many = cell.count === 1 ? "1 picture" : `${cell.count} pictures`;
    const title = cell.row === cell.column ? `${many} of ${actual}, rightly called ${said}` : `${many} of ${actual}, called ${said}`;
    const strip = make("ul", "vl-tiles");
    cell.pictures.forEach(({ name, thumbnail, probability }, place) => {
      const why = model.get("explainable") ? [whys.button(place, name)] : [];
      strip.append(line("li", "vl-tile-flat", picture(thumbnail, `${name}, ${actual} called ${said}`), make("span", "vl-tile-label", {}, probability), make("span", "vl-tile-label vl-small", { title: name }, name), ...why));
    });
    whys.clear();
    const rest = cell.count - cell.pictures.length;
    const more = cell.pictures.length && rest > 0 ? [make("p", "vl-small", {}, `and ${rest} more, of which the model was less wrong`)] : [];
    told.textContent = title;
    shown.replaceChildren(make("h3", "vl-subheading", {}, title), strip, ...more, whys.place);
  }
  watch(model, ["classes", "confusion", "confused_pairs", "per_class"], draw);
  watch(model, ["cell", "classes"], drawCell);
  watch(model, ["why"], () => whys.draw(model.get("why")));
  draw();
  drawCell();
}

export default { render };
