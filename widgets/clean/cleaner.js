// The cleaner's browser side: filters, grid, detail pane and the bar joined, and what keys do. What is shown follows from
// the traits and from the rows; what a person decides goes to the kernel, which writes it down before it is shown.

import { adopt, button, make } from "../shared/dom.js";
import { makeFileTransfer } from "../shared/file_transfer.js";
import { makeDetail } from "./detail.js";
import { askLabel, enlarge, openReview, showKeys } from "./dialogs.js";
import { makeFilters } from "./filters.js";
import { fitToWindow } from "./fit.js";
import { makeGallery } from "./grid.js";
import { makeHead } from "./head.js";
import { makeProgress } from "./progress.js";
import { howMany } from "./ranges.js";
import { makeSelection } from "./selection.js";
import { makeKeys } from "./shortcuts.js";
import { inOneLine } from "./tile.js";
import { makeBar } from "./toolbar.js";
import { makeTools } from "./tools.js";

/**
 * @import { Widget } from "../shared/widget.js"
 * @import { Act, Query, Received, Send, Sent, Traits } from "./types.js"
 */

const LOOK_MS = 120; // the large picture is asked for once somebody stays with it
const LEAVING_MS = 3000;
const NARROW = 720; // pixels, below which the filters are folded at first
const EVERYTHING = { label: null, split: null, reason: null, predicted: null, name: "", files: [] };

/** @param {Widget<Traits, Sent, Received>} widget */
function render({ model, el }) {
  adopt(el, "vl-cleaner");
  const isPrivate = model.get("shows_private");
  let leaving = 0; // until then the page is being left, and its kernel can be told nothing
  /** @type {Send} */
  const send = (request) => {
    if (performance.now() > leaving) model.send({ ...request, stamp: model.get("listing").stamp ?? 0 });
  };
  const leave = () => (leaving = performance.now() + LEAVING_MS);
  window.addEventListener("beforeunload", leave, { capture: true });

  // ---- parts
  const head = makeHead(model, send);
  const message = make("p", "vl-g-message", { role: "status" });

  const filters = makeFilters(model, (change) => {
    ask(change);
    if (isNarrow() && !("name" in change)) filters.element.removeAttribute("open");
  });
  const gallery = makeGallery({
    ask: (start, stop, pictures, age) => send({ type: "rows", start, stop, pictures, age }),
    seen: (start, stop) => send({ type: "mark-seen", ranges: [[start, stop]] }),
    selected: () => model.get("selection"),
    pick,
    open: () => act("enlarge"),
  });
  const selection = makeSelection(model, gallery, send);
  const detail = makeDetail({ pictures: gallery.pictures, act, isPrivate, showFiles: (files) => ask({ ...EVERYTHING, files, order: "copies" }), close: closeSheet, ask: model.get("explainable") ? (asked) => model.send(asked) : null });
  const tools = makeTools({ model, ask, showAll: () => ask(EVERYTHING), resize: gallery.resize });
  const progress = makeProgress(model);
  const none = make("p", "vl-g-none", {}, "No picture fits these filters. ");
  const clear = button("Show all pictures");
  none.append(clear);
  const middle = make("div", "vl-g-middle");
  middle.append(tools.element, progress.element, gallery.element, none);
  const body = make("div", "vl-g-body");
  body.append(filters.element, middle, detail.element);

  const zip = makeFileTransfer(send, "application/zip");
  const bar = makeBar({ model, send, act, review: openChanges });
  el.append(head.element, message, body, bar.element);

  // ---- state of this view alone: what is open on it
  /** @type {ReturnType<typeof openReview> | null} */
  let reviewing = null;
  /** @type {ReturnType<typeof enlarge> | null} */
  let enlarged = null;
  let sheet = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let looking;

  // ---- drawing: what is seen from traits
  function drawState() {
    const state = model.get("state");
    el.dataset.state = state;
    body.hidden = bar.element.hidden = state !== "ready";
    message.hidden = state === "ready";
    message.textContent = model.get("sentence") || "Opening";
    head.draw();
    bar.drawScoring(head.mayScore(), Boolean(model.get("listing").scored));
  }

  function drawListing() {
    const { count = 0 } = model.get("listing");
    tools.draw();
    none.hidden = count > 0;
    gallery.element.hidden = count === 0;
    filters.draw();
    drawState();
    drawActive();
  }

  function drawChanges() {
    bar.draw();
    reviewing?.draw();
  }

  function drawActive() {
    const { active, ranges } = model.get("selection");
    const tile = active < (model.get("listing").count ?? 0) ? gallery.tile(active) : undefined; // one that left the list is gone
    detail.draw(tile, tile ? gallery.problem(tile) : "", model.get("classes"), howMany(ranges));
    el.classList.toggle("vl-g-sheet", sheet);
    enlarged?.();
  }

  /** @param {HTMLImageElement} image @param {HTMLElement} text */
  function drawEnlarged(image, text) {
    const tile = gallery.tile(model.get("selection").active);
    const url = detail.enlarged() || (tile && gallery.pictures.get(tile.key));
    if (url && image.getAttribute("src") !== url) image.src = url;
    image.hidden = !url;
    if (!tile) return;
    image.alt = tile.name;
    text.textContent = inOneLine(tile);
  }

  // ---- what a person does
  /** @param {Partial<Query>} change */
  function ask(change) {
    const query = { ...model.get("query"), ...change };
    if (query.order === "given" && !query.files.length) query.order = "doubt"; // the order of files that are not asked for any more
    model.set("query", query);
    model.save_changes();
    filters.draw();
  }

  const isNarrow = () => getComputedStyle(body).getPropertyValue("--vl-narrow").trim() === "1";
  function closeSheet() {
    sheet = false;
    drawActive();
    gallery.element.focus({ preventScroll: true });
  }

  /** @param {number} position @param {MouseEvent} event */
  function pick(position, event) {
    gallery.element.focus({ preventScroll: true });
    if (event.shiftKey) return selection.move(position, true);
    if (event.ctrlKey || event.metaKey || tools.isPicking()) return selection.toggle(position);
    selection.select(position);
    sheet = isNarrow();
    if (sheet) drawActive();
  }

  /** @type {Act} */
  function act(what, label) {
    const { active } = model.get("selection");
    const tile = gallery.tile(active);
    if (what === "keep" || what === "delete" || what === "clear") selection.mark(what);
    else if (what === "relabel") selection.mark("relabel", label);
    else if (what === "accept") selection.acceptSuggestion();
    else if (what === "label") askLabel(el, model.get("classes"), "", (name) => selection.mark("relabel", name), refocus);
    else if (what === "previous") selection.move(active - 1);
    else if (what === "next") selection.move(active + 1);
    else if (what === "page") selection.selectPage();
    else if (what === "undo" || what === "redo") send({ type: what });
    else if (what === "alike" && !isPrivate) send({ type: "alike", position: active });
    else if (what === "keys") showKeys(el, refocus);
    else if (what === "enlarge" && tile && !enlarged) {
      enlarged = enlarge(el, drawEnlarged, onKey, (free) => {
        enlarged = null;
        refocus(free);
      });
    }
  }
  const refocus = (/** @type {boolean} */ free) => free && gallery.element.focus({ preventScroll: true });

  const onKey = makeKeys({
    active: () => model.get("selection").active,
    last: () => (model.get("listing").count ?? 1) - 1,
    columns: gallery.columns,
    classes: () => model.get("classes"),
    move: selection.move,
    turn: selection.turn,
    narrow: (active) => (sheet ? closeSheet() : selection.select(active)),
    selectPage: selection.selectPage,
    act,
    say: bar.say,
    ask: (typed, typedOut) => askLabel(el, model.get("classes"), typed, typedOut, refocus),
  });
  gallery.element.addEventListener("keydown", onKey);
  detail.element.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && sheet) closeSheet();
  });

  // ---- buttons
  function openChanges() {
    reviewing = openReview(
      el,
      {
        more: (start) => send({ type: "review", start }),
        clearMark: (file) => send({ type: "clear-mark", files: [file] }),
        apply: () => send({ type: "apply" }),
        zip: () => send({ type: "zip" }),
        pictures: gallery.pictures,
        words: () => model.get("changes"),
        warnings: () => model.get("warnings"),
        isPrivate,
      },
      (free) => {
        reviewing = null;
        refocus(free);
      },
    );
    send({ type: "review", start: 0 });
  }
  clear.addEventListener("click", () => ask(EVERYTHING));

  // ---- what the kernel says
  /** @param {Received} content @param {DataView<ArrayBuffer>[]} buffers */
  function onMessage(content, buffers) {
    if (content.type === "rows") {
      content.keys.forEach((key, place) => gallery.pictures.put(key, buffers[place]));
      if (content.stamp === model.get("listing").stamp) gallery.fill(content.tiles, content.age);
      drawActive();
    } else if (content.type === "thumbnails") {
      content.keys.forEach((key, place) => {
        if (content.problems[place]) gallery.refuse(key, content.problems[place]);
        else gallery.pictures.put(key, buffers[place]);
      });
      gallery.draw();
      drawActive();
    } else if (content.type === "detail") {
      detail.tell(content);
    } else if (content.type === "large") {
      if (content.problem) gallery.refuse(content.key, content.problem);
      else detail.large(content.key, buffers[0]);
      drawActive();
    } else if (content.type === "stale") {
      if (content.stamp === model.get("listing").stamp) gallery.stale();
    } else if (content.type === "ranked") {
      gallery.whenStill((shown) => send({ type: "take-ranking", shown }));
    } else if (content.type === "review") {
      content.keys.forEach((key, place) => gallery.pictures.put(key, buffers[place]));
      reviewing?.fill(content.start, content.tiles);
    } else if (content.type === "file") {
      zip(content, buffers);
    }
  }

  /** @type {number | undefined} */
  let stamp;
  /** @param {unknown} [change] none at first */
  function onListing(change) {
    const listing = model.get("listing");
    drawListing();
    if (listing.stamp === stamp) return;
    stamp = listing.stamp;
    gallery.reset(listing.count ?? 0, listing.fresh ?? true, Boolean(change));
    onSelection();
  }

  function onSelection() {
    gallery.draw();
    drawActive();
    clearTimeout(looking);
    const { active } = model.get("selection");
    looking = setTimeout(() => send({ type: "detail", position: active }), LOOK_MS);
  }

  /** @type {[`change:${keyof Traits}`, (change?: unknown) => void][]} */
  const watched = [
    ["change:state", drawState],
    ["change:sentence", drawState],
    ["change:job", drawState],
    ["change:judge", drawState],
    ["change:offers_other_folder", drawState],
    ["change:listing", onListing],
    ["change:query", filters.draw],
    ["change:filters", filters.draw],
    ["change:confused_pairs", filters.draw],
    ["change:selection", onSelection],
    ["change:classes", drawActive],
    ["change:changes", drawChanges],
    ["change:warnings", drawChanges],
    ["change:progress", progress.draw],
    ["change:notice", bar.drawNotice],
    ["change:why", () => detail.explain(model.get("why"))],
  ];
  for (const [event, handler] of watched) model.on(event, handler);
  model.on("msg:custom", onMessage);
  if ((el.clientWidth || document.documentElement.clientWidth) < NARROW) filters.element.removeAttribute("open");
  const unfit = fitToWindow(el);
  onListing();
  drawChanges();
  progress.draw();
  return () => {
    for (const [event, handler] of watched) model.off(event, handler);
    model.off("msg:custom", onMessage);
    unfit();
    window.removeEventListener("beforeunload", leave, { capture: true });
    clearTimeout(looking);
    gallery.remove();
    detail.remove();
  };
}

export default { render };
