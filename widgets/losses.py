"""The top losses: the pictures on which the model was most sure of a wrong answer. Knows a report, no model."""

from __future__ import annotations

from typing import Any

import anywidget
import traitlets as t

from widgets import background
from widgets.assets import style
from widgets.matrix import pictures_of
from widgets.terms import script_with_terms

SHOWN = 12


class Losses(anywidget.AnyWidget):
    """The first SHOWN of a report's top losses, as pictures with label, prediction and loss."""

    _esm = script_with_terms("losses")
    _css = style("workshop")

    pictures = t.List(t.Dict()).tag(sync=True)

    def show(self, report: dict[str, Any]) -> None:
        """Show a report of `model.evaluate`; {} shows nothing."""
        self.pictures = []
        self._report = report
        wrong = [row for row in report.get("top_losses", []) if row["label"] != row["predicted"]]
        background.start(self._load(report, wrong[:SHOWN]))

    async def _load(self, report: dict[str, Any], rows: list[dict[str, Any]]) -> None:
        pictures = await pictures_of(rows)
        if report is self._report:
            self.pictures = pictures
