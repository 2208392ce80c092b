// A grid of pictures that scrolls through any number of them: only what is visible is in the page, rows and pictures come
// by the block. Knows tiles and positions, not what is done with them.

import { make } from "../shared/dom.js";
import { GAP, UNMEASURED, inSightAt, measured, placeOf, scaleOf, scrollHeight, visibleAt } from "./geometry.js";
import { makePictures } from "./pictures.js";
import { inRanges } from "./ranges.js";
import { makeRows } from "./rows.js";
import { makeTile } from "./tile.js";

/**
 * @import { Size } from "./geometry.js"
 * @import { TileElement } from "./tile.js"
 * @import { Selection, Tile } from "./types.js"
 */

const SETTLE_MS = 60; // no rows are asked for while somebody rushes past
const SEEN_MS = 700; // on the screen for as long counts as looked at
const PATIENCE_MS = 400;

let galleries = 0;

/** @typedef {ReturnType<typeof makeGallery>} Gallery */

/**
 * `ask` gets rows, `seen` hears what has been looked at, `selected` gives the selection, `pick` hears a click, `open` a double one.
 * @param {{ ask: (start: number, stop: number, pictures: boolean, age: number) => void,
 *   seen: (start: number, stop: number) => void, selected: () => Selection,
 *   pick: (position: number, event: MouseEvent) => void, open: (position: number) => void }} how
 */
export function makeGallery({ ask, seen, selected, pick, open }) {
  const name = `vl-g${++galleries}`;
  const list = make("div", "vl-g-list", { role: "listbox", "aria-multiselectable": "true", "aria-label": "Pictures", tabindex: "0" });
  const canvas = make("div", "vl-g-canvas", { role: "presentation" });
  list.append(canvas);

  const pictures = makePictures();
  const rows = makeRows(ask, pictures);
  /** @type {Map<number, TileElement>} */
  const shown = new Map(); // by position
  /** @type {TileElement[]} */
  const spare = [];
  /** @type {Set<number>} */
  let looked = new Set(); // positions
  let count = 0;
  let grid = UNMEASURED;
  /** @type {Size} */
  let size = "medium";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let settle;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let dwell;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let waiting;
  /** @type {number | undefined} */
  let frame;
  let hurried = 0;
  let patient = 0; // until then the rows of a new list are waited for, and the old ones stay

  // ---- geometry: a position's row, and the scroll position scaled where the list is taller than a browser can scroll

  function measure() {
    grid = measured(list.clientWidth, list.clientHeight, size);
    canvas.style.height = `${scrollHeight(grid, count) + GAP}px`;
  }
  const scale = () => scaleOf(grid, count);
  const top = () => list.scrollTop * scale();
  const visible = () => visibleAt(grid, count, top());

  /** @param {number} position */
  function reveal(position) {
    if (!grid.view) return;
    const above = Math.floor(position / grid.columns) * grid.height;
    const below = above + grid.height + GAP;
    if (above < top()) list.scrollTop = above / scale();
    else if (below > top() + grid.view) list.scrollTop = (below - grid.view) / scale();
  }

  // As reveal, and the page is scrolled too where the picture lies outside the window, or behind the bar at its foot.
  /** @param {number} position */
  function bring(position) {
    reveal(position);
    const above = list.getBoundingClientRect().top + Math.floor(position / grid.columns) * grid.height - top();
    const below = innerHeight - parseFloat(getComputedStyle(list).scrollMarginBottom);
    if (above < 0 || above + grid.height > below) list.scrollIntoView({ block: "nearest" });
  }

  // The pictures whose middle is on the screen: inside the list, and inside the window.
  function inSight() {
    const box = list.getBoundingClientRect();
    return inSightAt(grid, count, top(), Math.max(0, -box.top), Math.min(grid.view, innerHeight - box.top));
  }

  // ---- drawing: from tiles, pictures and the selection alone

  function draw() {
    frame = undefined;
    if (!list.isConnected || !list.clientWidth || performance.now() < patient) return;
    const [first, last] = visible();
    const from = Math.max(0, first - 2 * grid.columns);
    const to = Math.min(count, last + 2 * grid.columns);
    for (const [position, tile] of shown) {
      if (position >= from && position < to) continue;
      shown.delete(position);
      spare.push(tile);
      tile.element.remove();
    }
    const chosen = selected();
    const shift = list.scrollTop - top(); // 0 unless the list is scaled
    for (let position = from; position < to; position++) {
      const { element, fill } = shown.get(position) ?? show(position);
      element.setAttribute("aria-setsize", String(count));
      const { x, y } = placeOf(grid, position);
      element.style.width = `${grid.width}px`;
      element.style.height = `${grid.height - GAP}px`;
      element.style.transform = `translate(${x}px, ${y + shift}px)`;
      const tile = rows.tile(position);
      fill(tile, tile ? rows.problem(tile) : "", tile && pictures.get(tile.key));
      element.setAttribute("aria-selected", String(inRanges(chosen.ranges, position)));
      element.classList.toggle("vl-g-active", position === chosen.active);
    }
    if (shown.has(chosen.active)) list.setAttribute("aria-activedescendant", `${name}-${chosen.active}`);
    else list.removeAttribute("aria-activedescendant");
    rows.forget(from, to);
    clearTimeout(settle);
    if (performance.now() - hurried > SETTLE_MS) rows.want(from, to, count);
    else settle = setTimeout(() => rows.want(from, to, count), SETTLE_MS);
    linger();
  }
  const linger = () => {
    clearTimeout(dwell);
    dwell = setTimeout(look, SEEN_MS);
  };
  const drawSoon = () => {
    frame ??= requestAnimationFrame(draw);
  };

  /** @param {number} position */
  function show(position) {
    const tile = spare.pop() ?? makeTile();
    shown.set(position, tile);
    tile.element.id = `${name}-${position}`;
    tile.element.dataset.position = String(position);
    tile.element.setAttribute("aria-posinset", String(position + 1));
    placeInOrder(tile.element, position);
    return tile;
  }

  // In the page in the order of the list, because there are those who read it without seeing it.
  /** @param {HTMLElement} element @param {number} position */
  function placeInOrder(element, position) {
    for (let next = position + 1; next < position + 4 * grid.columns; next++) {
      const after = shown.get(next)?.element;
      if (after?.isConnected) return canvas.insertBefore(element, after);
    }
    return canvas.append(element);
  }

  // ---- what has been looked at

  function look() {
    const [first, last] = inSight();
    if (document.visibilityState !== "visible" || !list.clientWidth || first >= last) return;
    let start = first;
    while (start < last && (looked.has(start) || !rows.tile(start))) start++;
    let stop = last;
    while (stop > start && (looked.has(stop - 1) || !rows.tile(stop - 1))) stop--;
    if (start >= stop) return;
    for (let position = start; position < stop; position++) looked.add(position);
    seen(start, stop);
  }

  // ---- what happens to it

  list.addEventListener("scroll", () => {
    hurried = performance.now();
    drawSoon();
  });
  canvas.addEventListener("click", (event) => {
    const position = positionOf(event);
    if (position !== null) pick(position, event);
  });
  canvas.addEventListener("dblclick", (event) => {
    const position = positionOf(event);
    if (position !== null) open(position);
  });
  const watcher = new ResizeObserver(() => {
    const active = selected().active;
    const was = shown.has(active);
    measure();
    if (was) reveal(active);
    drawSoon();
  });
  watcher.observe(list);
  document.addEventListener("scroll", linger, { capture: true, passive: true }); // of whatever the list lies in

  return {
    element: list,
    pictures,
    draw: drawSoon,
    bring,
    reveal,
    visible,
    tile: rows.tile,
    problem: rows.problem,
    columns: () => grid.columns,
    rowsInView: () => Math.max(1, Math.floor(grid.view / grid.height)),
    /** @param {number} pages */
    turn(pages) {
      list.scrollTop += (pages * Math.max(1, Math.floor(grid.view / grid.height)) * grid.height) / scale();
    },
    /** @param {Size} to */
    resize(to) {
      size = to;
      measure();
      reveal(selected().active);
      drawSoon();
    },
    // Another list: what was shown stays until its rows come. Those of a new one may be on their way unasked.
    /** @param {number} length @param {boolean} fresh @param {boolean} coming */
    reset(length, fresh, coming) {
      count = length;
      looked = new Set();
      rows.reset(fresh);
      if (fresh) list.scrollTop = 0;
      if (fresh && coming && length) {
        rows.expectFirst(PATIENCE_MS);
        patient = performance.now() + PATIENCE_MS;
        setTimeout(drawSoon, PATIENCE_MS + 20);
      }
      measure();
      drawSoon();
    },
    // Once nobody scrolls: how many positions, from the first on, have been on the screen by then.
    /** @param {(shown: number) => void} then */
    whenStill(then) {
      clearTimeout(waiting);
      if (performance.now() - hurried < SEEN_MS) waiting = setTimeout(() => this.whenStill(then), SEEN_MS);
      else then(visible()[1]);
    },
    stale() {
      rows.stale();
      drawSoon();
    },
    /** @param {Tile[]} tiles @param {number} asOf */
    fill(tiles, asOf) {
      patient = 0;
      rows.fill(tiles, asOf);
      drawSoon();
    },
    /** @param {string} key @param {string} why */
    refuse(key, why) {
      rows.refuse(key, why);
      drawSoon();
    },
    remove() {
      document.removeEventListener("scroll", linger, { capture: true });
      watcher.disconnect();
      clearTimeout(settle);
      clearTimeout(dwell);
      clearTimeout(waiting);
    },
  };
}

/** @param {MouseEvent} event */
function positionOf(event) {
  const element = /** @type {Element} */ (event.target).closest("[data-position]");
  return element instanceof HTMLElement ? Number(element.dataset.position) : null;
}
