// The row above the grid: how many pictures there are, in which order and how large, and a button for those who tap.

import { button, make } from "../shared/dom.js";

/**
 * @import { Size } from "./geometry.js"
 * @import { CleanerModel, Query } from "./types.js"
 */

/** @type {[string, string][]} */
const ORDERS = [
  ["doubt", "Most doubtful label"],
  ["loss", "Top loss"],
  ["unsure", "Least sure"],
  ["copies", "Copies side by side"],
  ["name", "Name"],
];
const GIVEN = ["given", "Most alike first"]; // of the pictures that are like one
/** @type {Size[]} */
const SIZES = ["small", "medium", "large"];

/**
 * @param {{ model: CleanerModel, ask: (change: Partial<Query>) => void, showAll: () => void, resize: (size: Size) => void }} how
 */
export function makeTools({ model, ask, showAll, resize }) {
  const number = make("strong", "vl-g-number");
  const everything = button("Show all pictures"); // instead of those that another part of the page named
  const several = button("Select several", "vl-g-touch");
  const order = makeChoice("Order", ORDERS, (value) => ask({ order: value }));
  const size = makeChoice("Size", SIZES.map((name) => [name, name]), resize);
  size.select.value = "medium";
  size.element.classList.add("vl-g-size");
  const element = make("div", "vl-g-tools");
  element.append(number, everything, several, order.element, size.element);

  let picking = false; // on a touch screen: a tap adds to the selection
  several.setAttribute("aria-pressed", "false");
  several.addEventListener("click", () => {
    picking = !picking;
    several.setAttribute("aria-pressed", String(picking));
  });
  everything.addEventListener("click", showAll);
  const given = make("option", "", { value: GIVEN[0] }, GIVEN[1]);

  function draw() {
    const { count = 0, total = count } = model.get("listing");
    const { files, order: chosen } = model.get("query");
    const of = count < total ? ` of ${total.toLocaleString("en")}` : "";
    number.textContent = `${count.toLocaleString("en")}${of} ${total === 1 ? "picture" : "pictures"}`;
    everything.hidden = !files.length;
    if (chosen === GIVEN[0]) order.select.append(given);
    else given.remove();
    order.select.value = chosen;
  }
  return { element, draw, isPicking: () => picking };
}

/**
 * @template {string} Value
 * @param {string} title @param {[Value, string][]} options @param {(value: Value) => void} choose
 */
function makeChoice(title, options, choose) {
  const label = make("label", "vl-g-choice");
  const select = make("select", "vl-g-input");
  select.append(...options.map(([value, words]) => make("option", "", { value }, words)));
  select.addEventListener("change", () => choose(/** @type {Value} */ (select.value)));
  label.append(make("span", "vl-g-choice-title", {}, title), select);
  return { element: label, select };
}
