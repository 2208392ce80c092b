// The ladder as bars with whiskers: the bar ends at the accuracy, the whisker spans its interval; the same as text.

import { adopt, button, make } from "../shared/dom.js";
import { line } from "../shared/blocks.js";
import { rung } from "./rung.js";
import { words } from "../shared/terms.js";
import { watch } from "../shared/traits.js";

/**
 * @import { Widget } from "../shared/widget.js"
 * @import { Rung } from "./rung.js"
 * @typedef {Rung & { seconds: string, yours: boolean }} Baseline
 * @typedef {{ kind?: "good" | "unsure" | "bad", sentence?: string }} Verdict
 * @typedef {{ state: "empty" | "measuring" | "ready" | "failed", baselines: Baseline[], verdict: Verdict, about: string,
 *   sentence: string }} Traits
 * @typedef {{ type: "measure" }} Sent
 */

/** @param {Widget<Traits, Sent>} widget */
function render({ model, el }) {
  adopt(el, "vl-ladder");
  const heading = line("h2", "vl-heading", "Does it beat the ", ...words(["baseline", "baselines"]), "?");
  const said = make("p", "vl-said", { role: "status" });
  const judged = make("div", "vl-verdict", { role: "status" });
  const list = make("ol", "vl-rungs", { "aria-label": "The ladder, from the simplest method to your model" });
  const about = make("span");
  const scale = make("p", "vl-small");
  scale.append(about, " ", ...words("Bars: the share of right answers, ", ["accuracy"], "; whiskers: its 95 % ", ["interval"], "."));
  const again = button("Measure the simple methods");
  el.append(heading, judged, said, list, scale, again);
  again.addEventListener("click", () => model.send({ type: "measure" }));

  function draw() {
    const state = model.get("state");
    el.hidden = state === "empty";
    el.dataset.state = state;
    said.textContent = model.get("sentence");
    said.dataset.state = { measuring: "looking", failed: "refused", empty: "", ready: "" }[state];
    said.classList.toggle("vl-pulse", state === "measuring");
    again.hidden = state === "measuring" || state === "ready";
    again.textContent = state === "failed" ? "Try again" : "Measure the simple methods";
    const { kind, sentence } = model.get("verdict");
    judged.hidden = state !== "ready" || !sentence;
    judged.dataset.kind = kind ?? "";
    judged.replaceChildren(line("p", "vl-verdict-line", make("span", "vl-sign", { "aria-hidden": "true" }, kind ? { good: "✓", unsure: "?", bad: "!" }[kind] : ""), sentence ?? ""));
    const baselines = model.get("baselines");
    about.textContent = model.get("about");
    scale.hidden = list.hidden = !baselines.length;
    list.replaceChildren(...baselines.map(rungOf));
  }

  /** @param {Baseline} baseline */
  const rungOf = (baseline) => rung(baseline, baseline.yours ? "vl-yours" : "", make("span", "vl-rung-seconds vl-small", {}, baseline.seconds));
  watch(model, ["state", "baselines", "verdict", "about", "sentence"], draw);
  draw();
}

export default { render };
