// The answer's browser side: a headline in a polite live region, shares as bars with their numbers, or a table.
//
// Draws what answers.js makes of `content`, and nothing else; the whole screen is rebuilt from it.

import { csv, view } from "../shared/answers.js";
import { adopt, button, make } from "../shared/dom.js";
import { makeExplanation } from "../shared/explanation.js";
import { saveFile } from "../shared/file_transfer.js";
import { fill } from "../shared/text.js";
import WORDS from "../shared/words.json" with { type: "json" };

/**
 * @import { Asked, Content, Line, View } from "../shared/answers.js"
 * @import { Asks, Explainable } from "../shared/explanation.js"
 * @import { Widget } from "../shared/widget.js"
 * @typedef {{ content: Content & { shown?: number }, note: string } & Explainable} Traits
 * @typedef {{ type: "say", label: string, place?: number } | { type: "send" } | Asks} Sent a label of ""
 *   says that the answer is right; the place is that of one of several photos
 */

const FINAL = ["sure", "unsure", "unfamiliar", "refused", "several"];
const SIGNS = { sure: "✓", unsure: "?", unfamiliar: "≠", refused: "!", waiting: "…", running: "…", several: "", "": "" };

/** @param {Widget<Traits, Sent>} widget */
function render({ model, el }) {
  adopt(el, "vl-answer");
  const live = make("div", "vl-live", { role: "status", "aria-live": "polite", "aria-atomic": "true" });
  const headline = make("h2", "vl-headline", { tabindex: "-1" });
  const detail = make("p", "vl-detail");
  live.append(headline, detail);
  const more = make("div", "vl-more");
  const note = make("p", "vl-small vl-note", { role: "status" });
  el.append(live, more, note);
  /** @type {ReturnType<typeof makeExplanation> | null} */
  let why = null;

  function draw() {
    const shown = view(model.get("content"));
    const { state } = shown;
    el.style.minHeight = FINAL.includes(state) ? "" : `${el.offsetHeight}px`; // what is below does not jump
    el.dataset.state = state;
    const sign = SIGNS[state] ? [make("span", "vl-sign", { "aria-hidden": "true" }, SIGNS[state])] : [];
    const words = shown.headline.map((part, place) => (place % 2 ? make("strong", "", {}, part) : part));
    headline.replaceChildren(...sign, ...words);
    headline.hidden = !words.length;
    detail.textContent = shown.detail;
    detail.hidden = !shown.detail;
    const parts = shown.rows ? [table(shown.rows, shown.sendable, model.send.bind(model))] : shares(shown);
    why = shown.shares.length && model.get("explainable") ? makeExplanation(model.get("content").shown ?? 0, (asked) => model.send(asked)) : null;
    drawWhy();
    more.replaceChildren(...parts, ...(why ? [why.element] : []), ...(shown.asked ? [question(shown.asked, state === "sure", (label) => model.send({ type: "say", label }))] : []));
    if (FINAL.includes(state)) headline.focus();
  }
  const drawWhy = () => why?.draw(model.get("why"));
  const drawNote = () => {
    note.textContent = model.get("note");
    note.hidden = !note.textContent;
  };
  model.on("change:content", draw);
  model.on("change:why", drawWhy);
  model.on("change:note", drawNote);
  draw();
  drawNote();
  return () => {
    model.off("change:content", draw);
    model.off("change:why", drawWhy);
    model.off("change:note", drawNote);
  };
}

// "Was this right?": the answer itself, another class, or one that the model has never heard of; where it claims nothing, only
// what it is.
/** @param {Asked} asked @param {boolean} sure @param {(label: string) => void} say */
function question({ answer, choices }, sure, say) {
  const words = WORDS.question;
  const frame = make("div", "vl-question", { role: "group", "aria-label": answer ? words.ask : words.ask_what });
  const wrong = button(answer ? words.wrong : words.tell, "vl-quiet");
  const form = correction(choices, tell);
  if (answer) {
    const agree = button(sure ? words.right : fill(words.right_if, { label: answer }), "vl-quiet");
    agree.addEventListener("click", () => tell(""));
    frame.append(agree);
  }
  form.hidden = true;
  frame.append(wrong, form);
  unfoldBy(wrong, (open) => {
    form.hidden = !open;
    return form;
  });

  /** @param {string} label */
  function tell(label) {
    say(label);
    const told = label ? fill(words.corrected, { label }) : fill(words.agreed, { label: answer });
    frame.replaceChildren(make("p", "vl-small", {}, told));
  }
  return frame;
}

// The classes as buttons, and a field for another one.
/** @param {string[]} choices @param {(label: string) => void} tell */
function correction(choices, tell) {
  const words = WORDS.question;
  const form = make("form", "vl-correction");
  const known = make("div", "vl-choices", { role: "group", "aria-label": words.classes });
  for (const label of choices) {
    const choice = button(label);
    choice.addEventListener("click", () => tell(label));
    known.append(choice);
  }
  const other = make("label", "vl-other", {}, words.other);
  const name = make("input", "vl-text", { type: "text", maxlength: "80", autocomplete: "off" });
  other.append(name);
  const save = make("button", "vl-button", { type: "submit" }, words.save);
  form.append(known, other, save);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (name.value.trim()) tell(name.value.trim());
    else name.focus();
  });
  return form;
}

// A button that shows and hides a form: `unfold(open)` does it, and gives where the focus goes.
/** @param {HTMLButtonElement} handle @param {(open: boolean) => HTMLElement} unfold */
function unfoldBy(handle, unfold) {
  handle.setAttribute("aria-expanded", "false");
  handle.addEventListener("click", () => {
    const open = handle.getAttribute("aria-expanded") !== "true";
    handle.setAttribute("aria-expanded", String(open));
    const form = unfold(open);
    if (open) form.querySelector("button")?.focus();
  });
}

/** @param {View} view */
function shares({ shares, folded }) {
  if (!shares.length) return [];
  const list = make("ol", "vl-shares", { "aria-label": WORDS.detail.shares });
  for (const { label, share, text } of shares) {
    const item = make("li", "vl-share");
    const track = make("span", "vl-track", { "aria-hidden": "true" });
    const bar = make("span", "vl-bar");
    bar.style.width = `${100 * share}%`;
    track.append(bar);
    item.append(make("span", "vl-label", {}, label), track, make("span", "vl-number", {}, text));
    list.append(item);
  }
  if (!folded) return [list];
  const fold = make("details", "vl-fold");
  fold.append(make("summary", "", {}, folded), list);
  return [fold];
}

/** @param {Line[]} rows @param {boolean} sendable @param {(sent: Sent) => void} send */
function table(rows, sendable, send) {
  const words = WORDS.table;
  const frame = make("div", "vl-table-frame", { role: "region", "aria-label": words.name, tabindex: "0" });
  const sheet = make("table", "vl-table");
  const head = make("tr");
  for (const title of [words.photo, words.answer, words.share, words.state]) {
    head.append(make("th", title === words.share ? "vl-number" : "", { scope: "col" }, title));
  }
  const body = make("tbody");
  for (const row of rows) body.append(lineOf(row, (label) => send({ type: "say", label, place: row.place })));
  const top = make("thead");
  top.append(head);
  sheet.append(top, body);
  frame.append(sheet);
  const save = button(words.save);
  save.addEventListener("click", () => saveFile(WORDS.csv.name, [csv(rows)], "text/csv"));
  const deeds = make("div", "vl-deeds");
  deeds.append(save);
  if (sendable) {
    const pass = button(words.send);
    pass.addEventListener("click", () => {
      pass.disabled = true;
      send({ type: "send" });
    });
    deeds.append(pass);
  }
  const whole = make("div");
  whole.append(frame, deeds);
  return whole;
}

// One photo of several; where the person may correct it, a second line unfolds below: there may be many photos and classes.
/** @param {Line} row @param {(label: string) => void} say */
function lineOf(row, say) {
  const line = make("tr", `vl-row-${row.status}`);
  const photo = make("td", "vl-cell-photo");
  if (row.thumbnail) photo.append(make("img", "vl-thumbnail", { src: row.thumbnail, alt: "" }));
  photo.append(make("span", "vl-name", {}, row.name));
  const state = make("td", "vl-cell-state");
  state.append(make("span", "vl-sign", { "aria-hidden": "true" }, SIGNS[row.status]), WORDS.state[row.status]);
  const named = row.status === "unfamiliar" ? fill(WORDS.table.nearest, { label: row.label }) : row.label;
  const answer = make("td", "", { colspan: row.label ? undefined : "2" }, named || row.detail);
  line.append(photo, answer, ...(row.label ? [make("td", "vl-number", {}, row.text)] : []), state);
  const told = () => make("p", "vl-small vl-corrected", {}, fill(WORDS.table.said, { label: row.said }));
  if (row.label && row.detail) answer.append(make("p", "vl-small", {}, row.detail));
  if (row.said) answer.append(told());
  if (!row.asked) return line;

  const { choices } = row.asked;
  const handle = button(WORDS.question.tell, "vl-quiet vl-correct");
  handle.setAttribute("aria-label", fill(WORDS.question.tell_of, { name: row.name }));
  const unfolded = make("tr", "vl-row-correction");
  const cell = make("td", "", { colspan: "4" });
  unfolded.append(cell);
  unfoldBy(handle, (open) => {
    if (open && !cell.hasChildNodes()) cell.append(correction(choices, tell));
    if (open) line.after(unfolded);
    else unfolded.remove();
    return cell;
  });
  answer.append(handle);

  /** @param {string} label */
  function tell(label) {
    say(label);
    row.said = label; // for the spreadsheet, too
    unfolded.remove();
    const said = told();
    said.tabIndex = -1;
    handle.replaceWith(said);
    said.focus();
  }
  return line;
}

export default { render };
