// The cleaner's browser side: filters, grid, detail pane and the bar joined, and what keys do. What is shown follows from
// the traits and from the rows; what a person decides goes to the kernel, which writes it down before it is shown.

import { adopt, button, make } from "../shared/dom.js";
import { makeDetail } from "./detail.js";
import { askLabel, enlarge, openReview, showKeys } from "./dialogs.js";
import { ORDERS, makeChoice, makeFilters } from "./filters.js";
import { makeGallery } from "./grid.js";
import { howMany, toggled } from "./ranges.js";
import { makeKeys } from "./shortcuts.js";
import { stateInWords } from "./tile.js";
import { makeBar, makeLonger } from "./toolbar.js";

const LOOK_MS = 120; // the large picture is asked for once somebody stays with it
const LEAST_HEIGHT = 440; // pixels
const BELOW = 16;
const LEAVING_MS = 3000;
const MOST_NAMED = 500;

function render({ model, el }) {
  adopt(el, "vl-cleaner");
  const isPrivate = model.get("shows_private");
  let leaving = 0; // until then the page is being left, and its kernel can be told nothing
  const send = (type, rest = {}) => performance.now() > leaving && model.send({ type, stamp: model.get("listing").stamp ?? 0, ...rest });
  const leave = () => (leaving = performance.now() + LEAVING_MS);
  window.addEventListener("beforeunload", leave, { capture: true });

  // ---- parts
  const title = make("h2", "vl-g-title");
  const total = make("span", "vl-small");
  const job = make("div", "vl-g-chore");
  const jobText = make("span", "vl-g-chore-words");
  const jobBar = make("progress", "vl-progress", { max: "1", "aria-label": "How far the work is" });
  const stop = button("Stop");
  job.append(jobText, jobBar, stop);
  const score = button("Find doubtful pictures", "vl-primary");
  const head = make("header", "vl-g-head");
  const names = make("div", "vl-g-names");
  names.append(title, total);
  const longer = makeLonger(send);
  head.append(names, job, longer, score);

  const message = make("p", "vl-g-message", { role: "status" });

  const filters = makeFilters(model, (change) => {
    ask(change);
    if (isNarrow() && !("name" in change)) filters.element.removeAttribute("open");
  });
  const gallery = makeGallery({
    ask: (start, stop, pictures, age) => send("rows", { start, stop, pictures, age }),
    seen: (start, stop) => send("mark-seen", { ranges: [[start, stop]] }),
    selected: () => model.get("selection"),
    pick,
    open: () => act("enlarge"),
  });
  const detail = makeDetail({ pictures: gallery.pictures, act, showFiles: (files) => ask({ files, reason: null, label: null, split: null, predicted: null, name: "", order: "copies" }), close: closeSheet });
  const order = makeChoice("Order", ORDERS, (value) => ask({ order: value }));
  const size = makeChoice("Size", [["small", "small"], ["medium", "medium"], ["large", "large"]], (value) => gallery.resize(value));
  size.select.value = "medium";
  size.element.classList.add("vl-g-size");
  const number = make("strong", "vl-g-number");
  const several = button("Select several", "vl-g-touch");
  several.setAttribute("aria-pressed", "false");
  const tools = make("div", "vl-g-tools");
  const everything = button("Show all pictures"); // instead of those that another part of the page named
  tools.append(number, everything, several, order.element, size.element);
  const progress = make("div", "vl-g-far");
  const progressBar = make("progress", "vl-progress", { max: "1", "aria-label": "Looked at" });
  const progressText = make("span", "vl-g-far-words");
  const advice = make("span", "vl-g-advice");
  progress.append(progressBar, progressText, advice);
  const none = make("p", "vl-g-none", {}, "No picture fits these filters. ");
  const clear = button("Show all pictures");
  none.append(clear);
  const middle = make("div", "vl-g-middle");
  middle.append(tools, progress, gallery.element, none);
  const body = make("div", "vl-g-body");
  body.append(filters.element, middle, detail.element);

  const bar = makeBar({ model, send, act, review: openChanges });
  el.append(head, message, body, bar.element);

  // ---- state of this view alone: what is open on it
  let reviewing = null;
  let enlarged = null;
  let sheet = false;
  let picking = false; // on a touch screen: a tap adds to the selection
  let zipped = [];
  let looking;

  // ---- drawing: what is seen from traits
  function drawState() {
    const state = model.get("state");
    el.dataset.state = state;
    const busy = Boolean(model.get("job").kind);
    body.hidden = bar.element.hidden = state !== "ready";
    message.hidden = state === "ready";
    message.textContent = model.get("sentence") || "Opening";
    title.textContent = isPrivate ? "Your photos" : `Clean ${model.get("title")}`;
    const listing = model.get("listing");
    const noun = listing.total === 1 ? "picture" : "pictures";
    total.textContent = listing.total ? `${listing.total.toLocaleString("en")} ${noun}` : "";
    score.hidden = isPrivate || busy || state !== "ready";
    score.textContent = listing.scored ? "Score again" : "Find doubtful pictures";
    score.classList.toggle("vl-primary", !listing.scored);
    longer.hidden = score.hidden;
    bar.drawScoring(score.hidden, listing.scored);
    drawJob();
  }

  function drawJob() {
    const { kind, text = "", share = -1, status = "", stoppable = false } = model.get("job");
    job.hidden = !kind;
    if (!kind) return;
    jobText.textContent = [text, status].filter(Boolean).join(": ");
    if (share < 0) jobBar.removeAttribute("value");
    else jobBar.value = share;
    stop.hidden = !stoppable;
  }

  function drawListing() {
    const { count = 0, total: all = 0 } = model.get("listing");
    const query = model.get("query");
    const of = count < all ? ` of ${all.toLocaleString("en")}` : "";
    number.textContent = `${count.toLocaleString("en")}${of} ${all === 1 ? "picture" : "pictures"}`;
    everything.hidden = !query.files.length;
    order.select.value = query.order;
    none.hidden = count > 0;
    gallery.element.hidden = count === 0;
    filters.draw();
    drawState();
  }

  function drawChanges() {
    bar.draw();
    reviewing?.draw();
  }

  function drawProgress() {
    const { share = 0, text = "", advice: hint = "", may_stop: done = false } = model.get("progress");
    progressBar.value = share;
    progressText.textContent = text;
    advice.textContent = hint;
    advice.classList.toggle("vl-g-done", done);
  }

  function drawActive() {
    const { active, ranges } = model.get("selection");
    const tile = gallery.tile(active);
    detail.draw(tile, tile ? gallery.problem(tile) : "", model.get("classes"), howMany(ranges));
    el.classList.toggle("vl-g-sheet", sheet);
    enlarged?.();
  }

  function drawEnlarged(image, text) {
    const tile = gallery.tile(model.get("selection").active);
    const url = detail.enlarged() || (tile && gallery.pictures.get(tile.key));
    if (url && image.getAttribute("src") !== url) image.src = url;
    image.hidden = !url;
    if (!tile) return;
    image.alt = tile.name;
    text.textContent = [tile.label + (tile.suggested ? ` → ${tile.suggested} ${tile.probability}` : ""), ...tile.chips.map((c) => c[1]), stateInWords(tile)].filter(Boolean).join(" · ");
  }

  // ---- what a person does
  function ask(change) {
    model.set("query", { ...model.get("query"), ...change });
    model.save_changes();
    filters.draw();
  }

  function select(active, anchor, ranges) {
    const count = model.get("listing").count ?? 0;
    if (!count) return;
    const inside = Math.max(0, Math.min(count - 1, active));
    model.set("selection", { stamp: model.get("listing").stamp, active: inside, anchor: Math.min(anchor, count - 1), ranges: ranges ?? [[inside, inside + 1]] });
    model.save_changes();
  }

  function move(to, extend = false) {
    const count = model.get("listing").count ?? 0;
    const { anchor } = model.get("selection");
    const target = Math.max(0, Math.min(count - 1, to));
    if (extend) select(target, anchor, [[Math.min(anchor, target), Math.max(anchor, target) + 1]]);
    else select(target, target);
    gallery.bring(target);
  }

  // A page further, with the picture at the same place on the screen.
  function turn(pages, extend) {
    gallery.turn(pages);
    move(model.get("selection").active + pages * gallery.columns() * gallery.rowsInView(), extend);
  }

  function pick(position, event) {
    const { anchor, ranges } = model.get("selection");
    gallery.element.focus({ preventScroll: true });
    if (event.shiftKey) return move(position, true);
    if (event.ctrlKey || event.metaKey || picking) return select(position, position, toggled(ranges, position));
    select(position, position);
    if (isNarrow()) openSheet();
    return anchor;
  }

  const isNarrow = () => getComputedStyle(body).getPropertyValue("--vl-narrow").trim() === "1";
  function openSheet() {
    sheet = true;
    drawActive();
  }
  function closeSheet() {
    sheet = false;
    drawActive();
    gallery.element.focus({ preventScroll: true });
  }

  function mark(action, label) {
    const { ranges, active } = model.get("selection");
    if (!howMany(ranges)) return;
    send("mark", { ranges, files: filesIn(ranges), action, label });
    if (howMany(ranges) === 1 && ranges[0][0] === active && action !== "clear") move(active + 1); // before the next key comes
  }

  // By their names, where these are known here: then it does not matter that the list may just have changed.
  function filesIn(ranges) {
    if (howMany(ranges) > MOST_NAMED) return [];
    const files = [];
    for (const [start, stop] of ranges) {
      for (let position = start; position < stop; position++) files.push(gallery.tile(position)?.file);
    }
    return files.every(Boolean) ? files : [];
  }

  function act(what, label) {
    const { active } = model.get("selection");
    const tile = gallery.tile(active);
    if (what === "keep" || what === "delete" || what === "clear") mark(what);
    else if (what === "relabel") mark("relabel", label);
    else if (what === "accept") acceptSuggestion();
    else if (what === "label") askLabel(el, model.get("classes"), "", (name) => mark("relabel", name), refocus);
    else if (what === "previous") move(active - 1);
    else if (what === "next") move(active + 1);
    else if (what === "page") selectPage();
    else if (what === "undo" || what === "redo") send(what);
    else if (what === "keys") showKeys(el, refocus);
    else if (what === "enlarge" && tile && !enlarged) {
      enlarged = enlarge(el, drawEnlarged, onKey, (free) => {
        enlarged = null;
        refocus(free);
      });
    }
  }
  const refocus = (free) => free && gallery.element.focus({ preventScroll: true });

  // Each selected picture gets its own suggestion, those that are not on the screen too.
  function acceptSuggestion() {
    const { ranges, active } = model.get("selection");
    if (!howMany(ranges)) return;
    send("accept-suggestion", { ranges, files: filesIn(ranges) });
    if (howMany(ranges) === 1 && gallery.tile(active)?.suggested) move(active + 1);
  }

  function selectPage() {
    const [first, last] = gallery.visible();
    select(model.get("selection").active, first, [[first, last]]);
  }

  const onKey = makeKeys({
    active: () => model.get("selection").active,
    last: () => (model.get("listing").count ?? 1) - 1,
    columns: gallery.columns,
    classes: () => model.get("classes"),
    move,
    turn,
    narrow: (active) => (sheet ? closeSheet() : select(active, active)),
    selectPage,
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
        more: (start) => send("review", { start }),
        clearMark: (file) => send("clear-mark", { files: [file] }),
        apply: () => send("apply"),
        zip: () => send("zip"),
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
    send("review", { start: 0 });
  }
  score.addEventListener("click", () => send("score"));
  stop.addEventListener("click", () => send("stop"));
  for (const element of [clear, everything]) element.addEventListener("click", () => ask({ label: null, split: null, reason: null, predicted: null, name: "", files: [] }));
  several.addEventListener("click", () => {
    picking = !picking;
    several.setAttribute("aria-pressed", String(picking));
  });

  // ---- what the kernel says
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
    } else if (content.type === "review") {
      content.keys.forEach((key, place) => gallery.pictures.put(key, buffers[place]));
      reviewing?.fill(content.start, content.tiles);
    } else if (content.type === "zip" && !content.last) {
      if (content.first) zipped = [];
      zipped.push(new Blob(buffers));
      send("zip-next");
    } else if (content.type === "zip") {
      const link = make("a", "", { download: content.name });
      link.href = URL.createObjectURL(new Blob(zipped, { type: "application/zip" }));
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
      zipped = [];
    }
  }

  // On a page of its own it takes the room that is left below what stands above it, so that the bar is always in sight.
  let beside = null; // the part of the page that it is in, known once it is drawn there
  const fit = () => {
    if (!("voila" in document.body.dataset) || !el.offsetParent) return;
    if (!beside) fitter.observe((beside = el.closest(".vl-panel") ?? el.parentElement));
    const above = el.getBoundingClientRect().top + document.scrollingElement.scrollTop;
    const room = Math.floor(innerHeight - above - BELOW);
    el.style.setProperty("--vl-cleaner-height", `${room >= LEAST_HEIGHT ? room : Math.max(LEAST_HEIGHT, innerHeight - BELOW)}px`);
  };
  const fitter = new ResizeObserver(fit); // it may be made in a part of the page that is not shown yet
  fitter.observe(el);
  window.addEventListener("resize", fit);

  let stamp;
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
    looking = setTimeout(() => send("detail", { position: active }), LOOK_MS);
  }

  function onNotice() {
    const { text = "", alarm = false } = model.get("notice");
    bar.say(text, alarm);
  }

  const watched = {
    "msg:custom": onMessage,
    "change:state": drawState,
    "change:sentence": drawState,
    "change:job": drawState,
    "change:listing": onListing,
    "change:query": filters.draw,
    "change:filters": filters.draw,
    "change:confused_pairs": filters.draw,
    "change:selection": onSelection,
    "change:classes": drawActive,
    "change:changes": drawChanges,
    "change:warnings": drawChanges,
    "change:progress": drawProgress,
    "change:notice": onNotice,
  };
  for (const [event, handler] of Object.entries(watched)) model.on(event, handler);
  if (isNarrowAtFirst(el)) filters.element.removeAttribute("open");
  requestAnimationFrame(fit);
  onListing();
  drawChanges();
  drawProgress();
  return () => {
    for (const [event, handler] of Object.entries(watched)) model.off(event, handler);
    fitter.disconnect();
    window.removeEventListener("resize", fit);
    window.removeEventListener("beforeunload", leave, { capture: true });
    clearTimeout(looking);
    gallery.remove();
    detail.remove();
  };
}

function isNarrowAtFirst(el) {
  return (el.clientWidth || document.documentElement.clientWidth) < 720;
}

export default { render };
