// The trainings so far: a table; two of them can be ticked and compared, each can be named and deleted.

import { adopt, button, make } from "../shared/dom.js";
import { fold, line, sheet } from "../shared/blocks.js";
import { words } from "../shared/terms.js";
import { watch } from "../shared/traits.js";

/**
 * @import { Widget } from "../shared/widget.js"
 * @typedef {{ folder: string, name: string, time: string, data: string, preset: string, accuracy: string, seconds: string,
 *   state: keyof typeof WORDS, usable: boolean, chosen: boolean, used: boolean }} Row
 * @typedef {{ kind?: "good" | "unsure" | "bad", sentence?: string, about?: string, folders?: string[] }} Verdict
 * @typedef {{ rows: Row[], state: "idle" | "comparing" | "compared" | "failed", comparison: Verdict,
 *   trash: { folder: string, title: string }[], trash_size: string, notice: string }} Traits
 * @typedef {{ type: "compare" | "show" | "delete" | "restore", folders: string[] } | { type: "rename", folders: string[], name: string }
 *   | { type: "empty" }} Sent
 */

const WORDS = { running: "going on", done: "done", stopped: "stopped", failed: "failed", died: "broke off" };

/** @param {Widget<Traits, Sent>} widget */
function render({ model, el }) {
  adopt(el, "vl-past-runs");
  const place = make("div");
  const compare = button("Compare the two ticked");
  const hint = make("span", "vl-small");
  const verdict = make("div", "vl-verdict", { role: "status" });
  const notice = make("p", "vl-told", { role: "status" });
  const trash = make("div");
  let naming = ""; // the folder of the one whose name is being written
  el.append(make("h2", "vl-heading", {}, "The trainings so far"), place, line("div", "vl-row", compare, hint), verdict, notice, trash);
  /** @type {string[]} */
  let ticked = []; // folders
  compare.addEventListener("click", () => model.send({ type: "compare", folders: ticked }));

  function draw() {
    const rows = model.get("rows");
    hide();
    const focus = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.key : undefined;
    const typed = place.querySelector(".vl-naming input"); // what is being written stays, whatever happens to the others
    const written = typed instanceof HTMLInputElement ? typed : null;
    const held = document.activeElement === written;
    ticked = ticked.filter((folder) => rows.some((row) => row.usable && row.folder === folder));
    const heads = ["Compare", "Training", "Pictures", "Preset", line("span", "", ...words(["accuracy", "Accuracy"], " (", ["interval", "95 % interval"], ")")), "Took", "State", ""];
    place.replaceChildren(sheet("The trainings so far", heads, rows.map(cells), [4, 5]));
    const again = place.querySelector(".vl-naming input");
    if (written && again instanceof HTMLInputElement) {
      again.value = written.value;
      if (held) again.focus();
    }
    refocus(focus);
    drawCompare();
  }

  /** @param {string | undefined} key of the button or tick that had the focus before its row was drawn again */
  function refocus(key) {
    const found = key && [...place.querySelectorAll("[data-key]")].find((each) => /** @type {HTMLElement} */ (each).dataset.key === key);
    if (found) /** @type {HTMLElement} */ (found).focus();
  }

  const hide = () => (el.hidden = !model.get("rows").length && !model.get("trash").length);

  /** @param {Row} row */
  function cells(row) {
    const tick = make("input", "", { type: "checkbox", "aria-label": `Compare the training of ${row.time}` });
    tick.dataset.key = `${row.folder}/tick`;
    tick.checked = ticked.includes(row.folder);
    tick.disabled = !row.usable;
    tick.addEventListener("change", () => {
      ticked = tick.checked ? [...ticked, row.folder] : ticked.filter((folder) => folder !== row.folder);
      drawCompare();
    });
    const called = row.name || `the training of ${row.time}`;
    const show = button(row.chosen ? "Shown above" : "Look at it", "vl-quiet");
    show.disabled = row.chosen;
    show.setAttribute("aria-label", `${show.textContent}: ${called}`);
    show.dataset.key = `${row.folder}/show`;
    show.addEventListener("click", () => model.send({ type: "show", folders: [row.folder] }));
    const state = line("span", "vl-state", WORDS[row.state], ...(row.used ? [make("span", "vl-chip", {}, "used by the page")] : []));
    const rename = button("Name", "vl-quiet");
    rename.setAttribute("aria-label", `Name ${called}`);
    rename.dataset.key = `${row.folder}/name`;
    rename.addEventListener("click", () => beginNaming(row.folder));
    const remove = button("Delete", "vl-quiet");
    remove.setAttribute("aria-label", `Delete ${called}`);
    remove.dataset.key = `${row.folder}/delete`;
    remove.disabled = row.used || row.state === "running";
    if (remove.disabled) remove.title = row.used ? "The page answers with this one: use another one first." : "It goes on: stop it first.";
    remove.addEventListener("click", () => model.send({ type: "delete", folders: [row.folder] }));
    const name = naming === row.folder ? nameForm(row) : row.name ? line("span", "vl-called", make("strong", "", {}, row.name), make("span", "vl-small", {}, row.time)) : row.time;
    const does = line("span", "vl-does", ...(row.usable ? [show] : []), rename, remove);
    return [line("label", "vl-tick", tick), name, row.data, row.preset, row.accuracy, row.seconds, state, does];
  }

  /** @param {string} folder */
  function beginNaming(folder) {
    naming = folder;
    draw();
    const input = place.querySelector("input[type=text]");
    if (input instanceof HTMLInputElement) input.select();
  }

  /** @param {Row} row */
  function nameForm(row) {
    const input = make("input", "vl-field", { type: "text", "aria-label": `Name of the training of ${row.time}`, maxlength: "60", autocomplete: "off" });
    input.value = row.name;
    const save = button("Save");
    save.type = "submit";
    const cancel = button("Cancel", "vl-quiet");
    const form = line("form", "vl-naming", input, save, cancel);
    const end = () => {
      naming = "";
      draw();
      refocus(`${row.folder}/name`);
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      model.send({ type: "rename", folders: [row.folder], name: input.value });
      end();
    });
    form.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Escape") end();
    });
    cancel.addEventListener("click", end);
    return form;
  }

  let asking = false;
  let open = false;
  let before = 0; // how many were deleted when this was drawn last
  function drawTrash() {
    const deleted = model.get("trash");
    hide();
    const more = deleted.length > before && document.activeElement === document.body;
    before = deleted.length;
    notice.textContent = model.get("notice");
    notice.hidden = !notice.textContent;
    trash.hidden = !deleted.length;
    if (!deleted.length) {
      asking = false;
      return trash.replaceChildren();
    }
    const list = make("ul", "vl-deleted");
    for (const { folder, title } of deleted) {
      const back = button("Bring back", "vl-quiet");
      back.setAttribute("aria-label", `Bring back ${title}`);
      back.addEventListener("click", () => model.send({ type: "restore", folders: [folder] }));
      list.append(line("li", "", title, " ", back));
    }
    const many = deleted.length === 1 ? "this training" : `these ${deleted.length} trainings`;
    const remove = button(asking ? "Yes, delete for good" : `Delete ${many} for good`);
    const keep = button(deleted.length === 1 ? "No, keep it" : "No, keep them");
    keep.hidden = !asking;
    remove.addEventListener("click", () => {
      if (asking) model.send({ type: "empty" });
      ask(!asking);
    });
    keep.addEventListener("click", () => ask(false));
    const question = make("p", "", { role: "status" }, asking ? `Delete ${many} for good? Then ${deleted.length === 1 ? "it" : "they"} cannot be brought back.` : "");
    const details = fold(`Deleted trainings: ${deleted.length} (${model.get("trash_size")})`, list, question, line("div", "vl-row", remove, keep));
    details.open = open;
    details.addEventListener("toggle", () => (open = details.open));
    trash.replaceChildren(details);
    if (more) details.querySelector("summary")?.focus(); // the row that had the focus is gone, and is to be found here
  }

  /** @param {boolean} whether */
  function ask(whether) {
    asking = whether;
    drawTrash();
    const buttons = /** @type {NodeListOf<HTMLElement>} */ (trash.querySelectorAll(".vl-row button"));
    buttons[whether ? 1 : 0]?.focus(); // the one that loses nothing
  }

  function drawCompare() {
    const state = model.get("state");
    const usable = model.get("rows").filter((row) => row.usable).length;
    compare.hidden = usable < 2;
    compare.disabled = ticked.length !== 2 || state === "comparing";
    hint.textContent = usable < 2 ? "" : state === "comparing" ? "Both answer the same pictures" : ticked.length === 2 ? "" : "Tick two trainings on the same pictures.";
    hint.classList.toggle("vl-pulse", state === "comparing");
    const { kind, sentence, about, folders = [] } = model.get("comparison");
    const others = ticked.length === 2 && !ticked.every((folder) => folders.includes(folder)); // it is not of these two
    verdict.hidden = !["compared", "failed"].includes(state) || others;
    verdict.dataset.kind = state === "failed" ? "bad" : kind;
    verdict.replaceChildren(make("p", "vl-small", {}, about ?? ""), line("p", "", sentence ?? ""));
  }
  model.on("change:rows", draw);
  watch(model, ["state", "comparison"], drawCompare);
  watch(model, ["trash", "trash_size", "notice"], drawTrash);
  draw();
  drawTrash();
}

export default { render };
