// What anywidget gives to a widget's script, where there is no kernel: traits that are listened to, and messages to and from the page.

/** @typedef {ReturnType<typeof localModel<any, any, any>>} Local */

/**
 * @template Traits, Sent, Received
 * @param {Traits} traits
 */
export function localModel(traits) {
  /** @type {Map<string, Set<Function>>} */
  const handlers = new Map();
  /** @type {(message: Sent) => void} */
  let hears = () => {};
  const call = (/** @type {string} */ event, /** @type {any[]} */ ...given) => handlers.get(event)?.forEach((handler) => handler(...given));

  return {
    /** @template {keyof Traits} Name @param {Name} name */
    get: (name) => traits[name],
    /** @template {keyof Traits} Name @param {Name} name @param {Traits[Name]} value */
    set(name, value) {
      if (traits[name] === value) return;
      traits[name] = value;
      call(`change:${String(name)}`);
    },
    save_changes() {},
    /** @param {Sent} message */
    send: (message) => hears(message),
    /** @param {string} event @param {Function} handler */
    on(event, handler) {
      handlers.set(event, (handlers.get(event) ?? new Set()).add(handler));
    },
    /** @param {string} event @param {Function} handler */
    off: (event, handler) => void handlers.get(event)?.delete(handler),
    /** @param {(message: Sent) => void} handler called with what the script sends */
    hear: (handler) => void (hears = handler),
    /** @param {Received} message to the script */
    tell: (message) => call("msg:custom", message),
  };
}
