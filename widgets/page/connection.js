// The banner of a page whose kernel is gone. It asks the server, which does not count as using the kernel.
//
// Only on a page that Voilà serves: JupyterLab and Notebook tell of a lost kernel themselves.

import { adopt, button, make } from "../shared/dom.js";

/**
 * @import { Widget } from "../shared/widget.js"
 * @typedef {{ type: "here" }} Sent
 */

const EVERY_MS = 10_000;

/** @param {Widget<{}, Sent>} widget */
function render({ model, el }) {
  adopt(el, "vl-connection");
  const config = document.getElementById("jupyter-config-data");
  const { baseUrl, kernelId } = config ? JSON.parse(config.textContent) : {};
  model.send({ type: "here" }); // the page is built, and somebody looks: the kernel may have been made ready long before
  const banner = make("div", "vl-banner", { role: "alert" });
  el.append(banner);

  function lost() {
    window.dispatchEvent(new CustomEvent("voilens-lost")); // an upload that waits for the kernel waits in vain
    if (banner.hasChildNodes()) return;
    const words = make("span", "", {}, "The server went to sleep. What you see stays, but new photos need a restart.");
    const restart = button("Restart");
    restart.addEventListener("click", () => location.reload());
    banner.append(words, restart);
    el.classList.add("vl-lost");
  }

  let failures = 0;
  async function ask() {
    try {
      const answer = await fetch(`${baseUrl}api/kernels/${kernelId}?no_track_activity=1`, { cache: "no-store" });
      failures = answer.status === 404 ? 2 : answer.ok ? 0 : failures + 1;
    } catch {
      failures += 1;
    }
    if (failures > 1) lost();
  }
  const watches = "voila" in document.body.dataset && kernelId;
  const timer = watches && setInterval(ask, EVERY_MS);
  const awake = () => watches && document.visibilityState === "visible" && ask();
  document.addEventListener("visibilitychange", awake);
  if (watches) window.addEventListener("voilens-silent", ask);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", awake);
    window.removeEventListener("voilens-silent", ask);
  };
}

export default { render };
