// The page that Voilà serves: its widgets built where the notebook shows them.

import { Widget } from "@lumino/widgets";

import { Manager } from "./manager.js";

/** @type {import("./start.js").Start} */
const { kernel, control } = /** @type {any} */ (window).voilensStart;
const manager = new Manager(kernel, control);
await manager.load();
for (const place of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-widget]"))) {
  const view = await manager.create_view(await manager.get_model(place.dataset.widget));
  Widget.attach(view.luminoWidget, place);
}
document.getElementById("loading")?.remove();
