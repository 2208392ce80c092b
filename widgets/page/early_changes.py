"""What changed before the browser had built the page. Knows no part.

A browser asks once for the state of all widgets and then makes them, one after another; a change that comes meanwhile is
for a widget that it does not know yet, and is dropped there without a word.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import ipywidgets as ipw
import traitlets as t


class EarlyChanges:
    """Keeps the names of the traits that change in a tree of widgets, until `send_again` is called for the first time."""

    def __init__(self, root: ipw.Widget):
        self._changed: dict[ipw.Widget, set[str]] = defaultdict(set)
        self._watched = list(_widgets_of(root))
        for widget in self._watched:
            widget.observe(self._on_change, t.All)

    def send_again(self) -> None:
        """The browser has built the page: send the values of now for all that changed since."""
        for widget in self._watched:
            widget.unobserve(self._on_change, t.All)
        for widget, names in self._changed.items():
            widget.send_state(names)
        self._watched, self._changed = [], defaultdict(set)

    def _on_change(self, change: t.Bunch) -> None:
        if change.name in change.owner.keys:  # not what stays in the kernel
            self._changed[change.owner].add(change.name)


def _widgets_of(root: ipw.Widget) -> Iterator[ipw.Widget]:
    yield root
    if isinstance(root, ipw.DOMWidget):
        yield root.layout
    for child in getattr(root, "children", ()):
        yield from _widgets_of(child)
