// The history's browser side: one button per earlier answer, and Clear.

import { pastOf } from "../shared/answers.js";
import { adopt, button, make } from "../shared/dom.js";
import WORDS from "../shared/words.json" with { type: "json" };

/**
 * @import { Past } from "../shared/answers.js"
 * @import { Widget } from "../shared/widget.js"
 * @typedef {{ entries: Past[] }} Traits
 * @typedef {{ type: "clear" } | { type: "return", place: number }} Sent
 */

/** @param {Widget<Traits, Sent>} widget */
function render({ model, el }) {
  adopt(el, "vl-history");
  const draw = () => {
    const entries = model.get("entries");
    el.hidden = entries.length === 0;
    const clear = button(WORDS.history.clear, "vl-quiet");
    clear.addEventListener("click", () => model.send({ type: "clear" }));
    const head = make("div", "vl-heading-line");
    head.append(make("h2", "vl-heading", {}, WORDS.history.title), clear);
    const strip = make("ul", "vl-strip");
    entries.forEach((entry, place) => {
      const { name, label, text } = pastOf(entry);
      const past = make("button", "vl-past", { type: "button", "aria-label": `${name}: ${label} ${text}` });
      const picture = entry.thumbnail
        ? make("img", "vl-thumbnail", { src: entry.thumbnail, alt: "" })
        : make("span", "vl-thumbnail vl-blank", {}, "?");
      past.append(picture, make("span", "vl-past-label", {}, label));
      past.addEventListener("click", () => model.send({ type: "return", place }));
      const item = make("li");
      item.append(past);
      strip.append(item);
    });
    el.replaceChildren(...(entries.length ? [head, strip] : []));
  };
  model.on("change:entries", draw);
  draw();
  return () => model.off("change:entries", draw);
}

export default { render };
