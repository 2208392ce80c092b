// Files that are dropped, pasted, or handed over by another part of the page. Knows where they may come from, not what becomes of them.

const HANDED = "voilens-photos";

// Give photos to the target that is seen: an example that was clicked, a picture of the camera; or those of a page that was left, with
// the names of what did not come along.
/** @param {File[]} files @param {string[]} [missing] */
export function hand(files, missing = []) {
  window.dispatchEvent(new CustomEvent(HANDED, { detail: { files, missing } }));
}

/**
 * Call `take` with the files that a person drops on `zone` or pastes; with all of the page where it is a page of its own.
 * Only while `el` is seen, because another part of the page may have a target; not at all unless it is `targeted`.
 * @param {HTMLElement} el
 * @param {HTMLElement} zone
 * @param {{ take: (files: Iterable<File>, missing?: string[]) => void, targeted: boolean }} how
 * @returns {() => void} ends it
 */
export function listenForFiles(el, zone, { take, targeted }) {
  const alone = "voila" in document.body.dataset || document.body.classList.contains("vl-site");
  /** @type {EventTarget} */
  const target = alone ? document : zone; // on a page of its own, a near miss counts
  const seen = () => el.offsetParent !== null;
  const carriesFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files");

  const over = (/** @type {any} */ event) => {
    if (!seen() || !carriesFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    zone.classList.add("vl-over");
  };
  const leave = (/** @type {any} */ event) => {
    if (!event.relatedTarget) zone.classList.remove("vl-over");
  };
  // A file dropped where nobody takes it would lead the browser away from the page, and so end its kernel.
  const guard = (/** @type {any} */ event) => {
    if (event.defaultPrevented || !carriesFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "none";
  };
  const drop = (/** @type {any} */ event) => {
    if (!seen() || !event.dataTransfer?.files.length) return;
    event.preventDefault();
    zone.classList.remove("vl-over");
    take(event.dataTransfer.files);
  };
  const paste = (/** @type {ClipboardEvent} */ event) => {
    const from = /** @type {HTMLElement} */ (event.target);
    const typing = from.closest?.("input, textarea, [contenteditable=true], .jp-Editor, .cm-editor");
    const files = [...(event.clipboardData?.files ?? [])].filter((file) => file.type.startsWith("image/"));
    if (typing || !seen() || !files.length || (!alone && !el.matches(":hover, :focus-within"))) return;
    event.preventDefault();
    take(files);
  };
  const handed = (/** @type {any} */ event) => seen() && take(event.detail.files, event.detail.missing);
  if (targeted) {
    window.addEventListener(HANDED, handed);
    target.addEventListener("dragover", over);
    target.addEventListener("dragleave", leave);
    target.addEventListener("drop", drop);
    document.addEventListener("paste", paste);
  }
  if (alone) for (const kind of ["dragover", "drop"]) window.addEventListener(kind, guard); // after every target

  return () => {
    window.removeEventListener(HANDED, handed);
    target.removeEventListener("dragover", over);
    target.removeEventListener("dragleave", leave);
    target.removeEventListener("drop", drop);
    document.removeEventListener("paste", paste);
    for (const kind of ["dragover", "drop"]) window.removeEventListener(kind, guard);
  };
}
