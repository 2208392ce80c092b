// The first script of the page, a part of its HTML: asks the kernel for its widgets while the scripts that build them are on their way.

import { unique } from "./frames.js";
import { Kernel } from "./kernel.js";

/** @typedef {{ kernel: Kernel, control: import("./kernel.js").Comm }} Start */

const { baseUrl, kernelId } = JSON.parse(document.getElementById("jupyter-config-data")?.textContent ?? "{}");
const kernel = new Kernel(`${baseUrl}api/kernels/${kernelId}/`);
const control = kernel.comm("jupyter.widget.control", unique());
control.open({}, undefined, { version: "1.0.0" });
control.send({ method: "request_states" });
Object.assign(window, { voilensStart: { kernel, control } });

window.addEventListener("pagehide", ({ persisted }) => {
  if (persisted) return; // it may come back
  kernel.end();
  navigator.sendBeacon(`${baseUrl}voila/api/shutdown/${kernelId}`);
});
