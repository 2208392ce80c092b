// The uploader's browser side: drop, paste, choose or take; hand over; show what was handed over.
//
// Knows nothing of models; an answer is only spoken with the photo. Messages to the kernel: start, chunk, too-large, cancel. From the
// kernel: received, show, clear. Where there is no kernel, another carrier than chunks.js hands the photos over.

import { headlineOf } from "./answers.js";
import { inChunks } from "./chunks.js";
import { adopt } from "./dom.js";
import { listenForFiles } from "./drop_target.js";
import { keepPhotos, keyOf, takeBackPhotos } from "./kept_photos.js";
import { fill, listing } from "./text.js";
import WORDS from "./words.json" with { type: "json" };
import { watch } from "./traits.js";
import { uploadTarget } from "./upload_target.js";

/**
 * @import { Carrier } from "./chunks.js"
 * @import { Prediction } from "./answers.js"
 * @import { Model, Widget } from "./widget.js"
 * @typedef {{ compact: boolean, multiple: boolean, many: boolean, accepts: string, promise: string, status: string,
 *   answer: Prediction | Record<string, never>, busy: boolean, max_bytes: number, max_photos: number }} Traits
 * @typedef {{ type: "start", turn: number, names: string[] } | { type: "chunk", turn: number, index: number, last: boolean }
 *   | { type: "too-large", turn: number, index: number, size: number } | { type: "cancel", turn: number }} Sent
 * @typedef {{ type: "received", turn: number, index: number } | { type: "clear" }
 *   | { type: "show", turn: number, index: number, name: string }} Received
 * @typedef {{ url: string, name: string, file?: File }} Shown
 */

const RESEND_MS = 5_000; // a line that is back and says nothing for so long has lost what was on its way
const KEPT = 24; // earlier photos that can be shown again

/** @param {(model: Model<Traits, any, Received>, draw: () => void) => Carrier} carrierOf */
export function uploaderWith(carrierOf) {
  return { render: (/** @type {Widget<Traits, Sent, Received>} */ { model, el }) => render({ model, el }, carrierOf) };
}

/** @param {Widget<Traits, Sent, Received>} widget @param {Parameters<typeof uploaderWith>[0]} carrierOf */
function render({ model, el }, carrierOf) {
  const [compact, many] = [model.get("compact"), model.get("many")];
  const words = WORDS.uploader;
  const key = keyOf(many);
  adopt(el, "vl-uploader");
  if (compact) el.classList.add("vl-compact");

  const parts = uploadTarget({ compact, many, multiple: model.get("multiple") });
  const { zone, prompt, choose, accepts, promise, stage, image, nameless, caption, bar, cancel, another, status, foot, leftOut, input } = parts;
  el.append(zone, foot, leftOut, input);

  // ---- state: what is on the target; everything visible is derived from it in draw()
  /** @type {Map<string, Shown>} */
  const shown = new Map(); // by "turn/index"
  let turn = Date.now(); // a page that is loaded again begins other turns
  /** @type {Shown | null} */
  let current = null; // the photo on the target
  /** @type {number | null} */
  let progress = null; // 0 .. 1 while uploading
  let count = 0;
  let chosen = 0; // how many there were to take from
  /** @type {File[]} */
  let files = []; // what the target holds, for as long as the browser has it
  /** @type {"here" | "away" | "gone"} */
  let connection = "here"; // to the kernel, as connection.js says
  let unsent = false; // whether `files` wait for it
  let missing = ""; // names of photos that did not come back with the page
  const carrier = carrierOf(model, () => draw());

  function draw() {
    const has = current !== null;
    const uploading = progress !== null;
    el.classList.toggle("vl-unsent", unsent);
    zone.classList.toggle("vl-has-photo", has);
    prompt.hidden = has && !compact;
    stage.hidden = !has || compact;
    another.hidden = !has || uploading || compact;
    cancel.hidden = bar.hidden = !uploading;
    if (progress !== null) bar.value = progress;
    accepts.textContent = model.get("accepts");
    promise.textContent = model.get("promise");
    const sending = carrier.slow ? words.slow : count > 1 ? fill(words.sending_many, { count }) : words.sending;
    const waits = connection === "gone" ? words.unsent : words.unsent_yet;
    const idle = unsent ? waits : model.get("status") || (compact && current?.name) || "";
    status.textContent = uploading ? sending : idle;
    status.classList.toggle("vl-pulse", !unsent && (model.get("busy") || uploading));
    leftOut.textContent = missing ? fill(words.missing, { names: missing }) : chosen > count ? whatIsLeftOut(count, chosen) : "";
    foot.hidden = another.hidden && cancel.hidden && !status.textContent;
    if (current) {
      if (image.getAttribute("src") !== current.url) image.src = current.url;
      image.alt = [current.name, uploading || unsent ? "" : spoken(model.get("answer"))].filter(Boolean).join(": ");
      caption.textContent = count > 1 ? fill(words.and_more, { name: current.name, count: count - 1 }) : current.name;
      nameless.textContent = current.name;
    } else {
      image.removeAttribute("src");
    }
  }

  /** @param {string} key @param {Shown} entry */
  function remember(key, entry) {
    shown.set(key, entry);
    for (const [old, { url }] of shown) {
      if (shown.size <= KEPT) break;
      if (url === current?.url) continue;
      URL.revokeObjectURL(url);
      shown.delete(old);
    }
  }

  /** @param {Iterable<File>} list @param {string[]} [names] of photos that did not come along */
  async function take(list, names = []) {
    const all = [...list];
    const taken = all.slice(0, model.get("multiple") ? model.get("max_photos") : 1);
    if (!taken.length && !names.length) return;
    const mine = begin();
    missing = listing(names);
    if (!taken.length) return draw();
    files = taken;
    count = files.length;
    chosen = all.length;
    current = { url: URL.createObjectURL(files[0]), name: files[0].name, file: files[0] };
    remember(`${mine}/0`, current);
    unsent = connection !== "here";
    progress = unsent ? null : 0;
    draw();
    if (unsent) return;
    model.send({ type: "start", turn: mine, names: files.map((file) => file.name) });
    for (const [index, file] of files.entries()) {
      const step = (/** @type {number} */ part) => {
        if (mine !== turn) return;
        progress = (index + part) / files.length;
        draw();
      };
      if (!(await carrier.send({ turn: mine, index, file }, step, () => mine === turn))) return;
    }
    endUpload();
    draw();
  }

  // Another turn: what is still waiting in the one before learns that it is over.
  function begin() {
    turn += 1;
    unsent = false;
    missing = "";
    endUpload();
    return turn;
  }

  function endUpload() {
    progress = null;
    carrier.stop();
  }

  function callOff() {
    model.send({ type: "cancel", turn });
    begin();
    chosen = 0;
    forget();
  }

  function forget() {
    endUpload();
    unsent = false;
    current = null;
    files = [];
    draw();
  }

  // ---- the line to the kernel, and a page that is loaded again
  const onConnection = (/** @type {Event} */ event) => {
    connection = /** @type {CustomEvent} */ (event).detail;
    if (connection === "gone" && (progress !== null || model.get("busy"))) {
      begin();
      unsent = files.length > 0;
    }
    draw();
    if (connection !== "here") return;
    if (unsent) take(files);
    const [mine, before] = [turn, carrier.confirmed];
    setTimeout(() => progress !== null && mine === turn && before === carrier.confirmed && take(files), RESEND_MS);
  };
  const onLeaving = (/** @type {Event} */ event) => {
    if (!compact) /** @type {CustomEvent} */ (event).detail.push(keepPhotos(key, files));
  };
  function takeBack() {
    const kept = takeBackPhotos(key);
    take(kept.files, kept.missing);
  }

  // ---- what the person does
  const open = () => input.click();
  choose.addEventListener("click", open);
  another.addEventListener("click", open);
  cancel.addEventListener("click", () => {
    callOff();
    choose.focus();
  });
  input.addEventListener("change", () => {
    take(input.files ?? []);
    input.value = ""; // so that the same file can be chosen again
  });

  const leaveTarget = listenForFiles(el, zone, { take, targeted: !compact });
  window.addEventListener("voilens-connection", onConnection);
  window.addEventListener("voilens-leaving", onLeaving);

  // ---- what the kernel says
  const message = (/** @type {Received} */ content) => {
    if (content.type === "received" && content.turn === turn) carrier.heard();
    if (content.type === "clear") forget();
    if (content.type === "show") {
      begin();
      count = chosen = 1;
      current = shown.get(`${content.turn}/${content.index}`) ?? { url: "", name: content.name };
      files = current.file ? [current.file] : [];
      draw();
    }
  };
  model.on("msg:custom", message);
  watch(model, ["status", "busy", "accepts", "promise", "answer"], draw);
  draw();
  if (!compact) takeBack();

  return () => {
    leaveTarget();
    window.removeEventListener("voilens-connection", onConnection);
    window.removeEventListener("voilens-leaving", onLeaving);
    carrier.stop();
    model.off("msg:custom", message);
    for (const { url } of shown.values()) URL.revokeObjectURL(url);
  };
}

/** @param {Traits["answer"]} answer what was found in the photo, for those who cannot see it */
function spoken(answer) {
  return "status" in answer ? headlineOf(/** @type {Prediction} */ (answer)).join("") : "";
}

/** @param {number} taken @param {number} chosen */
function whatIsLeftOut(taken, chosen) {
  return taken > 1 ? fill(WORDS.uploader.left_out, { taken, chosen }) : fill(WORDS.uploader.left_out_but_one, { chosen });
}

export default uploaderWith(inChunks);
