// What the scripts of several parts build: a line of mixed content, a table that scrolls, a fold, a picture or its blank.

import { make } from "./dom.js";

/** @typedef {string | Node} Content */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag @param {string} className @param {Content[]} parts
 */
export function line(tag, className, ...parts) {
  const element = make(tag, className);
  element.append(...parts);
  return element;
}

// A table that scrolls by itself where it is too wide: heads and rows of texts or elements; numbers to the right.
/** @param {string} label @param {Content[]} heads @param {Content[][]} rows @param {number[]} numeric places of such columns */
export function sheet(label, heads, rows, numeric = []) {
  const side = (/** @type {number} */ place) => (numeric.includes(place) ? "vl-number" : "");
  const frame = make("div", "vl-table-frame", { role: "region", "aria-label": label, tabindex: "0" });
  const top = make("tr");
  heads.forEach((head, place) => {
    const cell = head === "" ? make("td") : make("th", side(place), { scope: "col" });
    cell.append(head);
    top.append(cell);
  });
  const body = make("tbody");
  for (const row of rows) {
    const tr = make("tr");
    row.forEach((content, place) => {
      const cell = place ? make("td", side(place)) : make("th", "vl-row-head", { scope: "row" });
      cell.append(content);
      tr.append(cell);
    });
    body.append(tr);
  }
  const table = make("table", "vl-table");
  table.append(line("thead", "", top), body);
  frame.append(table);
  return frame;
}

/** @param {string} title @param {Content[]} content */
export function fold(title, ...content) {
  const details = make("details", "vl-fold");
  details.append(make("summary", "", {}, title), ...content);
  return details;
}

/** @param {string} url @param {string} label */
export function picture(url, label, className = "vl-tile-picture") {
  return url ? make("img", className, { src: url, alt: label }) : make("span", `${className} vl-blank`, { role: "img", "aria-label": label }, "?");
}

