"""How a model bears degraded copies of the pictures it was measured on, as a table. Knows figures, not how one degrades."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import traitlets as t

from model.core import percent, percent_interval
from widgets.shared import BrowserWidget, script

COPIES = {
    "grey": "black and white",
    "dark": "dark",
    "blurred": "out of focus",
    "turned_15": "askew, by 15°",
    "turned_90": "on their side, by 90°",
    "tinted": "in coloured light",
    "background": "on another background",
}
NONE_SURE = "sure of none"

Row = dict[str, Any]  # as of `model.evaluation.degraded_figures`


class DegradedCopies(BrowserWidget):
    """`rows` are the kinds of copies, with texts; nothing is shown while there are none."""

    _esm = script("measure/degraded_copies")

    sentence = t.Unicode("", help="where its sure answers are worth least").tag(sync=True)
    rows = t.List(t.Dict(), help="{copies, right, sure, among}: texts").tag(sync=True)

    def show(self, rows: Sequence[Row]) -> None:
        """Show what was measured of each kind of copies; [] shows nothing."""
        with self.hold_sync():
            self.sentence = _sentence(rows)
            self.rows = [_texts(row) for row in rows]


def _sentence(rows: Sequence[Row]) -> str:
    sure = [row for row in rows if row["answered_accuracy"] is not None]
    if not sure:
        return "It is sure of none of them." if rows else ""
    worst = min(sure, key=lambda row: row["answered_accuracy"])
    among = percent_interval(worst["answered_accuracy"], worst["answered_interval"])
    return f"On copies that are {_name(worst)}, {among} of its sure answers are right; on all the others at least as many."


def _texts(row: Row) -> dict[str, str]:
    sure = row["answered_accuracy"] is not None
    return {
        "copies": f"{_name(row)} ({row['count']:,})",
        "right": percent_interval(row["accuracy"], row["interval"]),
        "sure": percent(row["answered"]),
        "among": percent_interval(row["answered_accuracy"], row["answered_interval"]) if sure else NONE_SURE,
    }


def _name(row: Row) -> str:
    return COPIES.get(row["name"], str(row["name"]))
