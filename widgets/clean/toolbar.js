// The bar below the pictures, always in sight: what waits to be applied, what was just said, and the buttons for it.

import { button, make } from "../shared/dom.js";

/** @import { Act, CleanerModel, Send } from "./types.js" */

/** @param {{ model: CleanerModel, send: Send, act: Act, review: () => void }} how */
export function makeBar({ model, send, act, review: openChanges }) {
  const isPrivate = model.get("shows_private");
  const words = make("span", "vl-g-changes");
  const warnings = make("span", "vl-g-warned");
  const live = make("span", "vl-g-said", { role: "status", "aria-live": "polite" });
  const told = make("div", "vl-g-told");
  told.append(words, warnings, live);
  const review = button("Review");
  const apply = button("Apply", "vl-primary");
  const undo = keyed("Undo", "U");
  const more = button("More", "vl-g-more");
  more.setAttribute("aria-expanded", "false");
  const redo = keyed("Redo", "⇧U");
  const back = button("Undo the last apply");
  const zip = button("Download as zip");
  const refresh = button("Refresh");
  refresh.title = "Lists the folder again: pictures that came, changed or went.";
  const keys = keyed("Keys", "?");
  const again = button("Score again", "vl-g-again");
  const second = make("div", "vl-g-second");
  second.append(redo, back, zip, refresh, keys, again);
  const buttons = make("div", "vl-g-buttons");
  buttons.append(review, apply, undo, more, second);
  const element = make("footer", "vl-g-bar");
  element.append(told, buttons);

  review.addEventListener("click", openChanges);
  apply.addEventListener("click", () => (model.get("warnings").length ? openChanges() : send({ type: "apply" })));
  undo.addEventListener("click", () => act("undo"));
  redo.addEventListener("click", () => act("redo"));
  back.addEventListener("click", () => send({ type: "undo-apply" }));
  zip.addEventListener("click", () => send({ type: "zip" }));
  refresh.addEventListener("click", () => send({ type: "scan" }));
  keys.addEventListener("click", () => act("keys"));
  again.addEventListener("click", () => send({ type: "score" }));
  more.addEventListener("click", () => more.setAttribute("aria-expanded", String(element.classList.toggle("vl-g-open"))));

  function draw() {
    const { text = "", waiting = 0, kept = 0, applied = false } = model.get("changes");
    words.textContent = kept ? `${text} · ${kept.toLocaleString("en")} kept` : text;
    review.hidden = waiting === 0;
    apply.hidden = isPrivate || waiting === 0;
    back.hidden = !applied;
    const warned = model.get("warnings");
    warnings.textContent = warned.length ? `! ${warned[0]}${warned.length > 1 ? ` And ${warned.length - 1} more: see Review.` : ""}` : "";
    warnings.hidden = !warned.length;
  }

  /** @param {boolean} possible @param {boolean} scored */
  function drawScoring(possible, scored) {
    again.hidden = !possible || !scored;
    refresh.hidden = !possible;
  }

  /** @param {string} text */
  function say(text, alarm = false) {
    live.textContent = text;
    live.classList.toggle("vl-g-alarm", alarm);
  }

  function drawNotice() {
    const { text = "", alarm = false } = model.get("notice");
    say(text, alarm);
  }

  return { element, draw, drawScoring, drawNotice, say };
}

// A button that says its key, too.
/** @param {string} text @param {string} sign */
function keyed(text, sign) {
  const element = button(text);
  element.append(" ", make("kbd", "vl-g-kbd", { "aria-hidden": "true" }, sign));
  return element;
}
