// The kernel behind the page: what is sent to it, what it says, in this order, over one websocket that is opened again when it breaks.

import { pack, PROTOCOL, unique, unpack } from "./frames.js";

/**
 * @import { Json, Message } from "./frames.js"
 * @typedef {{
 *   shell?: { reply?: (message: Message) => void },
 *   iopub?: { status?: (message: Message) => void, clear_output?: (message: Message) => void, output?: (message: Message) => void },
 * }} Callbacks
 * @typedef {(message: Message) => void | Promise<void>} Hearer
 */

const WAITS_MS = [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000]; // before it is opened again; then it is given up
/** @type {Message} */
const IDLE = {
  channel: "iopub",
  header: { msg_type: "status" },
  parent_header: {},
  metadata: {},
  content: { execution_state: "idle" },
  buffers: [],
};
const OUTPUTS = ["display_data", "execute_result", "stream", "error"];

export class Kernel {
  /** Set by whoever builds widgets: a comm that the kernel opens; the websocket is there again; it is given up. */
  onComm = /** @type {(comm: Comm, message: Message) => Promise<unknown>} */ (async () => {});
  onAgain = () => {};
  onLost = () => {};
  /** @type {Map<string, Comm>} */
  comms = new Map();
  /** @type {Map<string, Hearer>} what hears the outputs of a message, by its number, in the place of others */
  hearers = new Map();
  /** @type {Map<string, Callbacks>} */
  #asked = new Map();
  /** @type {string[]} the numbers of what was asked on a websocket that broke */
  #cut = [];
  /** @type {Uint8Array<ArrayBuffer>[]} */
  #waiting = [];
  #session = unique();
  /** Deal with what it says, from now on: until then it waits, in its order. */
  begin = () => {};
  #dealing = /** @type {Promise<void>} */ (new Promise((resolve) => (this.begin = resolve)));
  #attempts = 0;
  #ended = false;
  /** @type {WebSocket} */
  #socket;

  /** @param {string} place where the server has this kernel, with a slash at the end */
  constructor(place) {
    this.place = place;
    this.#socket = this.#open();
  }

  /**
   * @param {string} kind
   * @param {Json} content
   * @param {Callbacks} [callbacks]
   * @param {Json} [metadata]
   * @param {(ArrayBuffer | ArrayBufferView)[]} [buffers]
   * @returns {string} its number
   */
  send(kind, content, callbacks, metadata = {}, buffers = []) {
    const number = unique();
    const header = {
      msg_id: number,
      msg_type: kind,
      session: this.#session,
      username: "",
      version: "5.3",
      date: new Date().toISOString(),
    };
    if (callbacks) this.#asked.set(number, callbacks);
    const frame = pack(header, metadata, content, buffers);
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(frame);
    else this.#waiting.push(frame);
    return number;
  }

  /**
   * One end of a widget that the kernel has, or of what else it is told by name.
   * @param {string} target
   * @param {string} id
   */
  comm(target, id) {
    return new Comm(this, target, id);
  }

  end() {
    this.#ended = true;
    this.#socket.close();
  }

  #open() {
    const address = new URL(`channels?session_id=${this.#session}`, new URL(this.place, location.href));
    address.protocol = address.protocol.replace("http", "ws");
    const socket = new WebSocket(address, [PROTOCOL]);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      if (this.#attempts) this.onAgain();
      this.#attempts = 0;
      for (const frame of this.#waiting.splice(0)) socket.send(frame);
      for (const number of this.#cut.splice(0)) this.#answered(number, IDLE); // or who waits for the word would wait for good
    };
    socket.onmessage = ({ data }) => {
      const message = unpack(data);
      this.#dealing = this.#dealing.then(() => this.#deal(message)).catch(console.error);
    };
    socket.onclose = () => {
      if (this.#ended) return;
      if (!this.#attempts) this.#cut = [...this.#asked.keys()];
      const wait = WAITS_MS[this.#attempts++];
      if (wait) setTimeout(() => (this.#socket = this.#open()), wait);
      else this.onLost();
    };
    return socket;
  }

  /** @param {Message} message */
  async #deal(message) {
    const kind = message.header.msg_type;
    const parent = message.parent_header.msg_id;
    const callbacks = this.#asked.get(parent);
    if (message.channel === "shell") return callbacks?.shell?.reply?.(message);
    const comm = this.comms.get(message.content.comm_id);
    if (kind === "comm_open") return void (await this.onComm(this.comm(message.content.target_name, message.content.comm_id), message));
    if (kind === "comm_msg") return comm?.hear(message);
    if (kind === "comm_close") return comm?.over(message);
    if (kind === "status") {
      this.#answered(parent, message);
    } else if (OUTPUTS.includes(kind) || kind === "clear_output") {
      const hearer = this.hearers.get(parent);
      if (hearer) return hearer(message);
      (kind === "clear_output" ? callbacks?.iopub?.clear_output : callbacks?.iopub?.output)?.(message);
    }
  }

  /**
   * @param {string} number
   * @param {Message} status
   */
  #answered(number, status) {
    this.#asked.get(number)?.iopub?.status?.(status);
    if (status.content.execution_state === "idle") this.#asked.delete(number);
  }
}

/** The two ends of one widget, as ipywidgets' models know it. */
export class Comm {
  /** @type {Hearer | undefined} */
  #hearer;
  /** @type {Message[]} what came before anybody heard it */
  #unheard = [];
  /** @type {Hearer} */
  #closed = () => {};

  /**
   * @param {Kernel} kernel
   * @param {string} target
   * @param {string} id
   */
  constructor(kernel, target, id) {
    this.kernel = kernel;
    this.target_name = target;
    this.comm_id = id;
    kernel.comms.set(id, this);
  }

  /**
   * @param {Json} [data]
   * @param {Callbacks} [callbacks]
   * @param {Json} [metadata]
   * @param {ArrayBuffer[]} [buffers]
   */
  open(data, callbacks, metadata, buffers) {
    const content = { comm_id: this.comm_id, target_name: this.target_name, data: data ?? {} };
    return this.kernel.send("comm_open", content, callbacks, metadata, buffers);
  }

  /**
   * @param {Json} data
   * @param {Callbacks} [callbacks]
   * @param {Json} [metadata]
   * @param {ArrayBuffer[]} [buffers]
   */
  send(data, callbacks, metadata, buffers) {
    return this.kernel.send("comm_msg", { comm_id: this.comm_id, data }, callbacks, metadata, buffers);
  }

  /**
   * @param {Json} [data]
   * @param {Callbacks} [callbacks]
   * @param {Json} [metadata]
   * @param {ArrayBuffer[]} [buffers]
   */
  close(data, callbacks, metadata, buffers) {
    this.kernel.comms.delete(this.comm_id);
    return this.kernel.send("comm_close", { comm_id: this.comm_id, data: data ?? {} }, callbacks, metadata, buffers);
  }

  /** @param {Hearer} hearer */
  on_msg(hearer) {
    this.#hearer = hearer;
    for (const message of this.#unheard.splice(0)) hearer(message);
  }

  /** @param {Message} message */
  hear(message) {
    if (this.#hearer) return this.#hearer(message);
    this.#unheard.push(message);
  }

  /** @param {Hearer} hearer */
  on_close(hearer) {
    this.#closed = hearer;
  }

  /** @param {Message} message */
  over(message) {
    this.kernel.comms.delete(this.comm_id);
    return this.#closed(message);
  }
}
