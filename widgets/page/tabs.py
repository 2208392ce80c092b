"""The parts of the page behind a row of buttons, each built when it is first looked at. Knows no part."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import ipywidgets as ipw
import traitlets as t

from widgets.shared import BrowserWidget, script


class TabBar(BrowserWidget):
    """A row of buttons, of which one is chosen; the page's address remembers which."""

    _esm = script("page/tabs")

    titles = t.List(t.Unicode()).tag(sync=True)
    chosen = t.Unicode("").tag(sync=True)


class Tabs(ipw.VBox):
    """`makers` gives for each title what makes its part; `chosen` is the title of the one that is shown."""

    chosen = t.Unicode()

    def __init__(self, makers: Mapping[str, Callable[[], ipw.Widget]], **traits: Any):
        self._makers = dict(makers)
        self._made: dict[str, ipw.Widget] = {}
        titles = list(makers)
        self.tab_bar = TabBar(titles=titles, chosen=titles[0])
        self._boxes = {title: ipw.VBox(layout={"display": "none"}) for title in titles}
        super().__init__([*([self.tab_bar] if titles[1:] else []), *self._boxes.values()], **traits)
        self.tab_bar.observe(self._on_tab_bar_chosen, "chosen")
        self.observe(self._update_shown, "chosen")
        self.chosen = titles[0]

    def part(self, title: str) -> ipw.Widget:
        """The part behind `title`, made now if nobody has looked at it yet."""
        if title not in self._made:
            self._made[title] = self._makers[title]()
            self._boxes[title].children = [self._made[title]]
        return self._made[title]

    def _on_tab_bar_chosen(self, change: t.Bunch) -> None:
        """A browser may say anything: only the title of a part changes something."""
        if change["new"] in self._makers:
            self.chosen = change["new"]

    def _update_shown(self, _change: Any) -> None:
        self.tab_bar.chosen = self.chosen
        self.part(self.chosen)
        for title, box in self._boxes.items():
            box.layout.display = "" if title == self.chosen else "none"
