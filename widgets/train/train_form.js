// How to train: a preset as a card, more choices folded away, Start.

import { adopt, button, make } from "../shared/dom.js";
import { term } from "../shared/terms.js";
import { fold, line } from "../shared/blocks.js";
import { watch } from "../shared/traits.js";

/**
 * @import { Term } from "../shared/terms.js"
 * @import { Widget } from "../shared/widget.js"
 * @typedef {string | string[]} Value
 * @typedef {{ name: string, title: string, about: string, takes: string[], values: Record<string, Value>,
 *   empty: Record<string, string> }} Preset
 * @typedef {{ name: string, kind: "one" | "several" | "text", label: string, word: Term, hint?: string,
 *   options?: [value: string, words: string, about?: string][] }} Field
 * @typedef {{ presets: Preset[], estimates: Record<string, string>, fields: Field[], preset: string, changes: Record<string, Value>, reason: string,
 *   sentence: string }} Traits
 * @typedef {{ type: "start" }} Sent
 */

/** @param {Widget<Traits, Sent>} widget */
function render({ model, el }) {
  adopt(el, "vl-recipe");
  const group = `vl-preset-${Math.random().toString(36).slice(2)}`;
  const cards = make("div", "vl-cards", { role: "radiogroup", "aria-label": "How thoroughly" });
  const go = button("Start training", "vl-primary");
  const why = make("p", "vl-small", { role: "status" });
  const form = make("div", "vl-form");
  const more = fold("More choices", form);
  el.append(make("h2", "vl-heading", {}, "2. The training"), cards, line("div", "vl-row", go, why), more);
  go.addEventListener("click", () => model.send({ type: "start" }));

  /** @param {string} name */
  function choose(name) {
    model.set("preset", name);
    model.set("changes", {});
    model.save_changes();
  }
  /** @param {string} name @param {Value} value */
  function change(name, value) {
    const changes = { ...model.get("changes"), [name]: value };
    if (JSON.stringify(value) === JSON.stringify(preset().values[name])) delete changes[name];
    model.set("changes", changes);
    model.save_changes();
  }
  const preset = () => /** @type {Preset} */ (model.get("presets").find((each) => each.name === model.get("preset")));
  const value = (/** @type {string} */ name) => model.get("changes")[name] ?? preset().values[name];

  function drawCards() {
    cards.replaceChildren(
      ...model.get("presets").map(({ name, title, about }) => {
        const radio = make("input", "", { type: "radio", name: group, value: name });
        radio.checked = name === model.get("preset");
        radio.addEventListener("change", () => choose(name));
        return line("label", "vl-card", radio, line("span", "vl-card-words", make("strong", "", {}, title), make("span", "vl-small", {}, about), make("span", "vl-small vl-estimate", {}, model.get("estimates")[name] ?? "")));
      }),
    );
  }

  function drawForm() {
    const held = form.contains(document.activeElement) ? document.activeElement : null;
    if (held && held.tagName !== "SELECT") return; // what is being typed stays
    const fields = model.get("fields").filter(({ name }) => preset().takes.includes(name));
    more.hidden = !fields.length;
    form.replaceChildren(...fields.map(field));
    if (held) document.getElementById(held.id)?.focus();
  }

  /** @param {Field} field */
  function field({ name, kind, label, word, hint, options = [] }) {
    const id = `${group}-${name}`;
    const caption = (/** @type {"span" | "label"} */ tag, /** @type {Record<string, string>} */ attributes) => {
      const title = make(tag, "vl-label-line", attributes, label);
      return line("div", "vl-caption", title, ...(word ? [term(word, "")] : []));
    };
    const explained = hint ? [make("p", "vl-small", { id: `${id}-hint` }, hint)] : [];
    const described = hint ? { "aria-describedby": `${id}-hint` } : {};
    if (kind === "several") {
      const set = make("div", "vl-checks", { role: "group", "aria-label": label });
      for (const [option, words, about] of options) {
        const box = make("input", "", { type: "checkbox" });
        box.checked = value(name).includes(option);
        box.addEventListener("change", () => change(name, options.map(([o]) => o).filter((o) => (o === option ? box.checked : value(name).includes(o)))));
        set.append(line("label", "vl-check", box, line("span", "", make("span", "", {}, words), make("span", "vl-small vl-about", {}, about))));
      }
      return line("div", "vl-form-line vl-form-wide", caption("span", {}), set, ...explained);
    }
    if (kind === "one") {
      const select = make("select", "vl-field", { id, ...described });
      for (const [option, words] of options) {
        const choice = make("option", "", { value: option }, words);
        choice.selected = option === value(name);
        select.append(choice);
      }
      select.addEventListener("change", () => change(name, select.value));
      return line("div", "vl-form-line", caption("label", { for: id }), select, ...explained);
    }
    const input = make("input", "vl-field", { id, type: "text", inputmode: "decimal", autocomplete: "off", ...described });
    input.value = String(value(name) ?? "");
    input.placeholder = preset().empty[name];
    input.addEventListener("change", () => change(name, input.value.trim()));
    return line("div", "vl-form-line", caption("label", { for: id }), input, ...explained);
  }

  function drawState() {
    const reason = model.get("reason");
    go.disabled = Boolean(reason);
    why.textContent = reason || model.get("sentence");
    why.classList.toggle("vl-wrong", Boolean(model.get("sentence")) && !reason);
  }

  const redraw = () => {
    drawCards();
    drawForm();
  };
  watch(model, ["preset", "presets", "fields"], redraw);
  model.on("change:changes", drawForm);
  model.on("change:estimates", () => {
    const words = cards.querySelectorAll(".vl-estimate"); // the card that has the focus keeps it
    model.get("presets").forEach(({ name }, place) => (words[place].textContent = model.get("estimates")[name] ?? ""));
  });
  watch(model, ["reason", "sentence"], drawState);
  redraw();
  drawState();
}

export default { render };
