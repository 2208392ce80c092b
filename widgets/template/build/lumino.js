// What ipywidgets takes from @lumino/widgets, without its docks, menus and palettes.

export { Layout, LayoutItem } from "lumino-source/layout.ts";
export { Panel } from "lumino-source/panel.ts";
export { PanelLayout } from "lumino-source/panellayout.ts";
export { TabBar } from "lumino-source/tabbar.ts";
export { Title } from "lumino-source/title.ts";
export { Widget } from "lumino-source/widget.ts";
