// The filters of the cleaner, with their counts. Draws the traits `filters`, `confused_pairs` and `query`.

import { make } from "../shared/dom.js";

const TYPING_MS = 300;

/** @import { CleanerModel, Option, Query } from "./types.js" */

/** @param {CleanerModel} model @param {(change: Partial<Query>) => void} ask */
export function makeFilters(model, ask) {
  const element = make("details", "vl-g-filters", { open: "" });
  const summary = make("summary", "vl-g-fold", {}, "Filters");
  const groups = make("div", "vl-g-groups");
  const search = make("input", "vl-g-input", { type: "search", placeholder: "part of a file name", "aria-label": "Name contains" });
  search.dataset.key = "name";
  const pair = make("select", "vl-g-input", { "aria-label": "Confused with another class: actual to predicted" });
  const reasons = makeGroup("Why look");
  const labels = makeGroup("Class");
  const splits = makeGroup("Split");
  const pairs = makeGroup("Confused with another class");
  const names = makeGroup("Name contains");
  pairs.element.append(pair);
  names.element.append(search);
  groups.append(reasons.element, labels.element, splits.element, pairs.element, names.element);
  element.append(summary, groups);

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let typing;
  search.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(() => ask({ name: search.value }), TYPING_MS);
  });
  pair.addEventListener("change", () => {
    const [label, predicted] = pair.value ? JSON.parse(pair.value) : [null, null];
    ask({ label, predicted });
  });

  function draw() {
    const query = model.get("query");
    const { reasons: why = [], labels: classes = [], splits: sides = [] } = model.get("filters");
    const { count = 0, total = count } = model.get("listing"); // it is shown before all are counted
    reasons.fill([[null, "All pictures", total], ...why], query.reason, (reason) => ask({ reason, files: [] }));
    labels.fill([[null, "All classes", null], ...classes], query.label, (label) => ask({ label, predicted: null }));
    splits.fill([[null, "All splits", null], ...sides], query.split, (split) => ask({ split }));
    splits.element.hidden = sides.length < 2;
    const cells = model.get("confused_pairs");
    const now = query.predicted ? JSON.stringify([query.label, query.predicted]) : "";
    const options = cells.map(([label, predicted, count]) => [JSON.stringify([label, predicted]), `${label} → ${predicted} (${count})`]);
    if (now && !options.some(([value]) => value === now)) options.push([now, `${query.label ?? "any"} → ${query.predicted}`]);
    pair.replaceChildren(...[["", "any"], ...options].map(([value, words]) => make("option", "", { value }, words)));
    pair.value = now;
    pairs.element.hidden = !options.length;
    if (document.activeElement !== search) search.value = query.name ?? "";
    const active = [why.find(([key]) => key === query.reason)?.[1], query.label, query.split, query.name && `“${query.name}”`, query.files?.length ? "chosen files" : ""];
    summary.textContent = ["Filters", active.filter(Boolean).join(", ")].filter(Boolean).join(": ");
  }
  return { element, draw };
}

/** @param {string} title */
function makeGroup(title) {
  const element = make("div", "vl-g-group", { role: "group", "aria-label": title });
  const list = make("div", "vl-g-options");
  element.append(make("h3", "vl-g-heading", {}, title), list);
  let was = "";

  /** @param {Option[]} options @param {string | null} current @param {(key: string | null) => void} choose */
  function fill(options, current, choose) {
    const now = JSON.stringify([options, current]);
    if (now === was) return;
    was = now;
    const held = document.activeElement;
    const focused = held instanceof HTMLElement && list.contains(held) ? held.dataset.key : null;
    list.replaceChildren(
      ...options.map(([key, words, count]) => {
        const option = make("button", "vl-g-option", { type: "button", "aria-pressed": String((current ?? null) === key) });
        option.dataset.key = key ?? "";
        option.append(make("span", "vl-g-words", {}, words));
        if (count !== null) option.append(make("span", "vl-g-count", {}, count.toLocaleString("en")));
        if (count === 0 && (current ?? null) !== key) option.classList.add("vl-g-none");
        option.addEventListener("click", () => choose((current ?? null) === key ? null : key));
        return option;
      }),
    );
    const buttons = /** @type {HTMLElement[]} */ ([...list.children]);
    if (focused !== null) buttons.find((option) => option.dataset.key === focused)?.focus();
  }
  return { element, fill };
}
