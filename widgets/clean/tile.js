// One tile of the grid: its elements, and what is written on them. Knows a tile, not where it stands.

import { make } from "../shared/dom.js";

/** @import { Tile } from "./types.js" */

/** @type {Record<Tile["state"], string>} */
export const STATE_SIGNS = { "": "", keep: "✓", delete: "✕", relabel: "→", broken: "!", gone: "–" };
const STATE_WORDS = { "": "", keep: "kept", delete: "to be deleted", broken: "cannot be opened", gone: "no longer there" };

/** @typedef {ReturnType<typeof makeTile>} TileElement */

export function makeTile() {
  const element = make("div", "vl-g-tile", { role: "option" });
  const frame = make("div", "vl-g-frame");
  const image = make("img", "vl-g-image", { alt: "", decoding: "async", draggable: "false" });
  image.addEventListener("load", () => image.classList.toggle("vl-g-pixels", image.naturalWidth <= 48));
  const blank = make("div", "vl-g-blank");
  const badge = make("div", "vl-g-badge");
  const check = make("span", "vl-g-check", { "aria-hidden": "true" }, "✓");
  frame.append(image, blank, badge, check);
  const labels = make("div", "vl-g-labels");
  const given = make("span", "vl-g-given");
  const arrow = make("span", "vl-g-arrow", { "aria-hidden": "true" }, "→");
  const better = make("strong", "vl-g-better");
  const pair = make("span", "vl-g-pair");
  const probability = make("span", "vl-g-chance");
  pair.append(given, arrow, better);
  labels.append(pair, probability);
  const chips = make("div", "vl-g-chips");
  element.append(frame, labels, chips);
  let drawn = "";

  /** @param {Tile | undefined} tile none while it is not loaded @param {string} problem @param {string | undefined} url */
  function fill(tile, problem, url) {
    const state = tile ? tile.state || (problem ? "broken" : "") : "";
    const now = JSON.stringify([tile?.file, tile?.label, state, tile?.marked, tile?.suggested, tile?.probability, tile?.chips, problem, url && tile?.key]);
    if (drawn === now) return;
    drawn = now;
    element.dataset.state = tile ? state : "loading";
    if (url && image.getAttribute("src") !== url) image.src = url;
    image.hidden = !url;
    blank.hidden = Boolean(url) || !tile;
    blank.textContent = problem;
    const word = state === "relabel" ? (tile?.marked ?? "") : STATE_WORDS[state];
    badge.replaceChildren(...(state ? [make("span", "vl-g-sign", { "aria-hidden": "true" }, STATE_SIGNS[state]), word] : []));
    badge.hidden = !state;
    given.textContent = tile?.label ?? "";
    arrow.hidden = better.hidden = !tile?.suggested;
    better.textContent = tile?.suggested ?? "";
    probability.textContent = (tile?.suggested && tile.probability) || "";
    const all = tile?.chips ?? [];
    chips.replaceChildren(...all.slice(0, 1).map(([kind, words]) => make("span", `vl-g-chip vl-g-${kind}`, { title: words }, words)));
    if (all.length > 1) chips.append(make("span", "vl-g-chip", {}, `+${all.length - 1}`));
    element.setAttribute("aria-label", tile ? describe(tile, state, problem) : "Not loaded yet");
  }
  return { element, fill };
}

/** @param {Tile} tile @param {Tile["state"]} state @param {string} problem */
function describe(tile, state, problem) {
  const suggested = tile.suggested ? `suggested ${tile.suggested} ${tile.probability}` : "";
  const chips = tile.chips.map(([, words]) => words);
  return [tile.name, `label ${tile.label}`, suggested, ...chips, stateInWords({ ...tile, state }), problem].filter(Boolean).join(", ");
}

/** @param {Tile} tile label, suggestion, reasons and what is to become of it */
export function inOneLine(tile) {
  const suggested = tile.suggested ? ` → ${tile.suggested} ${tile.probability}` : "";
  return [tile.label + suggested, ...tile.chips.map(([, words]) => words), stateInWords(tile)].filter(Boolean).join(" · ");
}

/** @param {Pick<Tile, "state" | "marked">} tile what is to become of it */
function stateInWords({ state, marked }) {
  return state === "relabel" ? `to be ${marked}` : STATE_WORDS[state];
}
