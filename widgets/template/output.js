// The output widget: what the kernel displays, as pictures, HTML, widgets and text. No Markdown, no LaTeX.

import { DOMWidgetModel, DOMWidgetView } from "@jupyter-widgets/base";
import { Widget } from "@lumino/widgets";

/**
 * @import { Json, Message } from "./frames.js"
 */

const VIEW = "application/vnd.jupyter.widget-view+json";
const PICTURES = ["image/png", "image/jpeg", "image/webp", "image/gif"];
const COLOURS = /\x1b\[[0-9;]*m/g; // of a terminal

export class OutputModel extends DOMWidgetModel {
  defaults() {
    const own = { _model_name: "OutputModel", _view_name: "OutputView", msg_id: "", outputs: [] };
    return { ...super.defaults(), ...own, _model_module: "@jupyter-widgets/output", _view_module: "@jupyter-widgets/output" };
  }

  /** @param {any[]} given */
  initialize(...given) {
    super.initialize(...given);
    this.number = ""; // of the message that is heard
    this.clearing = false; // with the next output
    this.listenTo(this, "change:msg_id", this.hearAnother);
    this.listenTo(this, "comm:close", () => this.widget_manager.kernel.hearers.delete(this.number));
    this.hearAnother();
  }

  /** Hear the outputs of the message that the kernel deals with while this widget captures. */
  hearAnother() {
    const { hearers } = this.widget_manager.kernel;
    hearers.delete(this.number);
    this.number = this.get("msg_id");
    if (this.number) hearers.set(this.number, (/** @type {Message} */ message) => this.add(message));
  }

  /** @param {Message} message */
  add({ header, content }) {
    if (header.msg_type === "clear_output") {
      this.clearing = true;
      if (!content.wait) this.put([]);
      return;
    }
    const before = this.clearing ? [] : this.get("outputs");
    const last = before.at(-1);
    this.clearing = false;
    if (header.msg_type === "stream" && last?.output_type === "stream" && last.name === content.name) {
      this.put([...before.slice(0, -1), { ...last, text: last.text + content.text }]);
    } else {
      this.put([...before, { output_type: header.msg_type, ...content }]);
    }
  }

  /** @param {Json[]} outputs */
  put(outputs) {
    this.set("outputs", outputs);
    this.save_changes();
  }
}

export class OutputView extends DOMWidgetView {
  turn = 0;

  render() {
    super.render();
    this.el.classList.add("jupyter-widgets", "jupyter-widget-output", "jp-OutputArea");
    this.listenTo(this.model, "change:outputs", this.show);
    this.displayed.then(() => this.show()); // a widget inside has to be put where the page is
  }

  async show() {
    const turn = ++this.turn;
    const shown = await Promise.all(this.model.get("outputs").map((/** @type {Json} */ output) => this.made(output)));
    if (turn !== this.turn) return;
    this.el.replaceChildren(...shown.map(({ place }) => place));
    for (const { place, view } of shown) if (view) Widget.attach(view.luminoWidget, place);
  }

  /** @param {Json} output */
  async made({ data = {}, metadata = {}, text, traceback, evalue }) {
    const place = document.createElement("div");
    place.className = "jp-OutputArea-output";
    const picture = PICTURES.find((kind) => kind in data);
    const drawn = data["text/html"] ?? data["image/svg+xml"];
    if (data[VIEW]) {
      const model = await this.model.widget_manager.get_model(data[VIEW].model_id);
      return { place, view: await this.create_child_view(model) };
    }
    if (picture) {
      const image = Object.assign(new Image(), { src: `data:${picture};base64,${data[picture]}` });
      for (const side of ["width", "height"]) if (metadata[picture]?.[side]) image.setAttribute(side, metadata[picture][side]);
      place.append(image);
    } else if (drawn) {
      place.append(document.createRange().createContextualFragment(drawn));
    } else {
      const said = document.createElement("pre");
      said.textContent = (text ?? traceback?.join("\n") ?? evalue ?? data["text/plain"] ?? "").replace(COLOURS, "");
      place.append(said);
    }
    return { place };
  }
}
