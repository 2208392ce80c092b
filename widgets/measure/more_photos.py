"""Would more photos help? Offered, measured by a run of its own, drawn. Knows runs and figures, not how one measures."""

from __future__ import annotations

from typing import Any

import traitlets as t

from model import evaluation, jobs
from model.core import percent, percent_interval
from model.errors import AppError
from model.jobs import Event, Run
from widgets.measure import trained_model
from widgets.measure.how_far import how_far
from widgets.measure.trained_model import RunReport, TrainedModel
from widgets.shared import BrowserWidget, Follower, script

STATES = ("empty", "offered", "measuring", "ready", "failed")

Curve = dict[str, Any]  # as of `model.evaluation.learning_curve`


class MorePhotos(BrowserWidget):
    """The learning curve of the pictures that a model was trained on: how many are right after learning from fewer, or more."""

    _esm = script("measure/more_photos")

    state = t.Enum(STATES, default_value="empty").tag(sync=True)
    sentence = t.Unicode("", help="what it says, how far it is, or what went wrong").tag(sync=True)
    points = t.List(t.Dict(), help="{name, accuracy, low, high, text, guess}").tag(sync=True)
    classes = t.List(t.Dict(), help="{name, right, gain}: texts").tag(sync=True)
    how = t.Unicode("").tag(sync=True)

    def __init__(self, **traits: Any):
        super().__init__(**traits)
        self._follower = Follower(self._on_run_events)
        self._model: TrainedModel | None = None
        self.on_msg(self._on_browser_message)

    def clear(self) -> None:
        """Show nothing, and hear no more of a measurement."""
        self._follower.leave()
        with self.hold_sync():
            self.points, self.classes, self.sentence, self.how, self.state = [], [], "", "", "empty"

    def offer(self, model: TrainedModel, report: RunReport) -> None:
        """Show what is known of the pictures of this report, follow what is being measured, or offer it."""
        self.clear()
        self._model = model
        before = trained_model.latest_run("evaluate", model.curve_arguments())
        if before and before.state == "running":
            self._follow(before)
        elif before and before.result and "curve" in before.result and evaluation.of_same_pictures(before.result, report):
            self._show(before.result["curve"])
        else:
            self.state = "offered"

    def measure(self) -> None:
        """Have it measured."""
        if self._model is not None:
            try:
                self._follow(trained_model.join_or_start("evaluate", self._model.curve_arguments()))
            except (AppError, OSError) as error:
                self.sentence, self.state = str(error), "failed"

    def _follow(self, run: Run) -> None:
        self.sentence, self.state = "Looking at the pictures", "measuring"
        self._follower.follow(run)

    def _on_run_events(self, run: Run, state: jobs.State, events: list[Event]) -> None:
        if state == "running":
            self.sentence = how_far(events, "Looking at the pictures") or self.sentence
        elif run.result and "curve" in run.result:
            self._show(run.result["curve"])
        else:
            self.sentence, self.state = run.sentence or "It could not be measured: try again.", "failed"

    def _show(self, curve: Curve) -> None:
        points = [_point(point, guess=False) for point in curve["points"]]
        with self.hold_sync():
            self.points = [*points, _point(curve["doubled"], guess=True)]
            self.classes = [_texts(row) for row in curve["classes"]]
            self.sentence, self.how, self.state = curve["sentence"], curve["how"], "ready"

    def _on_browser_message(self, _widget: Any, message: dict[str, Any], _buffers: list) -> None:
        if message.get("type") == "measure":
            self.measure()


def _point(point: dict[str, Any], guess: bool) -> dict[str, Any]:
    low, high = point["interval"]
    return {
        "name": f"{point['photos']:,} photos{', a guess' if guess else ''}",
        "accuracy": point["accuracy"],
        "low": low,
        "high": high,
        "text": percent_interval(point["accuracy"], point["interval"]),
        "guess": guess,
    }


def _texts(row: dict[str, Any]) -> dict[str, str]:
    low, high = (round(100 * bound) for bound in row["gain"])
    right = f"{percent(row['right'])} of {row['photos']:,}"
    return {"name": row["name"], "right": right, "gain": f"{low} to {high} points" if high else "less than a point"}
