// The uploader's browser side: drop, paste, choose or take; shrink; send in chunks; show what was sent.
//
// Knows nothing of models. Messages to the kernel: start, chunk, too-large, cancel. From the kernel: received, show, clear.

import { adopt, button, make } from "./dom.js";

const LONGEST_SIDE = 1024;
const SMALL_ENOUGH = 400_000; // bytes: a picture within both limits travels as it is
const THUMBNAIL_SIDE = 120;
const CHUNK = 48 * 1024;
const AHEAD = 4; // chunks that may be under way, not acknowledged yet
const SILENT_MS = 20_000; // after so long without a word of the kernel, somebody should ask whether it is gone
const KEPT = 24; // earlier photos that can be shown again

function render({ model, el }) {
  const [compact, many] = [model.get("compact"), model.get("many")];
  adopt(el, "vl-uploader");
  if (compact) el.classList.add("vl-compact");

  const zone = make("div", "vl-zone", { role: "group", "aria-label": "Photo" });
  const prompt = make("div", "vl-prompt");
  const icon = make("div", "vl-icon", { "aria-hidden": "true" });
  icon.innerHTML =
    '<svg viewBox="0 0 48 48" width="44" height="44" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linejoin="round">' +
    '<path d="M6 14h9l4-5h10l4 5h9v25H6z"/><circle cx="24" cy="26" r="8"/></svg>';
  const invitation = make("p", "vl-invitation", {}, many ? "Drop photos here, paste them, or" : "Drop a photo here, paste it, or");
  const choose = button(many ? "Choose or take photos" : "Choose or take a photo", "vl-primary");
  const accepts = make("p", "vl-small");
  const promise = make("p", "vl-small");
  prompt.append(...(compact ? [choose] : [icon, invitation, choose, accepts, promise]));

  const stage = make("figure", "vl-stage");
  const image = make("img", "vl-photo", { alt: "" });
  const nameless = make("div", "vl-nameless", { "aria-hidden": "true" });
  const caption = make("figcaption", "vl-small");
  stage.append(image, nameless, caption);

  const bar = make("progress", "vl-progress", { max: "1", "aria-label": "Upload" });
  const cancel = button("Cancel");
  const another = button("Another photo");
  const status = make("span", "vl-status");
  const foot = make("div", "vl-foot");
  foot.append(status, bar, cancel, another);
  const leftOut = make("p", "vl-small", { role: "status" });

  const input = make("input", "", { type: "file", accept: "image/*", tabindex: "-1", "aria-hidden": "true" });
  input.multiple = model.get("multiple");
  input.hidden = true;

  zone.append(prompt, stage);
  el.append(zone, foot, leftOut, input);

  // ---- state: what is on the target; everything visible is derived from it in draw()
  const shown = new Map(); // "turn/index" -> { url, name }
  let turn = Date.now(); // a page that is loaded anew begins other turns
  let current = null; // { url, name } of the photo on the target
  let progress = null; // 0 .. 1 while uploading
  let count = 0;
  let chosen = 0; // how many there were to take from
  let underWay = 0; // chunks that the kernel has not acknowledged
  let wake = () => {}; // what waits for the kernel's word
  let silence = 0; // the timer that runs while nothing is heard of it
  let slow = false;

  function draw() {
    const has = current !== null;
    const uploading = progress !== null;
    zone.classList.toggle("vl-has-photo", has);
    prompt.hidden = has && !compact;
    stage.hidden = !has || compact;
    another.hidden = !has || uploading || compact;
    cancel.hidden = bar.hidden = !uploading;
    if (uploading) bar.value = progress;
    accepts.textContent = model.get("accepts");
    promise.textContent = model.get("promise");
    const sending = slow ? "Still sending, it takes longer than usual" : count > 1 ? `Sending ${count} photos` : "Sending";
    status.textContent = uploading ? sending : model.get("status") || (compact && current?.name) || "";
    status.classList.toggle("vl-pulse", model.get("busy") || uploading);
    leftOut.textContent = chosen > count ? whatIsLeftOut(count, chosen) : "";
    foot.hidden = another.hidden && cancel.hidden && !status.textContent;
    if (has) {
      if (image.getAttribute("src") !== current.url) image.src = current.url;
      image.alt = [current.name, uploading ? "" : model.get("answer")].filter(Boolean).join(": ");
      caption.textContent = count > 1 ? `${current.name} and ${count - 1} more` : current.name;
      nameless.textContent = current.name;
    } else {
      image.removeAttribute("src");
    }
  }
  image.addEventListener("load", () => stage.classList.remove("vl-unshown"));
  image.addEventListener("error", () => stage.classList.add("vl-unshown"));

  function remember(key, entry) {
    shown.set(key, entry);
    for (const [old, { url }] of shown) {
      if (shown.size <= KEPT) break;
      if (url === current?.url) continue;
      URL.revokeObjectURL(url);
      shown.delete(old);
    }
  }

  async function take(list) {
    const files = [...list].slice(0, model.get("multiple") ? model.get("max_photos") : 1);
    if (!files.length) return;
    const mine = begin();
    count = files.length;
    chosen = list.length;
    progress = 0;
    current = { url: URL.createObjectURL(files[0]), name: files[0].name };
    remember(`${mine}/0`, current);
    model.send({ type: "start", turn: mine, names: files.map((file) => file.name) });
    draw();
    for (const [index, file] of files.entries()) {
      const step = (part) => {
        if (mine !== turn) return;
        progress = (index + part) / files.length;
        draw();
      };
      if (!(await sendPhoto(mine, index, file, step))) return;
    }
    endUpload();
    draw();
  }

  // Another turn: what is still waiting in the one before learns that it is over.
  function begin() {
    turn += 1;
    endUpload();
    return turn;
  }

  function endUpload() {
    progress = null;
    underWay = 0;
    slow = false;
    clearTimeout(silence);
    wake();
  }

  // Give whether the turn is still the current one.
  async function sendPhoto(mine, index, file, step) {
    const { blob, thumbnail } = await shrink(file);
    if (mine !== turn) return false;
    step(0.3);
    if (blob.size > model.get("max_bytes")) {
      model.send({ type: "too-large", turn: mine, index, size: blob.size });
      return true;
    }
    for (let at = 0; at < blob.size || at === 0; at += CHUNK) {
      // A folder or a vanished file gives nothing: the model process says so.
      const part = await blob.slice(at, at + CHUNK).arrayBuffer().catch(() => new ArrayBuffer(0));
      if (mine !== turn) return false;
      const last = !part.byteLength || at + CHUNK >= blob.size;
      model.send({ type: "chunk", turn: mine, index, last }, undefined, last && thumbnail ? [part, thumbnail] : [part]);
      underWay += 1;
      listen();
      while (mine === turn && underWay > (last ? 0 : AHEAD - 1)) {
        await new Promise((resolve) => (wake = resolve));
        step(0.3 + 0.7 * Math.min(1, (at + CHUNK - underWay * CHUNK) / Math.max(blob.size, 1)));
      }
      if (mine !== turn) return false;
      if (last) break;
    }
    return true;
  }

  // A silent kernel may be busy, or the line slow: only the server knows whether it is gone (see connection.js).
  function listen() {
    clearTimeout(silence);
    silence = setTimeout(() => {
      slow = true;
      draw();
      window.dispatchEvent(new CustomEvent("voilens-silent"));
      listen();
    }, SILENT_MS);
  }

  function heard() {
    underWay -= 1;
    slow = false;
    listen();
    wake();
  }

  function callOff() {
    model.send({ type: "cancel", turn });
    begin();
    chosen = 0;
    forget();
  }
  const lost = () => progress !== null && callOff();

  function forget() {
    endUpload();
    current = null;
    draw();
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
    take(input.files);
    input.value = ""; // so that the same file can be chosen again
  });

  const inVoila = "voila" in document.body.dataset;
  const target = inVoila ? document : zone; // on a page of its own, a near miss counts
  const seen = () => el.offsetParent !== null; // another part of the page may have a target of its own
  const over = (event) => {
    if (!seen() || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    zone.classList.add("vl-over");
  };
  const leave = (event) => {
    if (!event.relatedTarget) zone.classList.remove("vl-over");
  };
  // A file dropped where nobody takes it would lead the browser away from the page, and so end its kernel.
  const guard = (event) => {
    if (event.defaultPrevented || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "none";
  };
  const drop = (event) => {
    if (!seen() || !event.dataTransfer?.files.length) return;
    event.preventDefault();
    zone.classList.remove("vl-over");
    take(event.dataTransfer.files);
  };
  const paste = (event) => {
    const typing = event.target.closest?.("input, textarea, [contenteditable=true], .jp-Editor, .cm-editor");
    const files = [...(event.clipboardData?.files ?? [])].filter((file) => file.type.startsWith("image/"));
    if (typing || !seen() || !files.length || (!inVoila && !el.matches(":hover, :focus-within"))) return;
    event.preventDefault();
    take(files);
  };
  if (!compact) {
    target.addEventListener("dragover", over);
    target.addEventListener("dragleave", leave);
    target.addEventListener("drop", drop);
    document.addEventListener("paste", paste);
  }
  if (inVoila) for (const kind of ["dragover", "drop"]) window.addEventListener(kind, guard); // after every target
  window.addEventListener("voilens-lost", lost);

  // ---- what the kernel says
  const message = (content) => {
    if (content.type === "received" && content.turn === turn) heard();
    if (content.type === "clear") forget();
    if (content.type === "show") {
      begin();
      count = chosen = 1;
      current = shown.get(`${content.turn}/${content.index}`) ?? { url: "", name: content.name };
      draw();
    }
  };
  model.on("msg:custom", message);
  for (const trait of ["status", "busy", "accepts", "promise", "answer"]) model.on(`change:${trait}`, draw);
  draw();

  return () => {
    target.removeEventListener("dragover", over);
    target.removeEventListener("dragleave", leave);
    target.removeEventListener("drop", drop);
    document.removeEventListener("paste", paste);
    for (const kind of ["dragover", "drop"]) window.removeEventListener(kind, guard);
    window.removeEventListener("voilens-lost", lost);
    clearTimeout(silence);
    model.off("msg:custom", message);
    for (const { url } of shown.values()) URL.revokeObjectURL(url);
  };
}

function whatIsLeftOut(taken, chosen) {
  const first = taken > 1 ? `first ${taken} of ${chosen} photos were` : `first of ${chosen} photos was`;
  return `Only the ${first} taken: send the others next.`;
}

// A copy no longer than LONGEST_SIDE, upright, with a thumbnail; what the browser cannot decode stays as it is.
async function shrink(file) {
  const url = URL.createObjectURL(file);
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const { naturalWidth: width, naturalHeight: height } = image;
    const thumbnail = await (await draw(image, THUMBNAIL_SIDE, 0.8)).arrayBuffer();
    const small = Math.max(width, height) <= LONGEST_SIDE && file.size <= SMALL_ENOUGH;
    return { blob: small ? file : await draw(image, LONGEST_SIDE, 0.9), thumbnail };
  } catch {
    return { blob: file, thumbnail: null }; // the model process says what is wrong with it, or can read it
  } finally {
    URL.revokeObjectURL(url);
  }
}

function draw(image, longest, quality) {
  const scale = Math.min(1, longest / Math.max(image.naturalWidth, image.naturalHeight));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
  canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
  const pen = canvas.getContext("2d");
  pen.imageSmoothingQuality = "high";
  pen.fillStyle = "white"; // under transparency, as the model process does
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/jpeg", quality),
  );
}

export default { render };
