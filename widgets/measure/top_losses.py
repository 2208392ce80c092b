"""The top losses: the pictures on which the model was most sure of a wrong answer. Knows a report, no model."""

from __future__ import annotations

from typing import Any

import traitlets as t

from widgets.shared import ExplainingWidget, Explains, picture_at, pictures_of, run_in_background, script

SHOWN = 12


class TopLosses(ExplainingWidget):
    """The first SHOWN of a report's top losses, as pictures with label, prediction and loss."""

    _esm = script("measure/top_losses")

    pictures = t.List(t.Dict()).tag(sync=True)

    def __init__(self, **traits: Any):
        super().__init__(**traits)
        self._report: dict[str, Any] = {}

    def show(self, report: dict[str, Any], explain: Explains | None = None) -> None:
        """Show a report of `model.evaluation`, {} for nothing; `explain` is of the model that it is of."""
        self.pictures = []
        self._report = report
        wrong = [row for row in report.get("top_losses", []) if row["label"] != row["predicted"]][:SHOWN]
        self.explain_with(explain, lambda place: picture_at(wrong, place))
        run_in_background(self._load(report, wrong))

    async def _load(self, report: dict[str, Any], rows: list[dict[str, Any]]) -> None:
        pictures = await pictures_of(rows)
        if report is self._report:
            self.pictures = pictures
