// Where the owner drops what visitors saved: files of corrections, handed to the kernel as photos are. Files that are dropped anywhere on
// the part are taken.

import { inChunks } from "../shared/chunks.js";
import { adopt, button, make } from "../shared/dom.js";
import { listenForFiles } from "../shared/drop_target.js";
import { watch } from "../shared/traits.js";

/**
 * @import { Widget } from "../shared/widget.js"
 * @import { Received, Sent, Traits } from "../shared/uploader.js"
 */

/** @param {Widget<Traits, Sent, Received>} widget */
function render({ model, el }) {
  adopt(el, "vl-corrections-target");
  const choose = button("Take in visitors' corrections");
  const status = make("span", "vl-small", { role: "status" });
  const input = make("input", "", { type: "file", accept: ".json,application/json", tabindex: "-1", "aria-hidden": "true" });
  input.multiple = true;
  input.hidden = true;
  el.append(choose, status, input);
  let turn = Date.now(); // a page that is loaded again begins other turns
  let sending = false;
  const carrier = inChunks(model, draw);

  function draw() {
    choose.disabled = sending || model.get("busy");
    status.textContent = sending ? "Sending" : model.get("status");
  }

  /** @param {Iterable<File>} list */
  async function take(list) {
    const files = [...list].slice(0, model.get("max_photos"));
    if (!files.length || sending) return;
    const mine = (turn += 1);
    sending = true;
    draw();
    model.send({ type: "start", turn: mine, names: files.map((file) => file.name) });
    for (const [index, file] of files.entries()) {
      await carrier.send({ turn: mine, index, file }, () => {}, () => mine === turn);
    }
    carrier.stop();
    sending = false;
    draw();
  }

  choose.addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    take(input.files ?? []);
    input.value = ""; // so that the same file can be chosen again
  });
  const leave = listenForFiles(el, el, { take, targeted: true });
  const onMessage = (/** @type {Received} */ { type, ...message }) => {
    if (type === "received" && "turn" in message && message.turn === turn) carrier.heard();
  };
  model.on("msg:custom", onMessage);
  const told = () => {
    draw();
    if (el.offsetParent) el.scrollIntoView({ block: "nearest" }); // it lies below the pictures
  };
  watch(model, ["busy"], draw);
  watch(model, ["status"], told);
  draw();
  return () => {
    leave();
    carrier.stop();
    model.off("msg:custom", onMessage);
    model.off("change:status", told);
    model.off("change:busy", draw);
  };
}

export default { render };
