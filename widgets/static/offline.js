// The page kept for times without a network, by a service worker (keeper.js); installed as a program where the browser offers that.

import { adopt, button, make } from "../shared/dom.js";
import WORDS from "./words.json" with { type: "json" };

/** @param {string} keeper the address of the service worker's script */
export function makeOffline(keeper) {
  const element = make("div");
  adopt(element, "vl-offline");
  const said = make("p", "vl-small", { role: "status" });
  const install = button(WORDS.offline.install);
  install.hidden = true;
  element.append(said, install);
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    install.hidden = false;
    install.onclick = () => {
      install.hidden = true;
      /** @type {any} */ (event).prompt();
    };
  });

  return {
    element,
    // Begun when the model is loaded and a photo that waited for it is answered, so that they do not share the line.
    async keep() {
      if (!navigator.serviceWorker) return void (said.textContent = WORDS.offline.not_here);
      const had = Boolean(navigator.serviceWorker.controller);
      said.textContent = had ? WORDS.offline.kept : WORDS.offline.keeping;
      navigator.serviceWorker.addEventListener("controllerchange", () => had && newer());
      try {
        const registration = await navigator.serviceWorker.register(keeper);
        await activated(registration);
        said.textContent ||= WORDS.offline.kept;
        if (said.textContent === WORDS.offline.keeping) said.textContent = WORDS.offline.kept;
      } catch {
        if (!had) said.textContent = WORDS.offline.failed;
      }
    },
  };

  function newer() {
    const load = button(WORDS.offline.reload);
    load.addEventListener("click", () => location.reload());
    said.replaceChildren(WORDS.offline.newer, " ", load);
  }
}

/** @param {ServiceWorkerRegistration} registration @returns {Promise<void>} once it keeps the page; it may fail to */
function activated(registration) {
  const worker = registration.installing ?? registration.waiting ?? registration.active;
  return new Promise((resolve, reject) => {
    const look = () => {
      if (worker?.state === "activated") resolve();
      if (worker?.state === "redundant") reject(new Error("it could not keep the page"));
    };
    worker?.addEventListener("statechange", look);
    look();
  });
}
