// The trainings so far: a table; two of them can be ticked and compared.

import { adopt, button, make } from "../shared/dom.js";
import { line, sheet } from "../shared/blocks.js";
import { words } from "../shared/terms.js";
import { watch } from "../shared/traits.js";

/**
 * @import { Widget } from "../shared/widget.js"
 * @typedef {{ folder: string, time: string, data: string, preset: string, accuracy: string, seconds: string,
 *   state: keyof typeof WORDS, usable: boolean, chosen: boolean, used: boolean }} Row
 * @typedef {{ kind?: "good" | "unsure" | "bad", sentence?: string, about?: string, folders?: string[] }} Verdict
 * @typedef {{ rows: Row[], state: "idle" | "comparing" | "compared" | "failed", comparison: Verdict }} Traits
 * @typedef {{ type: "compare" | "show", folders: string[] }} Sent
 */

const WORDS = { running: "going on", done: "done", stopped: "stopped", failed: "failed", died: "broke off" };

/** @param {Widget<Traits, Sent>} widget */
function render({ model, el }) {
  adopt(el, "vl-past-runs");
  const place = make("div");
  const compare = button("Compare the two ticked");
  const hint = make("span", "vl-small");
  const verdict = make("div", "vl-verdict", { role: "status" });
  el.append(make("h2", "vl-heading", {}, "The trainings so far"), place, line("div", "vl-row", compare, hint), verdict);
  /** @type {string[]} */
  let ticked = []; // folders
  compare.addEventListener("click", () => model.send({ type: "compare", folders: ticked }));

  function draw() {
    const rows = model.get("rows");
    el.hidden = !rows.length;
    ticked = ticked.filter((folder) => rows.some((row) => row.usable && row.folder === folder));
    const heads = ["Compare", "Begun", "Pictures", "Preset", line("span", "", ...words(["accuracy", "Accuracy"], " (", ["interval", "95 % interval"], ")")), "Took", "State", ""];
    place.replaceChildren(sheet("The trainings so far", heads, rows.map(cells), [4, 5]));
    drawCompare();
  }

  /** @param {Row} row */
  function cells(row) {
    const tick = make("input", "", { type: "checkbox", "aria-label": `Compare the training of ${row.time}` });
    tick.checked = ticked.includes(row.folder);
    tick.disabled = !row.usable;
    tick.addEventListener("change", () => {
      ticked = tick.checked ? [...ticked, row.folder] : ticked.filter((folder) => folder !== row.folder);
      drawCompare();
    });
    const show = button(row.chosen ? "Shown above" : "Look at it", "vl-quiet");
    show.disabled = row.chosen;
    show.setAttribute("aria-label", `${show.textContent}: the training of ${row.time}`);
    show.addEventListener("click", () => model.send({ type: "show", folders: [row.folder] }));
    const state = line("span", "", WORDS[row.state], ...(row.used ? [make("span", "vl-chip", {}, "used by the page")] : []));
    return [line("label", "vl-tick", tick), row.time, row.data, row.preset, row.accuracy, row.seconds, state, row.usable ? show : ""];
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
  draw();
}

export default { render };
