// The answer's browser side: a headline in a polite live region, shares as bars with their numbers, or a table.
//
// Draws `content` (see answer.py) and nothing else; the whole screen is rebuilt from it.

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
  el.append(live, more);

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
    more.replaceChildren(...(content.rows ? [table(content)] : shares(content)));
    if (FINAL.includes(state)) headline.focus();
  }
  model.on("change:content", draw);
  draw();
  return () => model.off("change:content", draw);
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

function table({ rows }) {
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
  const whole = make("div");
  whole.append(frame, save);
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
