// A training on the screen: a bar with words, two drawings that grow, the same figures as a table, Stop, the end.

import { adopt, button, make } from "../shared/dom.js";
import { words } from "../shared/terms.js";
import { extent, linear, spreadApart, ticks, wholeTicks } from "./scales.js";
import { fold, line, sheet } from "../shared/blocks.js";
import { watch } from "../shared/traits.js";

/**
 * @import { Widget } from "../shared/widget.js"
 * @typedef {{ epoch: number, epochs: number, at: number, train_loss: number, valid_loss: number, accuracy: number, lr?: number }} Epoch
 * @typedef {[at: number, value: number]} Point how many epochs were over, and a value
 * @typedef {{ name: string, points: Point[], className: string }} Curve
 * @typedef {{ state: "idle" | "running" | "stopping" | "done" | "stopped" | "failed" | "died", title: string, phase: string,
 *   done: number, left: string, stoppable: boolean, losses: Point[], epochs: Epoch[], planned: number, headline: string, detail: string, measurable: boolean,
 *   left_out: { file: string, reason: string }[] }} Traits
 * @typedef {{ type: "stop" | "measure" }} Sent
 */

const HEIGHT = 210;
const LINE = 16; // pixels from one name to the next
const EDGE = { left: 52, right: 92, top: 12, bottom: 30 };
const AT_WORK = ["running", "stopping"];
/** @type {Partial<Record<Traits["state"], string>>} */
const MARKS = { done: "✓", stopped: "✓", failed: "!", died: "!" };

/** @param {Widget<Traits, Sent>} widget */
function render({ model, el }) {
  adopt(el, "vl-training");
  const title = make("h2", "vl-heading");
  const phase = make("span", "vl-phase");
  const bar = make("progress", "vl-progress", { max: "1", "aria-label": "Progress of the training" });
  const stop = button("Stop, keep the best so far");
  const going = line("div", "vl-going", phase, bar, stop);
  const ending = make("div", "vl-verdict");
  const outcome = make("div", "vl-outcome", { role: "status" });
  const measure = button("See how good it is", "vl-primary");
  const drawings = make("div", "vl-drawings");
  const figures = make("div");
  const told = make("p", "vl-unseen", { role: "status" });
  ending.append(outcome, measure);
  el.append(title, going, ending, drawings, figures, told);
  stop.addEventListener("click", () => model.send({ type: "stop" }));
  measure.addEventListener("click", () => model.send({ type: "measure" }));

  function drawState() {
    const state = model.get("state");
    el.hidden = state === "idle";
    el.dataset.state = state;
    title.textContent = model.get("title");
    going.hidden = !AT_WORK.includes(state);
    const stoppable = model.get("stoppable");
    stop.disabled = state === "stopping";
    stop.hidden = !stoppable;
    phase.textContent = state === "stopping" && stoppable ? "Stopping: it finishes the batch and keeps the best so far" : [model.get("phase"), model.get("left")].filter(Boolean).join(", ");
    if (!stoppable && !model.get("done")) bar.removeAttribute("value"); // nobody knows how long it takes to save
    else bar.value = model.get("done");
    const ended = state in MARKS && model.get("headline");
    ending.hidden = !ended;
    ending.dataset.kind = state === "done" || state === "stopped" ? "good" : "bad";
    measure.hidden = !model.get("measurable"); // always in its place, so that it keeps the focus
    if (!ended) return outcome.replaceChildren();
    /** @type {HTMLElement[]} */
    const parts = [line("p", "vl-verdict-line", make("span", "vl-sign", { "aria-hidden": "true" }, MARKS[state] ?? ""), model.get("headline"))];
    if (model.get("detail")) parts.push(make("p", "", {}, model.get("detail")));
    const leftOut = model.get("left_out");
    if (leftOut.length) {
      const list = make("ul", "vl-reasons");
      for (const { file, reason } of leftOut) list.append(make("li", "", {}, `${file.split("/").slice(-2).join("/")}: ${reason}`));
      parts.push(fold(`${leftOut.length} ${leftOut.length === 1 ? "file was" : "files were"} left out, and why`, list));
    }
    outcome.replaceChildren(...parts);
  }

  const atOnce = () => !model.get("losses").length && model.get("epochs").every(({ lr }) => lr === 0); // fitted, not learned in steps
  let epochsTold = 0;
  let open = false;
  function drawFigures() {
    const epochs = model.get("epochs");
    figures.hidden = !epochs.length || atOnce();
    if (epochs.length) {
      const heads = [words(["epoch", "Epoch"]), words(["training", "Training"], " ", ["loss"]), words(["validation", "Validation"], " loss"), words(["accuracy", "Accuracy"])];
      const rows = epochs.map((e) => [`${e.epoch} of ${e.epochs}`, e.train_loss.toFixed(3), e.valid_loss.toFixed(3), `${(100 * e.accuracy).toFixed(1)} %`]);
      const details = fold("The same as a table", sheet("Figures of each epoch", heads.map((head) => line("span", "", ...head)), rows, [1, 2, 3]));
      details.open = open;
      details.addEventListener("toggle", () => (open = details.open));
      figures.replaceChildren(details);
      const last = epochs[epochs.length - 1];
      if (last.epoch !== epochsTold && AT_WORK.includes(model.get("state"))) told.textContent = `Epoch ${last.epoch} of ${last.epochs}: accuracy ${(100 * last.accuracy).toFixed(0)} %`;
      epochsTold = last.epoch;
    }
    drawCurves();
  }

  const lossPlace = make("div", "vl-plot");
  const accuracyPlace = make("div", "vl-plot");
  drawings.append(
    line("section", "vl-drawing", line("h3", "vl-subheading", ...words(["loss", "Loss"])), lossPlace, line("p", "vl-small", "The thin line is the loss of each ", ...words(["batch"]), " as it goes by.")),
    line("section", "vl-drawing", line("h3", "vl-subheading", ...words(["accuracy", "Accuracy"])), accuracyPlace, line("p", "vl-small", "The ", ...words(["metric"]), " of this training, after each epoch.")),
  );

  function drawCurves() {
    const epochs = model.get("epochs");
    const losses = model.get("losses");
    const over = Math.max(1, ...epochs.map((epoch) => epoch.at), ...losses.slice(-1).map(([at]) => at));
    const count = AT_WORK.includes(model.get("state")) ? Math.max(over, model.get("planned")) : over;
    drawings.hidden = (!losses.length && !epochs.length) || atOnce();
    if (drawings.hidden) return;
    const at = (/** @type {"train_loss" | "valid_loss" | "accuracy"} */ key) => epochs.map((e) => /** @type {Point} */ ([e.at, e[key]]));
    const summary = (what = "") => (epochs.length ? `after epoch ${epochs[epochs.length - 1].epoch}: ${what}` : "the first epoch is not over yet");
    const last = epochs[epochs.length - 1];
    plot(lossPlace, [
      { name: "", points: losses, className: "vl-curve-live" },
      { name: "training", points: at("train_loss"), className: "vl-curve-train" },
      { name: "validation", points: at("valid_loss"), className: "vl-curve-valid" },
    ], count, (value) => String(Number(value.toFixed(2))), last ? `Loss ${summary(`training ${last.train_loss.toFixed(3)}, validation ${last.valid_loss.toFixed(3)}`)}` : `Loss: ${summary()}`, null);
    plot(accuracyPlace, [{ name: "validation", points: at("accuracy"), className: "vl-curve-valid" }], count, (value) => `${Math.round(100 * value)} %`, last ? `Accuracy ${summary(`${(100 * last.accuracy).toFixed(1)} %`)}` : `Accuracy: ${summary()}`, [0, 1]);
  }

  const resized = new ResizeObserver(drawCurves);
  resized.observe(drawings);
  watch(model, ["state", "title", "phase", "done", "left", "headline", "detail", "left_out", "measurable", "stoppable"], drawState);
  watch(model, ["epochs", "losses", "planned", "state"], drawFigures);
  drawState();
  drawFigures();
  return () => resized.disconnect();
}

/**
 * Lines over the epochs, each of which is equally wide; each line named in words at its end, and told apart by dashes too.
 * @param {HTMLElement} place @param {Curve[]} curves @param {number} count of epochs @param {(value: number) => string} write
 * @param {string} summary @param {[number, number] | null} range of the values
 */
function plot(place, curves, count, write, summary, range) {
  const width = place.clientWidth;
  if (!width) return;
  const drawn = curves.filter((curve) => curve.points.length);
  const [low, high] = range ?? extent(drawn.flatMap((curve) => curve.points.map((point) => point[1])));
  const x = linear(0, count, EDGE.left, width - EDGE.right);
  const y = linear(low, high, HEIGHT - EDGE.bottom, EDGE.top);
  const sheet = svg("svg", { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": summary });
  for (const tick of ticks(low, high)) {
    sheet.append(svg("line", { x1: EDGE.left, x2: width - EDGE.right, y1: y(tick), y2: y(tick), class: "vl-grid" }));
    sheet.append(svg("text", { x: EDGE.left - 8, y: y(tick) + 4, "text-anchor": "end" }, write(tick)));
  }
  for (const epoch of wholeTicks(Math.floor(count), (width - EDGE.left - EDGE.right) / 36)) {
    sheet.append(svg("line", { x1: x(epoch), x2: x(epoch), y1: HEIGHT - EDGE.bottom, y2: HEIGHT - EDGE.bottom + 5, class: "vl-grid" }));
    sheet.append(svg("text", { x: x(epoch), y: HEIGHT - 10, "text-anchor": "middle" }, String(epoch)));
  }
  sheet.append(svg("text", { x: width - EDGE.right + 12, y: HEIGHT - 10 }, "epoch"));
  /** @type {{ name: string, className: string, x: number, y: number }[]} */
  const ends = [];
  for (const { name, points, className } of drawn) {
    sheet.append(svg("polyline", { points: points.map(([at, value]) => `${x(at)},${y(value)}`).join(" "), class: `vl-curve ${className}` }));
    if (!name) continue;
    for (const [at, value] of points) sheet.append(svg("circle", { cx: x(at), cy: y(value), r: 3.5, class: `vl-dot ${className}` }));
    const [at, value] = points[points.length - 1];
    ends.push({ name, className, x: x(at) + 9, y: y(value) + 4 });
  }
  for (const end of spreadApart(ends, LINE)) {
    sheet.append(svg("text", { x: end.x, y: end.y, class: `vl-curve-name ${end.className}` }, end.name));
  }
  place.replaceChildren(sheet);
}

/** @param {string} tag @param {Record<string, string | number>} attributes @param {string} text */
function svg(tag, attributes, text = "") {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  if (text) element.textContent = text;
  return element;
}

export default { render };
