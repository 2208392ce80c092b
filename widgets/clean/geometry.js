// Where the tiles of a grid stand, in numbers. Knows no element.

export const GAP = 8;
const TEXT = 66; // pixels below a picture
const TALLEST = 8_000_000; // pixels that every browser can scroll through; longer lists are scaled down to it
const SIZES = { small: 118, medium: 150, large: 236 };
const NARROW = 340;

/**
 * @typedef {keyof typeof SIZES} Size
 * @typedef {{ columns: number, width: number, height: number, view: number }} Grid tiles in a row, the pixels of a tile with
 *   its gap below, and of the part of the list that is seen
 */

/** @param {number} inner the list's own width @param {number} view its height @param {Size} size @returns {Grid} */
export function measured(inner, view, size) {
  const room = inner - 2 * GAP;
  const columns = Math.max(room < NARROW && size !== "small" ? 1 : 2, Math.floor((room + GAP) / (SIZES[size] + GAP)));
  const fit = room < NARROW && size === "medium" ? 2 : columns;
  const width = Math.floor((room - GAP * (fit - 1)) / fit);
  return { columns: fit, width, height: Math.round(width * 0.78) + TEXT + GAP, view };
}

/** @type {Grid} what there is before anything is measured */
export const UNMEASURED = { columns: 1, width: SIZES.medium, height: 200, view: 0 };

/** @param {Grid} grid @param {number} count the pixels that so many tiles need */
export function heightOf(grid, count) {
  return Math.ceil(count / grid.columns) * grid.height;
}

/** @param {Grid} grid @param {number} count the pixels that the list is made high */
export function scrollHeight(grid, count) {
  return Math.min(heightOf(grid, count), TALLEST);
}

/** @param {Grid} grid @param {number} count how many pixels of tiles go by with one pixel that is scrolled */
export function scaleOf(grid, count) {
  return Math.max(1, (heightOf(grid, count) - grid.view) / Math.max(1, scrollHeight(grid, count) - grid.view));
}

/** @param {Grid} grid @param {number} count @param {number} top @returns {[number, number]} positions, up to but not with */
export function visibleAt(grid, count, top) {
  const first = Math.floor(top / grid.height) * grid.columns;
  const last = Math.ceil((top + grid.view) / grid.height) * grid.columns;
  return [Math.max(0, Math.min(first, count)), Math.max(0, Math.min(last, count))];
}

/**
 * The tiles whose middle lies between two heights of the seen part.
 * @param {Grid} grid @param {number} count @param {number} top @param {number} upper @param {number} lower
 * @returns {[number, number]} positions, up to but not with
 */
export function inSightAt(grid, count, top, upper, lower) {
  const rowAt = (/** @type {number} */ y) => (top + y - GAP) / grid.height + 0.5; // the first row whose middle is not above y
  const bound = (/** @type {number} */ row) => Math.max(0, Math.min(count, row * grid.columns));
  return [bound(Math.floor(rowAt(upper))), bound(Math.floor(rowAt(lower)))];
}

/** @param {Grid} grid @param {number} position @returns {{ x: number, y: number }} pixels of its corner */
export function placeOf(grid, position) {
  const row = Math.floor(position / grid.columns);
  const column = position % grid.columns;
  return { x: GAP + column * (grid.width + GAP), y: GAP + row * grid.height };
}
