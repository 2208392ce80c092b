// The answer's browser side: a headline in a polite live region, shares as bars with their numbers, or a table.
//
// Draws `content` (see answer.py) and nothing else; the whole screen is rebuilt from it.

import { adopt, button, make } from "../shared/dom.js";

const FINAL = ["sure", "unsure", "unfamiliar", "refused", "several"];
const SIGNS = { sure: "✓", unsure: "?", unfamiliar: "≠", refused: "!", waiting: "…", running: "…" };
const WORDS = { sure: "sure", unsure: "not sure", unfamiliar: "unfamiliar", refused: "refused" };

function render({ model, el }) {
  adopt(el, "vl-answer");
  const live = make("div", "vl-live", { role: "status", "aria-live": "polite", "aria-atomic": "true" });
  const headline = make("h2", "vl-headline", { tabindex: "-1" });
  const detail = make("p", "vl-detail");
  live.append(headline, detail);
  const more = make("div", "vl-more");
  const note = make("p", "vl-small vl-note", { role: "status" });
  el.append(live, more, note);

  function draw() {
    const content = model.get("content");
    el.style.minHeight = FINAL.includes(content.state) ? "" : `${el.offsetHeight}px`; // what is below does not jump
    const state = content.state ?? "";
    el.dataset.state = state;
    const sign = SIGNS[state] ? [make("span", "vl-sign", { "aria-hidden": "true" }, SIGNS[state])] : [];
    const words = (content.headline ?? []).map((part, place) => (place % 2 ? make("strong", "", {}, part) : part));
    headline.replaceChildren(...sign, ...words);
    headline.hidden = !words.length;
    detail.textContent = content.detail ?? "";
    detail.hidden = !content.detail;
    const say = (label) => model.send({ type: "say", label });
    const parts = content.rows ? [table(content, () => model.send({ type: "send" }))] : shares(content);
    more.replaceChildren(...parts, ...(content.asked ? [question(content.asked, say)] : []));
    if (FINAL.includes(state)) headline.focus();
  }
  const draw_note = () => {
    note.textContent = model.get("note");
    note.hidden = !note.textContent;
  };
  model.on("change:content", draw);
  model.on("change:note", draw_note);
  draw();
  draw_note();
  return () => {
    model.off("change:content", draw);
    model.off("change:note", draw_note);
  };
}

// "Was this right?": the answer itself, another class, or one that the model has never heard of.
function question({ answer, choices }, say) {
  const frame = make("div", "vl-question", { role: "group", "aria-label": "Was this right?" });
  const right = button("Right", "vl-quiet");
  const wrong = button("Wrong, it is …", "vl-quiet");
  wrong.setAttribute("aria-expanded", "false");
  const form = make("form", "vl-correction");
  form.hidden = true;
  const known = make("div", "vl-choices", { role: "group", "aria-label": "It is" });
  for (const label of choices) {
    const choice = button(label);
    choice.addEventListener("click", () => tell(label));
    known.append(choice);
  }
  const other = make("label", "vl-other", {}, "Something else: ");
  const name = make("input", "vl-text", { type: "text", maxlength: "80", autocomplete: "off" });
  other.append(name);
  const save = make("button", "vl-button", { type: "submit" }, "Say so");
  form.append(known, other, save);
  frame.append(right, wrong, form);

  function tell(label) {
    say(label);
    frame.replaceChildren(make("p", "vl-small", {}, label ? `You say it is ${label}.` : `You say that ${answer} is right.`));
  }
  right.addEventListener("click", () => tell(""));
  wrong.addEventListener("click", () => {
    form.hidden = !form.hidden;
    wrong.setAttribute("aria-expanded", String(!form.hidden));
    if (!form.hidden) (known.firstChild ?? name).focus();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (name.value.trim()) tell(name.value.trim());
    else name.focus();
  });
  return frame;
}

function shares({ shares = [], folded = "" }) {
  if (!shares.length) return [];
  const list = make("ol", "vl-shares", { "aria-label": "Shares by class" });
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

function table({ rows, sendable }, send) {
  const frame = make("div", "vl-table-frame", { role: "region", "aria-label": "Answers", tabindex: "0" });
  const sheet = make("table", "vl-table");
  const head = make("tr");
  for (const title of ["Photo", "Answer", "Share", "State"]) head.append(make("th", title === "Share" ? "vl-number" : "", { scope: "col" }, title));
  const body = make("tbody");
  for (const row of rows) {
    const line = make("tr", `vl-row-${row.status}`);
    const photo = make("td", "vl-cell-photo");
    if (row.thumbnail) photo.append(make("img", "vl-thumbnail", { src: row.thumbnail, alt: "" }));
    photo.append(make("span", "vl-name", {}, row.name));
    const state = make("td", "vl-cell-state");
    state.append(make("span", "vl-sign", { "aria-hidden": "true" }, SIGNS[row.status]), WORDS[row.status]);
    const answer = row.label
      ? [make("td", "", {}, row.label), make("td", "vl-number", {}, row.text)]
      : [make("td", "", { colspan: "2" }, row.detail)];
    line.append(photo, ...answer, state);
    body.append(line);
  }
  const top = make("thead");
  top.append(head);
  sheet.append(top, body);
  frame.append(sheet);
  const save = button("Download as CSV");
  save.addEventListener("click", () => download(rows));
  const deeds = make("div", "vl-deeds");
  deeds.append(save);
  if (sendable) {
    const pass = button("Send to the cleaner");
    pass.addEventListener("click", () => {
      pass.disabled = true;
      send();
    });
    deeds.append(pass);
  }
  const whole = make("div");
  whole.append(frame, deeds);
  return whole;
}

function download(rows) {
  // A leading = + - @ would be run as a formula by a spreadsheet.
  const cell = (value) => `"${String(value).replace(/^([=+\-@\t\r])/, "'$1").replaceAll('"', '""')}"`;
  const lines = rows.map((r) => [r.name, r.label, r.share < 0 ? "" : r.share.toFixed(4), WORDS[r.status], r.detail]);
  const text = [["file", "label", "probability", "state", "problem"], ...lines].map((l) => l.map(cell).join(",")).join("\r\n");
  const link = make("a", "", { download: "answers.csv" });
  link.href = URL.createObjectURL(new Blob(["\ufeff", text, "\r\n"], { type: "text/csv" }));
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

export default { render };
