// What goes on, on one line above every part, always in sight; the same in a few words in the tab's title.
//
// The title is ours only on a page that Voilà serves: elsewhere it is Jupyter's.

import { adopt, button, make } from "../shared/dom.js";

/**
 * @import { Widget } from "../shared/widget.js"
 * @typedef {{ run: string, kind: string, state: "running" | "done" | "stopped" | "failed" | "died", text: string,
 *   status: string, left: string, share: number, short: string, action: string }} Row
 * @typedef {{ rows: Row[] }} Traits
 * @typedef {{ type: "shown" } | { type: "go" | "close", run: string }} Sent
 */

const ENOUGH = 5; // seconds
const NAME = "Voilens";
const MARKS = { done: "✓", stopped: "✓", failed: "!", died: "!" };
const AT = { train: ".vl-training" }; // where a part shows it, further down than at its top

/** @param {Widget<Traits, Sent>} widget */
function render({ model, el }) {
  adopt(el, "vl-activity");
  const list = make("ul", "", { "aria-label": "What goes on" });
  const told = make("p", "vl-unseen", { role: "status" });
  el.append(list, told);
  const inVoila = "voila" in document.body.dataset;
  /** @type {Map<string, ReturnType<typeof makeRow>>} */
  const drawn = new Map();
  /** @type {Set<string>} ends that somebody has had before their eyes */
  const seen = new Set();
  /** @type {Map<string, number>} seconds for which an end was in sight */
  const looked = new Map();

  /** @param {Row} row */
  function makeRow(row) {
    const item = make("li");
    const sign = make("span", "vl-activity-sign", { "aria-hidden": "true" });
    const text = make("strong");
    const status = make("span", "vl-small vl-activity-status");
    const words = make("p");
    words.append(sign, text, " ", status);
    const bar = make("progress", "vl-progress", { max: "1", "aria-label": row.text });
    const go = button("");
    const close = button("Close", "vl-quiet");
    close.setAttribute("aria-label", "Close this line");
    item.append(words, bar, go, close);
    go.addEventListener("click", () => {
      model.send({ type: "go", run: row.run });
      const place = /** @type {Record<string, string>} */ (AT)[row.kind];
      if (place && item.dataset.state === "running") scrollSoon(place);
    });
    close.addEventListener("click", () => model.send({ type: "close", run: row.run }));
    return { item, sign, text, status, bar, go, close };
  }

  /** @param {Row} row */
  function drawRow(row) {
    const parts = drawn.get(row.run) ?? makeRow(row);
    drawn.set(row.run, parts);
    const ended = row.state !== "running";
    parts.item.dataset.state = row.state;
    parts.sign.textContent = ended ? MARKS[/** @type {keyof typeof MARKS} */ (row.state)] : "";
    parts.sign.hidden = !ended;
    parts.text.textContent = row.text;
    parts.status.textContent = ended ? "" : row.status;
    parts.bar.hidden = ended;
    if (row.share < 0) parts.bar.removeAttribute("value");
    else parts.bar.value = row.share;
    parts.go.textContent = row.action;
    parts.close.hidden = !ended;
    return parts.item;
  }

  /** @type {string} */
  let spoken = "";
  function draw() {
    const rows = model.get("rows");
    const items = rows.map(drawRow);
    for (const key of [...drawn.keys()]) if (!rows.some((row) => row.run === key)) drawn.delete(key);
    if (items.length !== list.children.length || items.some((item, place) => item !== list.children[place])) list.replaceChildren(...items);
    el.classList.toggle("vl-nothing", !rows.length);
    const now = rows.map((row) => row.text).join(" "); // not how far it is: that would be said without an end
    if (now !== spoken) told.textContent = spoken = now;
    drawTitle();
  }

  function drawTitle() {
    if (!inVoila) return;
    const rows = model.get("rows");
    const running = rows.find((row) => row.state === "running");
    const ended = rows.find((row) => row.state !== "running" && !seen.has(row.run));
    const far = running && running.share >= 0 ? `${Math.min(99, Math.floor(100 * running.share))} % ` : "";
    const words = ended ? `${MARKS[/** @type {keyof typeof MARKS} */ (ended.state)]} ${ended.short} ended` : running ? [`${far}${running.short}`, running.left].filter(Boolean).join(", ") : "";
    document.title = words ? `${words} · ${NAME}` : NAME;
  }

  // An end stays in the title until somebody who has come back to the tab has had a moment to see the line.
  const look = () => {
    if (document.visibilityState !== "visible") return;
    for (const row of model.get("rows")) {
      if (row.state === "running") continue;
      const looks = (looked.get(row.run) ?? 0) + 1;
      looked.set(row.run, looks);
      if (looks > ENOUGH) seen.add(row.run);
    }
    drawTitle();
  };
  const timer = setInterval(look, 1000);
  model.on("change:rows", draw);
  draw();
  model.send({ type: "shown" });
  return () => {
    clearInterval(timer);
    model.off("change:rows", draw);
  };
}

// The part is drawn once the kernel has heard of the click, and what stands above the place comes bit by bit.
/** @param {string} place */
function scrollSoon(place) {
  let looks = 30;
  const moves = ["wheel", "touchstart", "keydown", "pointerdown"]; // somebody goes elsewhere
  const timer = setInterval(() => {
    const found = [...document.querySelectorAll(place)].find((element) => element instanceof HTMLElement && element.offsetParent);
    found?.scrollIntoView({ block: "start" });
    if ((looks -= 1) < 0) end();
  }, 100);
  const end = () => {
    clearInterval(timer);
    for (const move of moves) window.removeEventListener(move, end);
  };
  for (const move of moves) window.addEventListener(move, end, { passive: true });
}

export default { render };
