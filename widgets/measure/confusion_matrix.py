"""The confusion matrix, to click on: which pictures of one class the model mistakes for another. Knows a report, no model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as ipw
import traitlets as t

from model.core import percent_tenths
from widgets.shared import Answer, ExplainingWidget, Explains, picture_at, pictures_of, run_in_background, script

LARGEST = 30  # classes that are shown as a matrix; beyond, only what is mistaken most often
MOST_PAIRS = 40  # of such mistakes
SHOWN = 24  # pictures of a cell


class ConfusionMatrix(ExplainingWidget):
    """A report's confusion matrix with precision and recall of each class; `cell` is the one that was clicked."""

    _esm = script("measure/confusion_matrix")

    classes = t.List(t.Unicode()).tag(sync=True)
    confusion = t.List(t.List(t.Int()), help="rows actual, columns predicted; empty beyond LARGEST classes").tag(sync=True)
    confused_pairs = t.List(t.Dict(), help="what is mistaken most often: {row, column, count}").tag(sync=True)
    per_class = t.List(t.Dict(), help="{label, precision, recall, count} as texts").tag(sync=True)
    cell = t.Dict(help="{row, column, count, pictures: [{name, thumbnail, probability}]}, or empty").tag(sync=True)

    def __init__(self, **traits: Any):
        super().__init__(**traits)
        self._answers: list[Answer] = []
        self._shown: list[Answer] = []  # those of the chosen cell, as far as they are shown
        self._chosen = 0  # counts the choices: pictures of an earlier one, or of another report, come too late
        self._cell_handlers = ipw.CallbackDispatcher()
        self.on_msg(self._on_browser_message)

    def on_cell(self, handler: Callable[[str, str, list[Answer]], None]) -> None:
        """Call `handler(actual, predicted, answers)` when a cell is clicked; `answers` are those of its pictures."""
        self._cell_handlers.register_callback(handler)

    def show(self, report: dict[str, Any], explain: Explains | None = None) -> None:
        """Show a report of `model.evaluation`, {} for nothing; `explain` is of the model that it is of."""
        self._shown = []
        self.explain_with(explain, lambda place: picture_at(self._shown, place))
        classes, counts = report.get("classes", []), report.get("confusion", [])
        self._answers = report.get("answers") or report.get("top_losses") or []
        self._chosen += 1
        with self.hold_sync():
            self.cell = {}
            self.classes = classes
            self.confusion = counts if len(classes) <= LARGEST else []
            self.confused_pairs = _confused_pairs(counts)
            self.per_class = [_texts(label, row) for label, row in report.get("per_class", {}).items()]

    def choose(self, row: int, column: int) -> None:
        """Show the pictures of one cell, and tell of it."""
        actual, predicted = self.classes[row], self.classes[column]
        found = [answer for answer in self._answers if (answer["label"], answer["predicted"]) == (actual, predicted)]
        found.sort(key=lambda answer: -answer.get("loss", 0.0))
        self.cell = {"row": row, "column": column, "count": len(found), "pictures": []}
        self._chosen += 1
        self._shown = found[:SHOWN]
        self.forget_why()
        run_in_background(self._load(self._chosen, self._shown))
        self._cell_handlers(actual, predicted, found)

    async def _load(self, chosen: int, answers: list[Answer]) -> None:
        pictures = await pictures_of(answers)
        if chosen == self._chosen:
            self.cell = {**self.cell, "pictures": pictures}

    def _on_browser_message(self, _widget: Any, message: dict[str, Any], _buffers: list) -> None:
        row, column = message.get("row"), message.get("column")
        if message.get("type") != "cell" or not (isinstance(row, int) and isinstance(column, int)):
            return
        places = range(len(self.classes))
        if row in places and column in places:
            self.choose(row, column)


def _confused_pairs(counts: list[list[int]]) -> list[dict[str, int]]:
    mistaken = [
        {"row": row, "column": column, "count": count}
        for row, line in enumerate(counts)
        for column, count in enumerate(line)
        if count and row != column
    ]
    return sorted(mistaken, key=lambda pair: -pair["count"])[:MOST_PAIRS]


def _texts(label: str, row: dict[str, float]) -> dict[str, str]:
    return {
        "label": label,
        "precision": percent_tenths(row["precision"]),
        "recall": percent_tenths(row["recall"]),
        "count": f"{row['count']:,}",
    }
