// The controls of ipywidgets that the page does not begin with: loaded where one is used.

import * as controls from "@jupyter-widgets/controls";

export default /** @type {Record<string, any>} */ (controls);
