// The ways to publish as cards with a button each; then how far it is, what was proved, the page on a phone, what to do next.

import { line } from "../shared/blocks.js";
import { adopt, button, make } from "../shared/dom.js";
import { watch } from "../shared/traits.js";
import { ask } from "./questions.js";

/**
 * @import { Widget } from "../shared/widget.js"
 * @import { Answers, Question } from "./questions.js"
 * @typedef {{ key: string, title: string, makes: string, what: string, costs: string, needs: string, gives_up: string, asks: Question[],
 *   missing: string }} Way
 * @typedef {{ name: string, verdict: keyof typeof SIGNS, said: string }} Check
 * @typedef {{ state: "choosing" | "publishing" | "proved" | "wrong" | "failed", model: { name?: string, folder?: string, accuracy?: string },
 *   ways: Way[], author: Question, answers: Record<string, Answers>, past: Record<string, string>, way: string, sentence: string,
 *   checks: Check[], phone: string, steps: string[], stale: boolean }} Traits
 * @typedef {{ type: "shown" } | { type: "publish", way: string, answers: Answers } | { type: "look", way: string }} Sent
 */

const SIGNS = { right: "✓", wrong: "✗", unknown: "–" };
const VERDICTS = { right: "Right", wrong: "Wrong", unknown: "Not looked at" };
const SAID = { publishing: "looking", failed: "refused", wrong: "refused", choosing: "", proved: "ready" };

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
  const author = ask([model.get("author")]);
  el.append(which, outcome, ...author.parts, ways);

  const cards = model.get("ways").map((way) => {
    const go = button(`Make ${way.makes}`, "vl-primary");
    const asked = ask(way.asks);
    const told = make("span", "vl-small");
    const look = button("See what was proved", "vl-quiet");
    const past = line("p", "vl-way-past", told, look);
    go.addEventListener("click", () => {
      model.send({ type: "publish", way: way.key, answers: { ...asked.answers(), ...author.answers() } });
      title.scrollIntoView({ block: "start" });
    });
    look.addEventListener("click", () => {
      model.send({ type: "look", way: way.key });
      title.scrollIntoView({ block: "start" });
    });
    const facts = make("dl", "vl-way-facts");
    for (const [name, text] of [["Costs", way.costs], ["Needs", way.needs], ["Gives up", way.gives_up]]) {
      facts.append(make("dt", "", {}, name), make("dd", "", {}, text));
    }
    const missing = way.missing ? [make("p", "vl-missing", {}, way.missing)] : [];
    ways.append(line("li", "vl-way", make("h2", "vl-heading", {}, way.title), make("p", "", {}, way.what), facts, ...missing, ...asked.parts, go, past));
    return { way, go, asked, past, told, look };
  });

  function drawPast() {
    const said = model.get("answers");
    author.fill(said[""] ?? {});
    for (const { way, asked, past, told } of cards) {
      asked.fill(said[way.key] ?? {});
      told.textContent = model.get("past")[way.key] ?? "";
      past.hidden = !told.textContent;
    }
  }
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
    steps.replaceChildren(...model.get("steps").map((step) => line("li", "", ...withLinks(step))));
    for (const { go, look } of cards) go.disabled = look.disabled = state === "publishing";
  }
  watch(model, ["state", "model", "way", "sentence", "checks", "phone", "steps", "stale"], draw);
  watch(model, ["answers", "past"], drawPast);
  draw();
  drawPast();
  model.send({ type: "shown" });
}

/** @param {Check} check */
function checked({ name, verdict, said }) {
  const sign = make("span", "vl-proof-sign", { role: "img", "aria-label": VERDICTS[verdict] }, SIGNS[verdict]);
  const item = line("li", "", sign, line("span", "", make("strong", "", {}, `${name[0].toUpperCase()}${name.slice(1)}. `), said));
  item.dataset.verdict = verdict;
  return item;
}

// A text whose addresses can be followed; one with a word for the owner to fill in cannot.
/** @param {string} text @returns {(string | HTMLElement)[]} */
function withLinks(text) {
  const parts = text.split(/(https:\/\/[^\s,;]*[^\s,;.])/);
  const isLink = (/** @type {string} */ part) => part.startsWith("https://") && !/OWNER|REPOSITORY/.test(part);
  return parts.map((part) => (isLink(part) ? make("a", "", { href: part, target: "_blank", rel: "noreferrer" }, part) : part));
}

export default { render };
