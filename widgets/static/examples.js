// Example pictures to click, where the owner gave some.

import { adopt, button, make } from "../shared/dom.js";
import { fill } from "../shared/text.js";
import WORDS from "./words.json" with { type: "json" };

/** @typedef {{ file: string, name: string }} Example */

/** @param {Example[]} examples @param {(files: File[]) => void} take */
export function makeExamples(examples, take) {
  const element = make("section", "", { "aria-label": WORDS.examples.title });
  adopt(element, "vl-examples");
  element.hidden = !examples.length;
  const said = make("p", "vl-small", { role: "status" });
  const list = make("ul", "vl-strip");
  for (const { file, name } of examples) {
    const choice = button("", "vl-quiet vl-example");
    choice.append(make("img", "vl-thumbnail", { src: file, alt: fill(WORDS.examples.one, { name }), loading: "lazy" }));
    choice.addEventListener("click", async () => {
      const response = await fetch(file).catch(() => null);
      said.textContent = response?.ok ? "" : WORDS.examples.gone;
      if (response?.ok) take([new File([await response.blob()], name)]);
    });
    const item = make("li");
    item.append(choice);
    list.append(item);
  }
  element.append(make("p", "vl-small", {}, WORDS.examples.title), list, said);
  return element;
}
