// What npm brings when the page is bundled, for the check of types, which does without it.

declare module "@jupyter-widgets/base";
declare module "@jupyter-widgets/base-manager/lib/manager-base.js";
declare module "@jupyter-widgets/controls";
declare module "@jupyter-widgets/controls/lib/widget_box.js";
declare module "@jupyter-widgets/controls/lib/widget_button.js";
declare module "@jupyter-widgets/controls/lib/widget_selectioncontainer.js";
declare module "@jupyter-widgets/controls/lib/widget_string.js";
declare module "@lumino/widgets";
declare module "anywidget";
declare module "lumino-source/layout.ts";
declare module "lumino-source/panel.ts";
declare module "lumino-source/panellayout.ts";
declare module "lumino-source/tabbar.ts";
declare module "lumino-source/title.ts";
declare module "lumino-source/widget.ts";
