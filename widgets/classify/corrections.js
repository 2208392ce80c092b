// How many corrections the visitor has made, and a button that saves them as one file. The same on the page without a server, which
// makes the file itself; here Python makes it.

import { adopt, button, make } from "../shared/dom.js";
import { makeFileTransfer } from "../shared/file_transfer.js";
import { fill, numberOf } from "../shared/text.js";
import WORDS from "../shared/words.json" with { type: "json" };

/**
 * @import { FilePart, NextPart } from "../shared/file_transfer.js"
 * @import { Widget } from "../shared/widget.js"
 */

/** @param {Widget<{ count: number }, { type: "save" } | NextPart, FilePart>} widget */
function render({ model, el }) {
  let asked = 0; // how many there were when the file was asked for
  const view = makeCorrectionsView(el, () => {
    asked = model.get("count");
    model.send({ type: "save" });
  });
  const receive = makeFileTransfer(model.send.bind(model), "application/json");
  const hear = (/** @type {FilePart} */ message, /** @type {DataView<ArrayBuffer>[]} */ buffers) => {
    if (receive(message, buffers) && asked === model.get("count")) view.saved();
  };
  const draw = () => view.show(model.get("count"));
  const onConnection = (/** @type {Event} */ event) => view.reachable(/** @type {CustomEvent} */ (event).detail);
  model.on("msg:custom", hear);
  model.on("change:count", draw);
  window.addEventListener("voilens-connection", onConnection);
  draw();
  return () => {
    view.end();
    model.off("msg:custom", hear);
    model.off("change:count", draw);
    window.removeEventListener("voilens-connection", onConnection);
  };
}

/** @param {HTMLElement} element where it is shown @param {() => void} save */
export function makeCorrectionsView(element, save) {
  const words = WORDS.corrections;
  adopt(element, "vl-corrections");
  element.setAttribute("role", "region");
  element.setAttribute("aria-label", words.title);
  const count = make("p", "vl-small", { role: "status" });
  const handle = button(words.save);
  handle.addEventListener("click", save);
  element.append(count, handle, make("p", "vl-small", {}, words.give));
  let unsaved = false;
  const onLeaving = (/** @type {Event} */ event) => unsaved && event.preventDefault();
  window.addEventListener("beforeunload", onLeaving);

  return {
    /** @param {number} number how many there are by now */
    show(number) {
      unsaved = number > 0;
      element.hidden = !number;
      count.textContent = fill(words.count, { corrections: numberOf(number, words.one) });
    },
    saved() {
      unsaved = false;
      count.textContent = words.saved;
    },
    /** @param {"here" | "away" | "gone"} connection to who makes the file, as connection.js says */
    reachable(connection) {
      handle.disabled = connection !== "here";
      if (connection === "gone") unsaved = false; // nobody has them any more
    },
    end: () => window.removeEventListener("beforeunload", onLeaving),
  };
}

export default { render };
