// The field's words with their sentences, from the one table in terms.py, and parts that the workshop's scripts share.

// The word (or none, beside a label that has it) with a small button; the sentence opens by mouse, touch and keyboard alike, and is read out.
function term(word, shown = word) {
  const id = `vl-meaning-${Math.random().toString(36).slice(2)}`;
  const ask = make("button", "vl-term", { type: "button", popovertarget: id, "aria-label": `${shown || word}: what is that?` });
  ask.append(...(shown ? [make("span", "vl-term-word", {}, shown)] : []), make("span", "vl-term-sign", { "aria-hidden": "true" }, "?"));
  const note = make("span", "vl-meaning", { id, popover: "auto", role: "status" });
  note.addEventListener("toggle", (event) => {
    note.textContent = event.newState === "open" ? TERMS[word] : ""; // comes after the opening, so that it is read out
    if (event.newState === "open") place(note, ask);
  });
  const whole = make("span", "vl-term-whole");
  whole.append(ask, note);
  return whole;
}

function place(note, ask) {
  const from = ask.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = note;
  const below = from.bottom + height + 8 < innerHeight;
  note.style.left = `${Math.max(8, Math.min(from.left, innerWidth - width - 8))}px`;
  note.style.top = `${Math.max(8, below ? from.bottom : from.top - height)}px`;
  addEventListener("scroll", () => note.hidePopover(), { once: true, capture: true, passive: true });
}

// Text with terms in it: words("Your ", ["accuracy"], " so far") or words(..., ["fine-tuning", "fine-tuned"]).
function words(...parts) {
  return parts.map((part) => (Array.isArray(part) ? term(...part) : part));
}

function line(tag, className, ...parts) {
  const element = make(tag, className);
  element.append(...parts);
  return element;
}

// A table that scrolls by itself where it is too wide: heads and rows of texts or elements; numbers to the right.
function sheet(label, heads, rows, numeric = []) {
  const side = (place) => (numeric.includes(place) ? "vl-number" : "");
  const frame = make("div", "vl-table-frame", { role: "region", "aria-label": label, tabindex: "0" });
  const top = make("tr");
  heads.forEach((head, place) => {
    const cell = head === "" ? make("td") : make("th", side(place), { scope: "col" });
    cell.append(head);
    top.append(cell);
  });
  const body = make("tbody");
  for (const row of rows) {
    const tr = make("tr");
    row.forEach((content, place) => {
      const cell = place ? make("td", side(place)) : make("th", "vl-row-head", { scope: "row" });
      cell.append(content);
      tr.append(cell);
    });
    body.append(tr);
  }
  const table = make("table", "vl-table");
  table.append(line("thead", "", top), body);
  frame.append(table);
  return frame;
}

function fold(title, ...content) {
  const details = make("details", "vl-fold");
  details.append(make("summary", "", {}, title), ...content);
  return details;
}

function picture(url, label, className = "vl-tile-picture") {
  return url ? make("img", className, { src: url, alt: label }) : make("span", `${className} vl-blank`, { role: "img", "aria-label": label }, "?");
}

