"""Two trainings compared on the same pictures, as the person ticked them. Knows runs and the table of trainings, no figures."""

from __future__ import annotations

from typing import Any

from model import jobs
from model.errors import AppError
from model.jobs import Event, Run
from widgets.measure.run_history import RunHistory
from widgets.measure.trained_model import TrainedModel
from widgets.shared import Follower

OTHER_FOLDERS = "These two learned from different folders: only models of the same pictures can be compared."


class Comparing:
    """Has the two that are ticked in the `history` compared, and says there what came of it: which two, on what."""

    def __init__(self, history: RunHistory):
        self._history = history
        self._follower = Follower(self._on_events)
        history.on_compare(self.compare)

    def compare(self, newer: str, older: str) -> None:
        """Compare the models of two run folders on the validation pictures of their folder."""
        try:
            first, second = TrainedModel(jobs.find(newer)), TrainedModel(jobs.find(older))
            names = f"{first.name} beside {second.name}, on the validation pictures of {first.folder_name}"
            self._history.comparison = {"folders": [newer, older], "about": names}
            self._history.state = "comparing"
            if first.evaluated_on != second.evaluated_on:
                raise AppError(OTHER_FOLDERS)
            self._follower.follow(
                jobs.start("evaluate", [*first.evaluation_arguments("valid"), "--compare", str(second.export)])
            )
        except (AppError, OSError) as error:
            self._follower.leave()
            self._end({"kind": "bad", "sentence": str(error)}, "failed")

    def _on_events(self, run: Run, state: jobs.State, _events: list[Event]) -> None:
        if state == "running":
            return
        found = (run.result or {}).get("comparison")
        if found:
            self._end(_in_words(found), "compared")
        else:
            self._end({"kind": "bad", "sentence": run.sentence}, "failed")

    def _end(self, said: dict[str, str], state: str) -> None:
        self._history.comparison = {**self._history.comparison, **said}
        self._history.state = state


def _in_words(found: dict[str, Any]) -> dict[str, str]:
    """A comparison of `model.evaluation` as a sentence."""
    kind = {"better": "good", "worse": "bad"}.get(found.get("verdict", ""), "unsure")
    return {"kind": kind, "sentence": found.get("sentence", "")}
