// Example pictures to click, where the owner gave some. The same on the page without a server, which says itself which they are.

import { adopt, button, make } from "../shared/dom.js";
import { hand } from "../shared/drop_target.js";
import { fill } from "../shared/text.js";
import { watch } from "../shared/traits.js";
import WORDS from "../shared/words.json" with { type: "json" };

/**
 * @import { Widget } from "../shared/widget.js"
 * @typedef {{ file: string, name: string, label: string }} Example `file` is an address or a data URL; `label` is the class that it
 *   shows, where that is known
 * @typedef {{ examples: Example[] }} Traits
 */

/** @param {Widget<Traits, never>} widget */
function render({ model, el }) {
  adopt(el, "vl-examples");
  const said = make("p", "vl-small", { role: "status" });
  const draw = () => {
    const examples = model.get("examples");
    el.hidden = !examples.length;
    const list = make("ul", "vl-strip");
    for (const example of examples) {
      const item = make("li");
      item.append(choice(example, (sentence) => (said.textContent = sentence)));
      list.append(item);
    }
    said.textContent = "";
    el.replaceChildren(make("p", "vl-small", {}, WORDS.examples.title), list, said);
  };
  watch(model, ["examples"], draw);
  draw();
  return () => model.off("change:examples", draw);
}

/** @param {Example} example @param {(sentence: string) => void} say */
function choice({ file, name }, say) {
  const chosen = button("", "vl-quiet vl-example");
  chosen.append(make("img", "vl-thumbnail", { src: file, alt: fill(WORDS.examples.one, { name }) }));
  chosen.addEventListener("click", async () => {
    const response = await fetch(file).catch(() => null);
    say(response?.ok ? "" : WORDS.examples.gone);
    if (response?.ok) hand([new File([await response.blob()], name)]);
  });
  return chosen;
}

export default { render };
