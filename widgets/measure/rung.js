// One line of a ladder: a name, a bar that ends at the accuracy with a whisker over its interval, the same as text.

import { make } from "../shared/dom.js";

/** @typedef {{ name: string, accuracy: number, low: number, high: number, text: string }} Rung */

/** @param {Rung} figures @param {string} kind a further class, "" for none @param {HTMLElement[]} more what stands behind the text */
export function rung({ name, accuracy, low, high, text }, kind, ...more) {
  const track = make("span", "vl-rung-track", { "aria-hidden": "true" });
  const bar = make("span", "vl-rung-bar");
  bar.style.width = `${100 * accuracy}%`;
  const whisker = make("span", "vl-whisker");
  whisker.style.left = `${100 * low}%`;
  whisker.style.width = `${100 * (high - low)}%`;
  track.append(bar, whisker);
  const item = make("li", `vl-rung ${kind}`.trim());
  item.append(make("span", "vl-rung-name", {}, name), track, make("span", "vl-rung-text", {}, text), ...more);
  return item;
}
