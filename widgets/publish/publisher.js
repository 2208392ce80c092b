// The ways to publish as cards with a button each; then how far it is, what was proved, the page on a phone, what to do next.

import { line } from "../shared/blocks.js";
import { adopt, button, make } from "../shared/dom.js";
import { watch } from "../shared/traits.js";

/**
 * @import { Widget } from "../shared/widget.js"
 * @typedef {{ key: string, title: string, what: string, costs: string, needs: string, gives_up: string, asks: "" | "examples" | "repository" }} Way
 * @typedef {{ name: string, verdict: keyof typeof SIGNS, said: string }} Check
 * @typedef {{ state: "choosing" | "publishing" | "proved" | "wrong" | "failed", model: { name?: string, folder?: string, accuracy?: string },
 *   ways: Way[], way: string, sentence: string, checks: Check[], phone: string, steps: string[], stale: boolean }} Traits
 * @typedef {{ type: "shown" } | { type: "publish", way: string, examples?: boolean, repository?: string }} Sent
 */

const SIGNS = { right: "✓", wrong: "✗", unknown: "–" };
const VERDICTS = { right: "Right", wrong: "Wrong", unknown: "Not looked at" };
const SAID = { publishing: "looking", failed: "refused", wrong: "refused", choosing: "", proved: "" };

/** @param {Widget<Traits, Sent>} widget */
function render({ model, el }) {
  adopt(el, "vl-publisher");
  const which = make("p", "vl-which");
  const ways = make("ul", "vl-ways", { "aria-label": "Ways to publish" });
  const outcome = make("section", "vl-outcome", { "aria-label": "What came of it" });
  const title = make("h2", "vl-heading");
  const said = make("p", "vl-said", { role: "status" });
  const stale = make("p", "vl-stale", {}, "This is another model than the page answers with now: publish it again to show that one.");
  const checks = make("ul", "vl-checks", { "aria-label": "What was proved" });
  const phone = make("figure", "vl-phone");
  const steps = make("ol", "vl-steps");
  const next = line("div", "", make("h3", "vl-heading", {}, "What to do now"), steps);
  outcome.append(title, said, stale, line("div", "vl-proof", checks, phone), next);
  el.append(which, outcome, ways);

  const cards = model.get("ways").map((way) => {
    const go = button(`Make ${way.title.replace(/^A /, "a ")}`, "vl-primary");
    const asked = ask(way);
    go.addEventListener("click", () => {
      model.send({ type: "publish", way: way.key, ...asked.answers() });
      title.scrollIntoView({ block: "start" });
    });
    const facts = make("dl", "vl-way-facts");
    for (const [name, text] of [["Costs", way.costs], ["Needs", way.needs], ["Gives up", way.gives_up]]) {
      facts.append(make("dt", "", {}, name), make("dd", "", {}, text));
    }
    ways.append(line("li", "vl-way", make("h2", "vl-heading", {}, way.title), make("p", "", {}, way.what), facts, ...asked.parts, go));
    return go;
  });

  function draw() {
    const [state, { name = "", folder = "", accuracy = "" }] = [model.get("state"), model.get("model")];
    el.dataset.state = state;
    which.replaceChildren(make("strong", "", {}, name), ` in ${folder}. ${accuracy}`);
    which.hidden = !name;
    outcome.hidden = state === "choosing";
    title.textContent = model.get("ways").find(({ key }) => key === model.get("way"))?.title ?? "";
    said.textContent = model.get("sentence");
    said.dataset.state = SAID[state];
    said.classList.toggle("vl-pulse", state === "publishing");
    stale.hidden = !model.get("stale");
    checks.hidden = !model.get("checks").length;
    checks.replaceChildren(...model.get("checks").map(checked));
    phone.hidden = !model.get("phone");
    if (model.get("phone")) phone.replaceChildren(make("img", "", { src: model.get("phone"), alt: "The page as it looks on a phone" }), make("figcaption", "vl-small", {}, "On a phone"));
    next.hidden = !model.get("steps").length;
    steps.replaceChildren(...model.get("steps").map((step) => make("li", "", {}, step)));
    for (const go of cards) go.disabled = state === "publishing";
  }
  watch(model, ["state", "model", "way", "sentence", "checks", "phone", "steps", "stale"], draw);
  draw();
  model.send({ type: "shown" });
}

/** @param {Check} check */
function checked({ name, verdict, said }) {
  const sign = make("span", "vl-proof-sign", { role: "img", "aria-label": VERDICTS[verdict] }, SIGNS[verdict]);
  const item = line("li", "", sign, line("span", "", make("strong", "", {}, `${name[0].toUpperCase()}${name.slice(1)}. `), said));
  item.dataset.verdict = verdict;
  return item;
}

// What a way asks beside, and how it was answered.
/** @param {Way} way @returns {{ parts: HTMLElement[], answers: () => { examples?: boolean, repository?: string } }} */
function ask({ asks }) {
  if (asks === "examples") {
    const box = make("input", "", { type: "checkbox" });
    const label = line("label", "vl-ask", box, "Show six of the pictures that it was measured on, for visitors to click. Anybody will see them.");
    return { parts: [label], answers: () => ({ examples: box.checked }) };
  }
  if (asks === "repository") {
    const field = make("input", "vl-field", { type: "text", placeholder: "owner/name", autocomplete: "off", spellcheck: "false" });
    const label = line("label", "vl-ask", "Its repository on GitHub (left empty: the one that this folder was cloned from)", field);
    return { parts: [label], answers: () => ({ repository: field.value }) };
  }
  return { parts: [], answers: () => ({}) };
}

export default { render };
