// What stands above the pictures: the folder's name, the long work that is under way, and the search for doubtful pictures.

import { button, make } from "../shared/dom.js";

const WIDE = "(min-width: 600px)"; // on a phone the pictures need the room

/** @import { CleanerModel, Send } from "./types.js" */

/** @param {CleanerModel} model @param {Send} send */
export function makeHead(model, send) {
  const isPrivate = model.get("shows_private");
  const title = make("h2", "vl-g-title");
  const total = make("span", "vl-small");
  const names = make("div", "vl-g-names");
  const judge = make("summary", "vl-small");
  const strange = make("p", "vl-g-strange");
  const who = make("details", "vl-g-who");
  who.open = matchMedia(WIDE).matches;
  who.append(judge, strange);
  const other = button("Another folder", "vl-quiet");
  names.append(title, total, other);
  const job = make("div", "vl-g-chore");
  const text = make("span", "vl-g-chore-words");
  const bar = make("progress", "vl-progress", { max: "1", "aria-label": "How far the work is" });
  const stop = button("Stop");
  job.append(text, bar, stop);
  const score = button("Find doubtful pictures", "vl-primary");
  const element = make("header", "vl-g-head");
  element.append(names, job, score, who);
  score.addEventListener("click", () => send({ type: "score" }));
  other.addEventListener("click", () => send({ type: "other-folder" }));
  stop.addEventListener("click", () => send({ type: "stop" }));

  const isCounted = () => model.get("listing").total !== undefined; // a large folder is shown before
  const mayScore = () => !isPrivate && !model.get("job").kind && model.get("state") === "ready" && isCounted();

  function draw() {
    const { total: all = 0, judged = 0, scored = false } = model.get("listing");
    title.textContent = isPrivate ? "Your photos" : `Clean ${model.get("title")}`;
    const pictures = `${all.toLocaleString("en")} ${all === 1 ? "picture" : "pictures"}`;
    const some = judged && judged < all ? `, ${judged.toLocaleString("en")} of them judged` : "";
    total.textContent = all ? pictures + (isPrivate ? "" : some) : "";
    other.hidden = !model.get("offers_other_folder");
    drawJudge();
    score.hidden = !mayScore();
    score.textContent = scored ? "Score again" : "Find doubtful pictures";
    score.classList.toggle("vl-primary", !scored);
    drawJob();
  }

  function drawJudge() {
    const { sentence = "", warning = "" } = model.get("judge");
    who.hidden = !sentence;
    who.classList.toggle("vl-g-plain", !warning); // nothing to unfold
    judge.textContent = warning ? `${sentence} It may miss some.` : sentence;
    strange.textContent = warning;
    strange.hidden = !warning;
  }

  function drawJob() {
    const { kind, text: what = "", share = -1, status = "", stoppable = false } = model.get("job");
    job.hidden = !kind;
    if (!kind) return;
    text.textContent = [what, status].filter(Boolean).join(": ");
    if (share < 0) bar.removeAttribute("value");
    else bar.value = share;
    stop.hidden = !stoppable;
  }
  return { element, draw, mayScore };
}
