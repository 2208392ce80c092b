// The page that Voilà serves: its widgets built where the notebook shows them, and its kernel told when the tab closes.

import { Widget } from "@lumino/widgets";

import { Kernel } from "./kernel.js";
import { Manager } from "./manager.js";

const { baseUrl, kernelId } = JSON.parse(document.getElementById("jupyter-config-data")?.textContent ?? "{}");

async function build() {
  const kernel = new Kernel(`${baseUrl}api/kernels/${kernelId}/`);
  window.addEventListener("pagehide", ({ persisted }) => {
    if (persisted) return; // it may come back
    kernel.end();
    navigator.sendBeacon(`${baseUrl}voila/api/shutdown/${kernelId}`);
  });
  const manager = new Manager(kernel);
  await manager.load();
  for (const place of document.querySelectorAll("[data-widget]")) {
    const model = await manager.get_model(/** @type {HTMLElement} */ (place).dataset.widget);
    const view = await manager.create_view(model);
    Widget.attach(view.luminoWidget, /** @type {HTMLElement} */ (place));
  }
  document.getElementById("loading")?.remove();
}

if (kernelId) build();
