// The detail pane: the large picture, why it is here, and a button for every key. Draws one tile and what came about it.

import { button, make } from "../shared/dom.js";
import { makeExplanation } from "../shared/explanation.js";
import { numbered } from "./shortcuts.js";
import { STATE_SIGNS } from "./tile.js";

/**
 * @import { Asks, Explainable } from "../shared/explanation.js"
 * @import { Act, Pictures, Received, Tile } from "./types.js"
 */

/**
 * `ask` asks why the page's model answers as it does; null where there is none to ask.
 * @param {{ pictures: Pictures, act: Act, isPrivate: boolean, showFiles: (files: string[]) => void, close: () => void,
 *   ask: ((asked: Asks) => void) | null }} how
 */
export function makeDetail({ pictures, act, isPrivate, showFiles, close, ask }) {
  const element = make("section", "vl-g-detail", { "aria-label": "The picture and what to do with it" });
  const shut = button("Close", "vl-quiet vl-g-shut");
  const figure = make("figure", "vl-g-figure");
  const image = make("img", "vl-g-detail-image", { alt: "" });
  const blank = make("div", "vl-g-blank");
  figure.append(image, blank);
  const name = make("p", "vl-small vl-g-file");
  const labels = make("p", "vl-g-verdict");
  const state = make("p", "vl-g-state");
  const several = make("p", "vl-g-several");
  const facts = make("ul", "vl-g-facts");
  const whyPlace = make("div");
  /** @type {ReturnType<typeof makeExplanation> | null} */
  let why = null;
  const copies = button("Show its copies side by side", "vl-g-wide");
  const accept = key("", "⏎", "accept", "vl-primary vl-g-wide");
  const keep = key("Keep", "K", "keep");
  const remove = key("Delete", "D", "delete");
  const clear = key("Clear this mark", "", "clear", "vl-g-wide");
  const classes = make("div", "vl-g-classes", { role: "group", "aria-label": "Relabel" });
  const other = key("Any label", "+", "label");
  const larger = key("Enlarge", "Space", "enlarge");
  const alike = key("More like this", "=", "alike", "vl-g-wide");
  const before = key("Previous", "←", "previous");
  const after = key("Next", "→", "next");
  const page = key("Select the page", "Ctrl A", "page", "vl-g-wide");
  const main = make("div", "vl-g-actions");
  main.append(accept, keep, remove, clear);
  const rest = make("div", "vl-g-actions");
  rest.append(other, larger, before, after, page, ...(isPrivate ? [] : [alike]));
  element.append(shut, figure, labels, facts, state, several, main, make("h3", "vl-g-heading", {}, "Relabel"), classes, rest, copies, whyPlace, name);
  shut.addEventListener("click", close);

  const acceptWords = /** @type {Element} */ (accept.firstChild);
  let drawnClasses = "";
  /** @type {Tile | undefined} */
  let tile;
  /** @type {Extract<Received, { type: "detail" }> | null} */
  let about = null; // what the kernel said of it: copies
  let largest = { key: "", url: "" };

  /** @param {string} words @param {string} sign @param {Parameters<Act>[0]} what */
  function key(words, sign, what, className = "") {
    const element = button("", `vl-g-key ${className}`);
    element.append(make("span", "vl-g-key-words", {}, words));
    if (sign) element.append(make("kbd", "vl-g-kbd", { "aria-hidden": "true" }, sign));
    element.addEventListener("click", () => act(what));
    return element;
  }

  /** @param {Tile | undefined} current @param {string} problem @param {string[]} names @param {number} selectedCount */
  function draw(current, problem, names, selectedCount) {
    if (current?.file !== tile?.file) {
      about = null;
      why = ask && current?.key ? makeExplanation(current.file, ask, current.name) : null;
      whyPlace.replaceChildren(...(why ? [why.element] : []));
    }
    tile = current;
    element.classList.toggle("vl-g-nothing", !tile);
    const url = tile && (largest.key === tile.key ? largest.url : pictures.get(tile.key));
    if (url && image.getAttribute("src") !== url) image.src = url;
    image.hidden = !url;
    image.alt = tile ? tile.name : "";
    blank.hidden = Boolean(url);
    blank.textContent = tile ? (problem ? "It cannot be shown." : "") : "No picture is selected.";
    labels.replaceChildren(...(tile ? verdict(tile) : []));
    name.textContent = tile ? [tile.file, tile.split].filter(Boolean).join(" · ") : "";
    const marked = tile?.state === "keep" || tile?.state === "delete" || tile?.state === "relabel" ? tile.state : "";
    const words = { "": "", keep: "Kept", delete: "To be deleted", relabel: `To be relabelled: ${tile?.marked}` };
    state.dataset.state = marked;
    state.replaceChildren(...(marked ? [make("span", "vl-g-sign", { "aria-hidden": "true" }, STATE_SIGNS[marked]), words[marked]] : []));
    state.hidden = !marked;
    several.textContent = selectedCount > 1 ? `${selectedCount.toLocaleString("en")} pictures are selected: what you press is for all of them.` : "";
    several.hidden = selectedCount < 2;
    accept.hidden = !tile?.suggested;
    acceptWords.textContent = tile?.suggested ? `Make it ${tile.suggested}` : "";
    clear.hidden = !marked;
    facts.replaceChildren(...[...(problem && !tile?.problem ? [problem] : []), ...(tile?.facts ?? [])].map((sentence) => make("li", "", {}, sentence)));
    copies.hidden = !about?.group?.length;
    drawClasses(names);
  }

  /** @param {string[]} names */
  function drawClasses(names) {
    const now = JSON.stringify([names, tile?.label]);
    if (now === drawnClasses) return;
    drawnClasses = now;
    classes.replaceChildren(
      ...names.slice(0, 24).map((label, place) => {
        const option = button("", "vl-g-key");
        option.append(make("span", "vl-g-key-words", {}, label));
        const key = numbered(names) ? (place < 9 ? String(place + 1) : "") : /^\d$/.test(label) ? label : "";
        if (key) option.append(make("kbd", "vl-g-kbd", { "aria-hidden": "true" }, key));
        option.disabled = label === tile?.label && tile?.split !== "from visitors";
        option.addEventListener("click", () => act("relabel", label));
        return option;
      }),
    );
  }
  copies.addEventListener("click", () => showFiles([tile?.file ?? "", ...(about?.group ?? []).map((copy) => copy.file)]));

  return {
    element,
    draw,
    shut,
    /** @param {Extract<Received, { type: "detail" }>} message */
    tell(message) {
      if (message.file === tile?.file) about = message;
      copies.hidden = !about?.group?.length;
    },
    /** @param {Explainable["why"]} known */
    explain(known) {
      why?.draw(known);
    },
    enlarged: () => (tile && largest.key === tile.key ? largest.url : ""),
    /** @param {string} which @param {DataView<ArrayBuffer>} buffer */
    large(which, buffer) {
      if (largest.url) URL.revokeObjectURL(largest.url);
      largest = { key: which, url: URL.createObjectURL(new Blob([buffer])) };
    },
    remove() {
      if (largest.url) URL.revokeObjectURL(largest.url);
    },
  };
}

/** @param {Tile} tile */
function verdict(tile) {
  const words = [make("span", "", {}, "Label "), make("strong", "", {}, tile.label)];
  if (!tile.suggested) return words;
  const better = make("strong", "vl-g-better", {}, `${tile.suggested} ${(tile.probability ?? "").replace(" ", "\u00a0")}`.trim());
  return [...words, make("span", "", {}, ", rather "), better];
}
