// The page before its kernel: its row of parts, and a target that takes photos at once. They go to the page's own target as soon as
// that is there; the part that was chosen stands in the address, where the page's own row finds it.

import { button, make } from "../shared/dom.js";
import { hand } from "../shared/drop_target.js";
import { keyOf, loadAgain, takeBackPhotos } from "../shared/kept_photos.js";
import { localModel } from "../shared/local_model.js";
import { uploaderWith } from "../shared/uploader.js";
import WORDS from "../shared/words.json" with { type: "json" };
import tabs from "./tabs.js";

/** @import { Carrier } from "../shared/chunks.js" */

const OWN = "#rendered_cells .vl-classify .vl-uploader .vl-zone"; // the page's own target
const LIMITS = { max_bytes: Infinity, max_photos: Infinity }; // its own say what is too much
const PATIENCE_MS = 10_000; // for a target, once the page is made

/** @param {string} selector */
function focus(selector) {
  /** @type {HTMLElement | null} */ (document.querySelector(selector))?.focus();
}

function kernelIsNamed() {
  return document.getElementById("jupyter-config-data") !== null;
}

export default function start() {
  const place = document.getElementById("early");
  if (!place) return;
  const { accepts, kept_only_if: promise } = WORDS.uploader;
  const shown = { compact: false, multiple: true, many: false, accepts, promise, status: "", answer: {}, busy: false };
  const model = localModel({ ...shown, ...LIMITS });
  let taken = makeTaken();
  let over = false;

  function makeTaken() {
    return { expected: 0, files: /** @type {File[]} */ ([]), missing: /** @type {string[]} */ ([]) };
  }

  /** @param {boolean} waiting */
  function wait(waiting) {
    model.set("busy", waiting);
    model.set("status", waiting ? WORDS.headline.loading : "");
  }

  model.hear((/** @type {import("../shared/uploader.js").Sent} */ message) => {
    taken = makeTaken();
    if (message.type === "start") taken.expected = message.names.length;
    wait(message.type === "start");
  });

  /** @returns {Carrier} */
  const kept = () => ({
    slow: false,
    confirmed: 0,
    async send({ file }) {
      taken.files.push(file);
      if (over && taken.files.length === taken.expected) hand(taken.files, taken.missing); // chosen in a window that was open all the time
      return true;
    },
    heard() {},
    stop() {},
  });

  const panel = /** @type {HTMLElement} */ (place.querySelector(".vl-panel"));
  const el = make("div");
  const back = takeBackPhotos(keyOf(false)); // before the target does, which would forget whom it named
  const leave = uploaderWith(kept).render({ model, el });
  panel.append(el);
  hand(back.files, back.missing);
  taken.missing = back.missing;

  const titles = WORDS.parts[place.dataset.parts === "public" ? "public" : "owner"];
  const chosen = localModel({ titles, chosen: titles[0] });
  const row = make("div");
  tabs.render({ model: chosen, el: row });
  chosen.on("change:chosen", () => (panel.hidden = chosen.get("chosen") !== titles[0]));
  place.prepend(row);

  function end() {
    if (over) return;
    over = true;
    watching.disconnect();
    const focused = panel.contains(document.activeElement);
    const onRow = row.contains(document.activeElement);
    leave();
    place?.remove();
    if (focused) focus(`${OWN} button`);
    if (onRow) focus("#rendered_cells .vl-switch [aria-current]");
    if (taken.files.length || taken.missing.length) hand(taken.files, taken.missing);
  }

  function look() {
    if (document.querySelector(OWN)) end();
    else if (kernelIsNamed() && document.readyState !== "loading" && !document.getElementById("loading")) {
      setTimeout(end, document.querySelector("[data-widget]") ? PATIENCE_MS : 0); // or there is none, but words on what went wrong
    }
  }

  // The answer of the server broke off before it named a kernel: none will come.
  function lookAtEnd() {
    if (over || kernelIsNamed()) return;
    const again = button(WORDS.connection.restart);
    again.addEventListener("click", loadAgain);
    const banner = make("div", "vl-banner", { role: "alert" });
    banner.append(make("span", "", {}, WORDS.connection.gone), again);
    const connection = make("div", "vl-connection vl-lost voilens");
    connection.append(banner);
    place?.prepend(connection);
    wait(false);
  }

  const watching = new MutationObserver(look);
  watching.observe(document.body, { childList: true, subtree: true });
  look();
  if (document.readyState === "complete") lookAtEnd();
  else window.addEventListener("load", lookAtEnd, { once: true });
}
