// The dialogs of the cleaner: a label to give, the picture enlarged, the changes to review, the keys. Each is a real modal
// dialog of the browser, so the page behind it is out of reach and Escape closes it.

import { button, make } from "../shared/dom.js";
import { KEYS } from "./shortcuts.js";

/** @import { CleanerModel, Pictures, Tile, Traits } from "./types.js" */
/** @typedef {(free: boolean) => void} Closed is called after it has closed; `free`: the focus has not moved on to something else */

/** @param {HTMLElement} host @param {string} title @param {string} className @param {Closed} closed */
function openDialog(host, title, className, closed = () => {}) {
  const before = document.activeElement;
  const dialog = make("dialog", `vl-g-dialog ${className}`, { "aria-label": title });
  const head = make("div", "vl-g-dialog-head");
  const close = button("Close", "vl-quiet");
  head.append(make("h2", "vl-g-dialog-title", {}, title), close);
  const body = make("div", "vl-g-dialog-body");
  dialog.append(head, body);
  host.append(dialog);
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close(); // the ground beside it
  });
  dialog.addEventListener("keydown", (event) => event.stopPropagation());
  dialog.addEventListener("close", () => {
    dialog.remove();
    closed([before, document.body].includes(document.activeElement));
  });
  dialog.showModal();
  return { dialog, body, close: () => dialog.close() };
}

/** @param {HTMLElement} host @param {Closed} closed */
export function showKeys(host, closed) {
  const { body } = openDialog(host, "Keys", "vl-g-keys", closed);
  const table = make("table", "vl-g-key-table");
  const rows = make("tbody");
  for (const [key, words, more] of KEYS) {
    const line = make("tr");
    const what = make("td", "", {}, words);
    if (more) what.append(make("span", "vl-small", {}, ` (${more})`));
    const head = make("th", "", { scope: "row" });
    head.append(make("kbd", "vl-g-kbd", {}, key));
    line.append(head, what);
    rows.append(line);
  }
  table.append(rows);
  body.append(make("p", "vl-small", {}, "They work while the pictures have the focus. Each has a button too."), table);
}

// Ask for a label: an existing one by its first letters, or a new one. When `typed` began it, a single match is taken at
// once. `take(label, typed)` gets the answer.
/**
 * @param {HTMLElement} host @param {string[]} classes @param {string} typed @param {(label: string, typed: string) => void} take
 * @param {Closed} closed
 */
export function askLabel(host, classes, typed, take, closed) {
  const { dialog, body } = openDialog(host, "Give a label", "vl-g-label-dialog", closed);
  const form = make("form", "vl-g-label-form", { method: "dialog" });
  const label = make("label", "vl-g-choice");
  const input = make("input", "vl-g-input", { type: "text", maxlength: "100", autocomplete: "off", spellcheck: "false" });
  label.append(make("span", "vl-g-choice-title", {}, "Label"), input);
  const hint = make("p", "vl-small", { role: "status" });
  const options = make("div", "vl-g-label-options", { role: "group", "aria-label": "Classes" });
  const save = make("button", "vl-button vl-primary", { type: "submit" }, "Give this label");
  form.append(label, hint, options, save);
  body.append(form);

  const plain = (/** @type {string} */ text) => text.trim().toLowerCase();
  const matches = () => classes.filter((name) => plain(name).startsWith(plain(input.value)));
  const wanted = () => classes.find((name) => plain(name) === plain(input.value)) ?? matches()[0] ?? input.value.trim();

  /** @param {string} name */
  function answer(name) {
    if (!name) return;
    dialog.close();
    take(name, input.value);
  }
  function draw() {
    const found = matches();
    options.replaceChildren(
      ...found.map((name, place) => {
        const option = button(name, place === 0 && input.value.trim() ? "vl-g-first" : "");
        option.addEventListener("click", () => answer(name));
        return option;
      }),
    );
    const fresh = input.value.trim() && !found.length;
    hint.textContent = fresh ? `“${input.value.trim()}” is a new class. Enter makes it.` : "Type its first letters, or a new name. Enter takes it.";
    save.textContent = fresh ? "Make this class" : "Give this label";
  }
  input.addEventListener("input", () => {
    const found = matches();
    if (typed && input.value.trim() && found.length === 1) return answer(found[0]);
    draw();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    answer(wanted());
  });
  input.value = typed;
  draw();
  input.focus();
}

// The picture as large as the window; `act(event)` gets the keys, so that one can go on working.
/**
 * @param {HTMLElement} host @param {(image: HTMLImageElement, words: HTMLElement) => void} draw
 * @param {(event: KeyboardEvent) => void} act @param {Closed} closed
 */
export function enlarge(host, draw, act, closed) {
  const { dialog, body, close } = openDialog(host, "Picture", "vl-g-large", closed);
  const image = make("img", "vl-g-large-image", { alt: "" });
  const words = make("p", "vl-g-large-words", { role: "status" });
  body.append(image, words);
  const update = () => draw(image, words);
  dialog.addEventListener("keydown", (event) => {
    if (event.key === " " || event.key === "Escape") {
      event.preventDefault();
      close();
    } else if (event.key !== "Tab" && !(event.key === "Enter" && /** @type {Element} */ (event.target).closest("button"))) act(event);
  });
  dialog.setAttribute("tabindex", "-1");
  dialog.focus();
  update();
  return update;
}

// The changes that wait, before and after; each can be cleared. Filled by `fill(start, tiles)` as they come.
/**
 * @param {HTMLElement} host
 * @param {{ more: (start: number) => void, clearMark: (file: string) => void, apply: () => void, zip: () => void,
 *   pictures: Pictures, words: () => Traits["changes"], warnings: () => string[], isPrivate: boolean }} how
 * @param {Closed} closed
 */
export function openReview(host, { more, clearMark, apply, zip, pictures, words, warnings, isPrivate }, closed) {
  const { dialog, body, close } = openDialog(host, "Changes", "vl-g-review", closed);
  const summary = make("p", "vl-g-review-words");
  const notes = make("ul", "vl-g-warnings");
  const list = make("ol", "vl-g-review-list", { "aria-label": "Changes that wait", tabindex: "0" });
  const further = button("Show more");
  const foot = make("div", "vl-g-dialog-foot");
  const promise = make("p", "vl-small", {}, isPrivate ? "Your pictures stay as they are; the zip has the new labels." : "Apply moves the pictures, and deleted ones into the trash. It can be undone, tomorrow too.");
  const save = button(isPrivate ? "Download as zip" : "Apply", "vl-primary");
  save.addEventListener("click", () => {
    close();
    (isPrivate ? zip : apply)();
  });
  further.addEventListener("click", () => more(list.childElementCount));
  foot.append(promise, save);
  body.append(summary, notes, list, further, foot);
  let waiting = 0;

  function draw() {
    const changes = words();
    waiting = changes.waiting ?? 0;
    summary.textContent = changes.text ?? "";
    notes.replaceChildren(...warnings().map((sentence) => make("li", "", {}, sentence)));
    notes.hidden = !notes.childElementCount;
    further.hidden = list.childElementCount >= waiting;
    save.disabled = !waiting && !isPrivate;
  }
  /** @param {number} start @param {Tile[]} tiles */
  function fill(start, tiles) {
    while (list.childElementCount > start) list.lastElementChild?.remove();
    for (const tile of tiles) list.append(line(tile));
    draw();
    if (!dialog.contains(document.activeElement)) list.focus();
  }
  /** @param {Tile} tile */
  function line(tile) {
    const item = make("li", "vl-g-change");
    const picture = make("img", "vl-g-change-image", { alt: "" });
    const url = pictures.get(tile.key);
    if (url) picture.src = url;
    const text = make("div", "vl-g-change-words");
    const change = make("div");
    const before = tile.state === "gone" ? "no longer there" : tile.label;
    const after = tile.marked || "deleted";
    change.append(make("span", "", {}, before), make("span", "vl-g-arrow", { "aria-hidden": "true" }, " → "), make("strong", tile.marked ? "" : "vl-g-deleted", {}, after));
    text.append(change, make("div", "vl-small vl-g-file", {}, tile.name));
    const clear = button("Clear");
    clear.setAttribute("aria-label", `Clear: ${tile.name}, ${before} to ${after}`);
    clear.addEventListener("click", () => clearMark(tile.file));
    item.append(picture, text, clear);
    return item;
  }
  draw();
  return { fill, draw };
}
