// The row of buttons above the parts of the page. The part that is shown is in the address, so that a reload keeps it.

import { adopt, button, make } from "../shared/dom.js";

/**
 * @import { Widget } from "../shared/widget.js"
 * @typedef {{ titles: string[], chosen: string }} Traits
 */

/** @param {Widget<Traits>} widget */
function render({ model, el }) {
  adopt(el, "vl-switch");
  const nav = make("nav", "", { "aria-label": "Parts of this page" });
  el.append(nav);
  const inVoila = "voila" in document.body.dataset;

  /** @param {string} title */
  function choose(title) {
    model.set("chosen", title);
    model.save_changes();
  }

  function draw() {
    const chosen = model.get("chosen");
    const buttons = model.get("titles").map((title) => {
      const tab = button(title, "vl-part");
      if (title === chosen) tab.setAttribute("aria-current", "page");
      tab.addEventListener("click", () => choose(title));
      return tab;
    });
    const focused = [...nav.children].findIndex((tab) => tab === document.activeElement);
    nav.replaceChildren(...buttons);
    if (focused >= 0) buttons[focused]?.focus();
    if (inVoila && chosen !== model.get("titles")[0]) history.replaceState(null, "", `#${encodeURIComponent(chosen)}`);
    else if (inVoila && location.hash) history.replaceState(null, "", location.pathname + location.search);
  }

  const wanted = inVoila ? decodeURIComponent(location.hash.slice(1)) : "";
  if (model.get("titles").includes(wanted) && wanted !== model.get("chosen")) choose(wanted);
  // Another part begins at its top, and whoever comes there by a button of the part before is not left without a focus.
  function show() {
    draw();
    el.scrollIntoView({ block: "nearest" });
    if (!nav.contains(document.activeElement)) /** @type {HTMLElement | null} */ (nav.querySelector("[aria-current]"))?.focus({ preventScroll: true });
  }
  model.on("change:chosen", show);
  draw();
  return () => model.off("change:chosen", show);
}

export default { render };
