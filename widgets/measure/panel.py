"""The measure panel: how good a trained model is, whether it beats something simple, what it mistakes; then to use it.

Knows widgets, runs and reports, not how one measures. Its `state` is that of the report; the baselines and the comparison
have their own. What takes long is a process of its own, found again after a reload.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as ipw
import traitlets as t

from model import evaluation, jobs
from model.artifacts import EXPORT, serving_state
from model.core import absolute
from model.errors import AppError
from model.jobs import Event, Run
from widgets.measure import summary, trained_model
from widgets.measure.baseline_ladder import BaselineLadder
from widgets.measure.confusion_matrix import ConfusionMatrix
from widgets.measure.run_history import RunHistory
from widgets.measure.summary import Summary
from widgets.measure.top_losses import TopLosses
from widgets.measure.trained_model import RunReport, TrainedModel
from widgets.shared import Follower, Project, run_in_background, use_styles

STATES = summary.STATES
SERVES = "The page answers with this model from now on. The one before can be brought back."
BACK = "The model before is back, and the page answers with it."
NAMED = "It serves from now on. This page was opened with another model, and keeps to that: open it without MODEL= to see it."
BASELINES_MISSING = "The simple methods are not measured yet."
NONE_YET = "There is no trained model yet: train one first, then this page says how good it is."


class MeasurePanel(ipw.VBox):
    """Shows `project.run`. `on_cell` and `on_use` call handlers when pictures of a class are wanted, or a model is used."""

    state = t.Enum(STATES, default_value="empty")
    split = t.Enum(tuple(summary.SPLITS), default_value="valid")
    report = t.Dict(help="what `model.evaluation` says of the run's model, empty while it is not known")

    def __init__(self, project: Project, **traits: Any):
        use_styles("measure")
        self.project = project
        self._model: TrainedModel | None = None
        self._measuring = Follower(self._on_measuring_events)
        self._measuring_baselines = Follower(self._on_baseline_events)
        self._comparing = Follower(self._on_comparing_events)
        self._cell_handlers, self._use_handlers = ipw.CallbackDispatcher(), ipw.CallbackDispatcher()
        self.intro = ipw.HTML("<h1>How good is it?</h1><p>Measured on pictures that it has not learned from.</p>")
        self.summary = Summary()
        self.ladder = BaselineLadder()
        self.matrix = ConfusionMatrix()
        self.losses = TopLosses()
        self.history = RunHistory()
        super().__init__(self._compose(), **traits)
        for name in ("vl-panel", "vl-workshop", "vl-measure"):
            self.add_class(name)
        self.summary.on_use(self.use)
        self.summary.on_back(self.roll_back)
        self.summary.on_split(self._on_summary_split)
        self.summary.on_again(self._measure)
        self.summary.on_shown(self._on_summary_shown)
        self.ladder.on_measure(self._measure_baselines)
        self.matrix.on_cell(self._on_matrix_cell)
        self.history.on_show(self._on_history_show)
        self.history.on_compare(self._on_history_compare)
        self.observe(self._update_state, ["state", "split"])
        project.observe(self._update_run, "run")
        project.observe(self._update_used, "model")
        self._update_run()

    def on_cell(self, handler: Callable[..., None]) -> None:
        """Call `handler(data, label=, split=, files=)` when a cell is clicked, files by the names of the catalog of `data`.

        `data` is the folder that was measured. Where the report does not name the pictures of a cell, `predicted=` takes
        the place of the files.
        """
        self._cell_handlers.register_callback(handler)

    def on_use(self, handler: Callable[[], None]) -> None:
        """Call `handler()` when another model serves."""
        self._use_handlers.register_callback(handler)

    # ---- what happens

    def use(self) -> None:
        """Make the run's model the one that serves."""
        if self._model is not None:
            run_in_background(self._serve(self._model.export, SERVES))

    def roll_back(self) -> None:
        """Make the model that served before serve again."""
        before = serving_state.previous()
        if before:
            run_in_background(self._serve(before, BACK))

    def _on_summary_shown(self) -> None:
        """A page can be shown long after its kernel was made ready: meanwhile there may be a newer model."""
        now = self._model and self._model.run
        if self.state in ("empty", "failed") or (not self.project.run and trained_model.newest_training() != now):
            self._update_run()
        else:
            self._update_used()

    def _on_summary_split(self, split: str) -> None:
        self.split = split
        self._update_report()

    def _on_matrix_cell(self, actual: str, predicted: str, answers: list[dict[str, Any]]) -> None:
        if self._model is None:
            return
        files = self._model.relative_files([answer["file"] for answer in answers])
        known: dict[str, Any] = {"files": files} if files else {"predicted": predicted}
        self._cell_handlers(self._model.data, label=actual, split=self.split, **known)

    def _on_history_show(self, folder: str) -> None:
        self.project.run = folder

    def _on_measuring_events(self, run: Run, state: jobs.State, events: list[Event]) -> None:
        if state == "running":
            self._show_progress(self.summary, "Measuring", events)
        elif run.result and "confusion" in run.result:
            self._show(run.result)
        else:
            self._fail(run.sentence)

    def _on_baseline_events(self, run: Run, state: jobs.State, events: list[Event]) -> None:
        if state == "running":
            self._show_progress(self.ladder, "Measuring the simple methods", events)
        elif run.result and run.result.get("ladder"):
            self._update_baselines()
        else:
            self.ladder.sentence, self.ladder.state = run.sentence or BASELINES_MISSING, "failed"

    def _on_comparing_events(self, run: Run, state: jobs.State, _events: list[Event]) -> None:
        if state == "running":
            return
        found = (run.result or {}).get("comparison")
        self.history.comparison = _compared(found) if found else {"kind": "bad", "sentence": run.sentence}
        self.history.state = "compared" if found else "failed"

    # ---- long work

    def _measure(self) -> None:
        """Have the run's model measured on the pictures of `split`."""
        if self._model is None:
            return
        self.state, self.summary.sentence = "measuring", "Measuring"
        try:
            self._measuring.follow(trained_model.join_or_start("evaluate", self._model.evaluation_arguments(self.split)))
        except (AppError, OSError) as error:
            self._fail(str(error))

    def _measure_baselines(self) -> None:
        """Have the simple methods measured on the same pictures."""
        if self._model is None:
            return
        self.ladder.state, self.ladder.sentence = "measuring", "Measuring the simple methods"
        try:
            run = trained_model.join_or_start("baselines", self._model.baseline_arguments())
            self._measuring_baselines.follow(run)
        except (AppError, OSError) as error:
            self.ladder.sentence, self.ladder.state = str(error), "failed"

    def _on_history_compare(self, newer: str, older: str) -> None:
        first, second = jobs.find(newer), jobs.find(older)
        exports = [str(run.folder / EXPORT) for run in (first, second)]
        self.history.state = "comparing"
        try:
            if first.arguments[0] != second.arguments[0]:
                raise AppError("These two learned from different folders: only models of the same pictures can be compared.")
            arguments = [first.arguments[0], "--model", exports[0], "--compare", exports[1], "--split", "valid"]
            self._comparing.follow(jobs.start("evaluate", arguments))
        except (AppError, OSError) as error:
            self.history.comparison, self.history.state = {"kind": "bad", "sentence": str(error)}, "failed"

    async def _serve(self, export: Path, sentence: str) -> None:
        try:
            await asyncio.to_thread(serving_state.serve, export)
        except AppError as error:
            self.summary.notice = str(error)
            return
        self._update_used()
        self.summary.notice = NAMED if self.project.model else sentence
        self._use_handlers()

    # ---- what is shown

    def _compose(self) -> list[ipw.Widget]:
        return [self.intro, self.summary, self.ladder, self.matrix, self.losses, self.history]

    def _update_run(self, _change: Any = None) -> None:
        try:
            run = jobs.find(self.project.run) if self.project.run else trained_model.newest_training()
        except AppError:
            run = None
        self._model = TrainedModel(run) if run else None
        for follower in (self._measuring, self._measuring_baselines):
            follower.leave()
        self.split, self.summary.notice = "valid", ""
        self.summary.title = self._model.title if self._model else ""
        self._update_used()
        self._update_report()

    def _update_report(self) -> None:
        """Show what is known of the model on this split, or have it measured."""
        self.report = {}
        self.matrix.show({})
        self.losses.show({})
        if self._model is None:
            self.summary.sentence, self.state = NONE_YET, "empty"
            return
        report = self._model.report(self.split)
        earlier = trained_model.latest_run("evaluate", self._model.evaluation_arguments(self.split))
        if report:
            self._show(report)
        elif earlier and earlier.state == "failed":  # it would fail again: that is for the person to try
            self._fail(earlier.sentence)
        else:
            self._measure()

    def _show(self, report: RunReport) -> None:
        self.report = report
        self.summary.show(report, self._model.result.get("history", []) if self._model else [])
        self.summary.testable = report.get("has_test", True)
        self.summary.test_uses = self._test_uses()
        self.matrix.show(report)
        self.losses.show(report)
        self.state = "ready"
        self._update_baselines()

    def _test_uses(self) -> str:
        """How often the test pictures have been used, in words."""
        count = self._model.test_uses() if self._model else None
        if self.split == "test":
            return evaluation.test_use_sentence(count or None)
        return {None: "", 0: "Nobody has looked at them yet."}.get(count, f"Looked at so far: {count} ×.")

    def _fail(self, sentence: str) -> None:
        self.summary.sentence, self.state = sentence or "It could not be measured: try again.", "failed"

    def _update_baselines(self) -> None:
        """The baselines are of validation pictures; those measured beside another model on the same pictures will do."""
        if self._model is None or self.split != "valid" or not self.report:
            self.ladder.state = "empty"
            return
        found = self._model.baselines(self.report["count"])
        before = trained_model.latest_run("baselines", self._model.baseline_arguments())
        if found:
            baselines, beaten = found
            self.ladder.show(baselines, {**self.report, "seconds": self._model.result.get("seconds")}, beaten)
        elif before is None or before.state == "running":
            self._measure_baselines()
        else:
            self.ladder.sentence, self.ladder.state = before.sentence or BASELINES_MISSING, "failed"

    def _update_state(self, _change: Any = None) -> None:
        self.summary.state, self.summary.split = self.state, self.split

    def _update_used(self, _change: Any = None) -> None:
        used = self.project.export
        self.summary.used = self._model is not None and absolute(self._model.export) == used
        self.summary.replaced = serving_state.previous() is not None
        self.history.show(str(self._model.run.folder) if self._model else "", used)

    def _show_progress(self, part: Summary | BaselineLadder, what: str, events: list[Event]) -> None:
        last = next((event for event in reversed(events) if "done" in event), None)
        if last:
            far = f"{last['done']:,} of {last['total']:,}" if "total" in last else f"{100 * last['done']:.0f} %"
            phase = last.get("phase") or what
            part.sentence = f"{phase[:1].upper()}{phase[1:]}: {far}"


def _compared(found: dict[str, Any]) -> dict[str, str]:
    """A comparison of `model.evaluation` as a sentence."""
    kind = {"better": "good", "worse": "bad"}.get(found.get("verdict", ""), "unsure")
    return {"kind": kind, "sentence": found.get("sentence", "")}
