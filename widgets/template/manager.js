// The widgets of the page: ipywidgets' own base and controls, anywidget, and an output that shows pictures, HTML and text.

import * as base from "@jupyter-widgets/base";
import { CONTROL_COMM_TARGET, ManagerBase } from "@jupyter-widgets/base-manager/lib/manager-base.js";
import * as boxes from "@jupyter-widgets/controls/lib/widget_box.js";
import * as buttons from "@jupyter-widgets/controls/lib/widget_button.js";
import * as containers from "@jupyter-widgets/controls/lib/widget_selectioncontainer.js";
import * as strings from "@jupyter-widgets/controls/lib/widget_string.js";
import "anywidget";

import { factory } from "./build/amd.js";
import * as output from "./output.js";

/**
 * @import { Json, Message } from "./frames.js"
 * @import { Comm, Kernel } from "./kernel.js"
 */

/** @type {Record<string, Record<string, any>>} */
const AT_HAND = {
  "@jupyter-widgets/base": base,
  "@jupyter-widgets/controls": { ...boxes, ...buttons, ...containers, ...strings },
  "@jupyter-widgets/output": output,
  anywidget: factory(base),
};

export class Manager extends ManagerBase {
  /** @type {Comm | undefined} */
  #asked; // for the state of all widgets, once

  /** @param {Kernel} kernel @param {Comm} asked where the kernel was asked for the state of all its widgets already */
  constructor(kernel, asked) {
    super();
    this.kernel = kernel;
    this.#asked = asked;
    kernel.onComm = (comm, message) => this.handle_comm_open(comm, message);
    kernel.onAgain = () => this.load(); // what was said meanwhile went nowhere
    kernel.onLost = () => this.disconnect();
  }

  /** Know every widget that the kernel has; what it says after it has told them waits until they are made. */
  load() {
    this.kernel.begin();
    this.loading = this._loadFromKernel();
    return this.loading;
  }

  /**
   * @param {string} name
   * @param {string} module
   */
  async loadClass(name, module) {
    if (AT_HAND[module]?.[name]) return AT_HAND[module][name];
    if (module !== "@jupyter-widgets/controls") {
      throw new Error(`This page has no widgets of ${module}: serve it by voila --template=lab.`);
    }
    const { default: others } = await import("./controls.js");
    return others[name];
  }

  /**
   * @param {string} target
   * @param {string} id
   * @param {Json} [data] with them the comm is opened, without it is there already
   * @param {Json} [metadata]
   * @param {ArrayBuffer[]} [buffers]
   */
  async _create_comm(target, id, data, metadata, buffers) {
    if (target === CONTROL_COMM_TARGET) return this.controlled(id, metadata);
    const comm = this.kernel.comm(target, id);
    if (data || metadata) comm.open(data, undefined, metadata, buffers);
    return comm;
  }

  /**
   * The comm by which the kernel tells the state of all widgets.
   * @param {string} id
   * @param {Json} [metadata]
   */
  controlled(id, metadata) {
    const comm = this.#asked ?? this.kernel.comm(CONTROL_COMM_TARGET, id);
    if (this.#asked) comm.send = () => ""; // ManagerBase would ask again
    else comm.open({}, undefined, metadata);
    this.#asked = undefined;
    const { on_msg } = comm;
    comm.on_msg = (hearer) => on_msg.call(comm, (message) => (hearer(message), this.loading));
    return comm;
  }

  async _get_comm_info() {
    return new Promise((resolve) => {
      const reply = (/** @type {Message} */ message) => resolve(message.content.comms);
      this.kernel.send("comm_info_request", { target_name: this.comm_target_name }, { shell: { reply } });
    });
  }

  /**
   * A description is text, whatever it asks for.
   * @param {string} source
   */
  inline_sanitize(source) {
    const place = document.createElement("span");
    place.textContent = source;
    return place.innerHTML;
  }
}
