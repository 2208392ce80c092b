// The history's browser side: one button per earlier answer, and Clear.

import { adopt, button, make } from "../shared/dom.js";

function render({ model, el }) {
  adopt(el, "vl-history");
  const draw = () => {
    const entries = model.get("entries");
    el.hidden = entries.length === 0;
    const clear = button("Clear", "vl-quiet");
    clear.addEventListener("click", () => model.send({ type: "clear" }));
    const head = make("div", "vl-heading-line");
    head.append(make("h2", "vl-heading", {}, "Earlier photos"), clear);
    const strip = make("ul", "vl-strip");
    entries.forEach((entry, place) => {
      const past = make("button", "vl-past", { type: "button", "aria-label": `${entry.name}: ${entry.label} ${entry.text}` });
      const picture = entry.thumbnail
        ? make("img", "vl-thumbnail", { src: entry.thumbnail, alt: "" })
        : make("span", "vl-thumbnail vl-blank", {}, "?");
      past.append(picture, make("span", "vl-past-label", {}, entry.label));
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
