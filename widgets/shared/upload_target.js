// The elements of an upload: a target with an invitation, a stage for the photo, a foot with bar and buttons. Knows no photo.

import { button, make } from "./dom.js";
import WORDS from "./words.json" with { type: "json" };

/** @param {{ compact: boolean, many: boolean, multiple: boolean }} how */
export function uploadTarget({ compact, many, multiple }) {
  const words = WORDS.uploader;
  const zone = make("div", "vl-zone", { role: "group", "aria-label": "Photo" });
  const prompt = make("div", "vl-prompt");
  const icon = make("div", "vl-icon", { "aria-hidden": "true" });
  icon.innerHTML =
    '<svg viewBox="0 0 48 48" width="44" height="44" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linejoin="round">' +
    '<path d="M6 14h9l4-5h10l4 5h9v25H6z"/><circle cx="24" cy="26" r="8"/></svg>';
  const invitation = make("p", "vl-invitation", {}, many ? words.invite_many : words.invite);
  const choose = button(many ? words.choose_many : words.choose, "vl-primary");
  const accepts = make("p", "vl-small");
  const promise = make("p", "vl-small");
  prompt.append(...(compact ? [choose] : [icon, invitation, choose, accepts, promise]));

  const stage = make("figure", "vl-stage");
  const image = make("img", "vl-photo", { alt: "" });
  const nameless = make("div", "vl-nameless", { "aria-hidden": "true" });
  const caption = make("figcaption", "vl-small");
  stage.append(image, nameless, caption);
  image.addEventListener("load", () => stage.classList.remove("vl-unshown"));
  image.addEventListener("error", () => stage.classList.add("vl-unshown"));

  const bar = make("progress", "vl-progress", { max: "1", "aria-label": "Upload" });
  const cancel = button(words.cancel);
  const another = button(words.another);
  const status = make("span", "vl-status");
  const foot = make("div", "vl-foot");
  foot.append(status, bar, cancel, another);
  const leftOut = make("p", "vl-small", { role: "status" });

  const input = make("input", "", { type: "file", accept: "image/*", tabindex: "-1", "aria-hidden": "true" });
  input.multiple = multiple;
  input.hidden = true;

  zone.append(prompt, stage);
  return { zone, prompt, choose, accepts, promise, stage, image, nameless, caption, bar, cancel, another, status, foot, leftOut, input };
}
