// What the page says once its kernel is gone or the server out of reach, and the button that brings the page back.
//
// Only on a page that Voilà serves: JupyterLab and Notebook tell of a lost kernel themselves. It asks the server, which does not
// count as using the kernel; a server that does not answer may come back, a kernel that has ended does not.

import { adopt, button, make } from "../shared/dom.js";
import { loadAgain } from "../shared/kept_photos.js";
import WORDS from "../shared/words.json" with { type: "json" };

/**
 * @import { Widget } from "../shared/widget.js"
 * @typedef {{ type: "here" }} Sent
 * @typedef {"here" | "away" | "gone"} State
 */

const EVERY_MS = 2_000;
const PATIENCE_MS = 2_500; // for one answer

/** @param {Widget<{}, Sent>} widget */
function render({ model, el }) {
  adopt(el, "vl-connection");
  const words = WORDS.connection;
  const config = document.getElementById("jupyter-config-data");
  const { baseUrl, kernelId } = config ? JSON.parse(config.textContent) : {};
  model.send({ type: "here" }); // the page is built, and somebody looks: the kernel may have been made ready long before
  const banner = make("div", "vl-banner", { role: "alert" });
  const sentence = make("span");
  const restart = button(words.restart);
  restart.addEventListener("click", bringBack);
  el.append(banner);

  /** @type {State} */
  let state = "here";
  let missed = 0; // answers in a row
  let asking = false;

  /** @param {State} next */
  function become(next) {
    if (next === state || state === "gone") return;
    state = next;
    el.classList.toggle("vl-lost", state !== "here");
    sentence.textContent = state === "gone" ? words.gone : words.away;
    banner.replaceChildren(...(state === "here" ? [] : [sentence, restart]));
    window.dispatchEvent(new CustomEvent("voilens-connection", { detail: state }));
  }

  const fetched = () =>
    fetch(`${baseUrl}api/kernels/${kernelId}?no_track_activity=1`, {
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });

  async function ask() {
    if (asking || state === "gone" || document.visibilityState === "hidden") return;
    asking = true;
    try {
      const answer = await fetched();
      const kernel = answer.ok ? await answer.json() : {};
      const unknown = answer.status >= 400 && answer.status < 500; // to this server, which may be another by now
      if (unknown || kernel.execution_state === "dead") return become("gone");
      missed = answer.ok && kernel.connections !== 0 ? 0 : missed + 1; // alive, but no message of this page reaches it
    } catch (error) {
      missed += /** @type {Error} */ (error).name === "TimeoutError" ? 2 : 1;
    } finally {
      asking = false;
    }
    become(missed > 1 ? "away" : "here");
  }

  // Load the page again once there is a server to give it, with the photos that are on the targets.
  async function bringBack() {
    restart.disabled = true;
    try {
      await fetched();
    } catch {
      sentence.textContent = words.still_away;
      restart.disabled = false;
      return;
    }
    await loadAgain();
  }

  if (!("voila" in document.body.dataset && kernelId)) return;
  const timer = setInterval(ask, EVERY_MS);
  const gone = () => become("gone"); // another kernel under the same name knows nothing of this page
  model.on("comm_live_update", gone);
  let told = false; // Voilà tells the server where browsers have this event; some on phones have not
  const unload = () => (told = true);
  const leave = (/** @type {PageTransitionEvent} */ event) =>
    told || event.persisted || navigator.sendBeacon(`${baseUrl}voila/api/shutdown/${kernelId}`);
  const listening = new AbortController();
  const { signal } = listening;
  document.addEventListener("visibilitychange", ask, { signal });
  for (const name of ["voilens-silent", "online", "offline"]) window.addEventListener(name, ask, { signal });
  window.addEventListener("beforeunload", unload, { signal });
  window.addEventListener("pagehide", leave, { signal });
  return () => {
    clearInterval(timer);
    model.off("comm_live_update", gone);
    listening.abort();
  };
}

export default { render };
