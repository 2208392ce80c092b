// What a report says in sentences, Use this model, and the test pictures that are kept for last.

import { adopt, button, make } from "../shared/dom.js";
import { term } from "../shared/terms.js";
import { line } from "../shared/blocks.js";
import { watch } from "../shared/traits.js";

/**
 * @import { Term } from "../shared/terms.js"
 * @import { Widget } from "../shared/widget.js"
 * @typedef {{ word: Term | "", sentence: string, kind?: string }} Fact
 * @typedef {{ state: "empty" | "measuring" | "ready" | "failed", title: string, split: "valid" | "test", headline: string[],
 *   facts: Fact[], sentence: string, test_uses: string, testable: boolean, used: boolean, replaced: boolean,
 *   notice: string, stale: string, next_steps: [key: string, words: string][] }} Traits
 * @typedef {{ type: "use" | "back" | "again" | "shown" } | { type: "split", split: "valid" | "test" } | { type: "next", step: string }} Sent
 */

/** @param {Widget<Traits, Sent>} widget */
function render({ model, el }) {
  adopt(el, "vl-summary");
  const title = make("h2", "vl-heading");
  const headline = make("p", "vl-verdict-line");
  const said = make("p", "vl-said", { role: "status" });
  const facts = make("ul", "vl-facts");
  const use = button("Use this model", "vl-primary");
  const back = button("Bring the model before back");
  const again = button("Try again");
  const stale = make("p", "vl-stale");
  const notice = make("p", "vl-told", { role: "status" });
  const next = make("div", "vl-row");
  const test = make("div", "vl-test");
  el.append(title, said, headline, facts, stale, line("div", "vl-row", use, back, again), notice, next, test);
  use.addEventListener("click", () => model.send({ type: "use" }));
  back.addEventListener("click", () => model.send({ type: "back" }));
  again.addEventListener("click", () => model.send({ type: "again" }));

  function draw() {
    const state = model.get("state");
    el.dataset.state = state;
    title.textContent = model.get("title");
    title.hidden = !model.get("title");
    said.textContent = model.get("sentence");
    said.dataset.state = { measuring: "looking", failed: "refused", empty: "", ready: "" }[state];
    said.classList.toggle("vl-pulse", state === "measuring");
    headline.replaceChildren(...model.get("headline").map((part, place) => (place % 2 ? make("strong", "", {}, part) : part)));
    facts.replaceChildren(...model.get("facts").map(({ word, sentence, kind }) => line("li", kind ? `vl-fact-${kind}` : "", `${sentence} `, ...(word ? [term(word)] : []))));
    headline.hidden = facts.hidden = state !== "ready";
    const hadFocus = document.activeElement === use; // which goes once it is used
    use.hidden = state === "empty" || model.get("used");
    back.hidden = !model.get("replaced");
    stale.textContent = model.get("stale");
    stale.hidden = state !== "ready" || !model.get("stale");
    again.hidden = state !== "failed" && stale.hidden;
    again.textContent = state === "failed" ? "Try again" : "Measure it again";
    notice.textContent = model.get("notice") || (model.get("used") ? "This is the model that the page answers with." : "");
    notice.hidden = !notice.textContent;
    next.hidden = !model.get("next_steps").length;
    const focused = [...next.children].findIndex((each) => each === document.activeElement);
    next.replaceChildren(
      ...model.get("next_steps").map(([step, words]) => {
        const go = button(words);
        go.addEventListener("click", () => model.send({ type: "next", step }));
        return go;
      }),
    );
    if (focused >= 0) /** @type {HTMLElement | undefined} */ (next.children[focused])?.focus();
    if (hadFocus && use.hidden) /** @type {HTMLElement | null} */ (next.firstElementChild)?.focus();
    drawTest(state);
  }

  /** @param {Traits["state"]} state */
  function drawTest(state) {
    const onTest = model.get("split") === "test";
    test.hidden = state !== "ready" ? !(onTest && state === "failed") : !model.get("testable"); // there is always a way back
    if (test.hidden) return;
    const words = onTest ? model.get("test_uses") : `The test pictures are kept for the very end. ${model.get("test_uses")}`;
    const other = button(onTest ? "Back to the validation pictures" : "Look at the test pictures");
    other.addEventListener("click", () => model.send({ type: "split", split: onTest ? "valid" : "test" }));
    test.replaceChildren(line("p", "vl-small", `${words} `, term("test")), other);
  }
  watch(model, ["state", "title", "split", "headline", "facts", "sentence", "test_uses", "testable", "used", "replaced", "notice", "stale", "next_steps"], draw);
  draw();
  model.send({ type: "shown" });
}

export default { render };
