// The top losses: picture, label, prediction, loss.

import { adopt, make } from "../shared/dom.js";
import { line, picture } from "../shared/blocks.js";
import { makeExplanations } from "../shared/explanation.js";
import { words } from "../shared/terms.js";

/**
 * @import { Asks, Explainable } from "../shared/explanation.js"
 * @import { Widget } from "../shared/widget.js"
 * @typedef {{ name: string, thumbnail: string, label: string, predicted: string, probability: string, loss: string }} Picture
 * @typedef {{ pictures: Picture[] } & Explainable} Traits
 */

/** @param {Widget<Traits, Asks>} widget */
function render({ model, el }) {
  adopt(el, "vl-losses");
  const heading = line("h2", "vl-heading", "Where was it most wrong? The ", ...words(["top losses"]));
  const lead = make("p", "vl-small", {}, "Often the label is wrong, not the model: the cleaner is the place to put that right.");
  const list = make("ul", "vl-loss-list");
  const whys = makeExplanations((asked) => model.send(asked));
  el.append(heading, lead, list, whys.place);
  const draw = () => {
    const pictures = model.get("pictures");
    el.hidden = !pictures.length;
    whys.clear();
    list.replaceChildren(
      ...pictures.map(({ name, thumbnail, label, predicted, probability, loss }, place) => {
        const words = line("div", "vl-loss-words", line("p", "", "Labelled ", make("strong", "", {}, label)), line("p", "", "called ", make("strong", "", {}, predicted), ` (${probability})`), make("p", "vl-small", {}, `loss ${loss}`), make("p", "vl-small vl-file", {}, name), ...(model.get("explainable") ? [whys.button(place, name)] : []));
        return line("li", "vl-loss", picture(thumbnail, name), words);
      }),
    );
  };
  model.on("change:pictures", draw);
  model.on("change:why", () => whys.draw(model.get("why")));
  draw();
}

export default { render };
