"""The measure panel: how good a trained model is, whether it beats something simple, what it mistakes; then to use it.

Knows widgets, runs and reports, not how one measures. Its `state` is that of the report; the baselines and the comparison
have their own. What takes long is a process of its own, found again after a reload.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as ipw
import traitlets as t

from model import evaluation, jobs
from model.errors import AppError
from model.jobs import Event, Run
from widgets.measure import page_model, summary, trained_model
from widgets.measure.baseline_ladder import BaselineLadder
from widgets.measure.comparing import Comparing
from widgets.measure.confusion_matrix import ConfusionMatrix
from widgets.measure.degraded_copies import DegradedCopies
from widgets.measure.how_far import how_far
from widgets.measure.keeping import Keeping
from widgets.measure.more_photos import MorePhotos
from widgets.measure.run_history import RunHistory
from widgets.measure.summary import Summary
from widgets.measure.top_losses import TopLosses
from widgets.measure.trained_model import Ladder, RunReport, TrainedModel
from widgets.shared import Follower, Project, run_in_background, use_styles

STATES = summary.STATES
NAMED = "It serves from now on. This page was opened with another model, and keeps to that: open it without MODEL= to see it."
BASELINES_MISSING = "The simple methods are not measured yet."
CHANGED = "The pictures of {folder} are others by now than those that it was measured on."
OF_NOW = "These are of the {count:,} validation pictures of {folder} as they are now, not of those above."
OF_ALL = "Of the same {count:,} validation pictures of {folder}."
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
        self._cell_handlers, self._use_handlers, self._next_handlers = (ipw.CallbackDispatcher() for _ in range(3))
        self.intro = ipw.HTML("<h1>How good is it?</h1><p>Measured on pictures that it has not learned from.</p>")
        self.summary = Summary()
        self.ladder = BaselineLadder()
        self.degraded, self.photos = DegradedCopies(), MorePhotos()
        self.matrix = ConfusionMatrix()
        self.losses = TopLosses()
        self.history = RunHistory()
        parts = (self.intro, self.summary, self.ladder, self.degraded, self.photos, self.matrix, self.losses, self.history)
        super().__init__(parts, **traits)
        for name in ("vl-panel", "vl-workshop", "vl-measure"):
            self.add_class(name)
        self.summary.on_use(self.use)
        self.summary.on_back(self.roll_back)
        self.summary.on_split(self._on_summary_split)
        self.summary.on_again(self._measure)
        self.summary.on_next(self._on_summary_next)
        self.summary.on_shown(self.refresh)
        self.ladder.on_measure(self._measure_baselines)
        self.matrix.on_cell(self._on_matrix_cell)
        self.history.on_show(lambda folder: project.set_trait("run", folder))
        self._comparing = Comparing(self.history)
        self._keeping = Keeping(self.history, project, self._on_kept_change)
        self.observe(self._update_state, ["state", "split"])
        project.observe(self._update_run, "run")
        project.observe(self._update_used, "model")
        self._update_run()

    def on_cell(self, handler: Callable[..., None]) -> None:
        """Call `handler(data, label=, split=, files=)` when a cell is clicked, files by the names of the catalog of `data`.

        `data` is the folder that was measured; `labels=` is its CSV, where the labels are in one. Where the report does not
        name the pictures of a cell, `predicted=` takes the place of the files.
        """
        self._cell_handlers.register_callback(handler)

    def on_use(self, handler: Callable[[], None]) -> None:
        """Call `handler()` when another model serves."""
        self._use_handlers.register_callback(handler)

    def on_next(self, handler: Callable[[str, str, str], None]) -> None:
        """Call `handler(step, data, labels)` when the person goes on with the page's model: "classify", "clean" its folder."""
        self._next_handlers.register_callback(handler)

    # ---- what happens

    def use(self) -> None:
        """Make the run's model the one that serves."""
        if self._model is not None:
            run_in_background(self._serve(self._model.export, page_model.SERVES))

    def roll_back(self) -> None:
        """Make the model that served before serve again."""
        before = page_model.before()
        if before:
            run_in_background(self._serve(before, page_model.BACK))

    def refresh(self) -> None:
        """Somebody looks, or a training has ended: there may be a newer model than when this was made."""
        now = self._model and self._model.run
        if self.state in ("empty", "failed") or (not self.project.run and trained_model.newest_training() != now):
            self._update_run()
        else:
            self._update_used()

    def _on_summary_next(self, step: str) -> None:
        if self._model is not None:
            self._next_handlers(step, self._model.data, self._model.labels)

    def _on_summary_split(self, split: str) -> None:
        self.split = split
        self._update_report()

    def _on_matrix_cell(self, actual: str, predicted: str, answers: list[dict[str, Any]]) -> None:
        if self._model is None:
            return
        files = self._model.relative_files([answer["file"] for answer in answers])
        known: dict[str, Any] = {"files": files} if files else {"predicted": predicted}
        if self._model.labels:
            known["labels"] = self._model.labels
        self._cell_handlers(self._model.data, label=actual, split=self.split, **known)

    def _on_kept_change(self) -> None:
        """A training has another name, was deleted or brought back, be it the one that is looked at."""
        gone = self._model is not None and not self._model.export.is_file()
        if gone and self.project.run:
            self.project.run = ""  # of which one hears
        elif gone or self._model is None:
            self._update_run()
        else:
            self.summary.title = self._model.title
            self._update_used()

    def _on_measuring_events(self, run: Run, state: jobs.State, events: list[Event]) -> None:
        if state == "running":
            self.summary.sentence = how_far(events, "Measuring") or self.summary.sentence
        elif run.result and "confusion" in run.result:
            self._show(run.result)
        else:
            self._fail(run.sentence)

    def _on_baseline_events(self, run: Run, state: jobs.State, events: list[Event]) -> None:
        if state == "running":
            self.ladder.sentence = how_far(events, "Measuring the simple methods") or self.ladder.sentence
        elif run.result and run.result.get("ladder"):
            self._update_baselines()
        else:
            self.ladder.sentence, self.ladder.state = run.sentence or BASELINES_MISSING, "failed"

    # ---- long work

    def _measure(self) -> None:
        """Have the run's model measured on the pictures of `split`."""
        if self._model is None:
            return
        self._clear()
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

    async def _serve(self, export: Path, sentence: str) -> None:
        try:
            await asyncio.to_thread(page_model.use, export)
        except AppError as error:
            self.summary.notice = str(error)
            return
        self._update_used()
        self.summary.notice = NAMED if self.project.model else sentence
        self._use_handlers()

    # ---- what is shown

    def _update_run(self, _change: Any = None) -> None:
        run = None
        with contextlib.suppress(AppError):  # it may be gone by now
            run = jobs.find(self.project.run) if self.project.run else None
        run = run or trained_model.newest_training()
        self._clear()  # before another name is above it
        self._model = TrainedModel(run) if run else None
        self.split, self.summary.notice = "valid", ""
        self.summary.title = self._model.title if self._model else ""
        self._update_used()
        self._update_report()

    def _clear(self) -> None:
        """Show and await no figure of before: it would stand under the name of another model, or of other pictures."""
        for follower in (self._measuring, self._measuring_baselines):
            follower.leave()
        self.report = {}
        for part in (self.summary, self.ladder, self.photos):
            part.clear()
        self.degraded.show([])
        self.matrix.show({})
        self.losses.show({})

    def _update_report(self) -> None:
        """Show what is known of the model on this split, or have it measured."""
        self._clear()
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
        self.degraded.show(self._model.degraded(report) if self._model else [])
        for part in (self.matrix, self.losses):
            part.show(report, self._model.explain if self._model else None)
        if self._model and self.split == "valid":
            self.photos.offer(self._model, report)
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
            return self.ladder.clear()
        found = self._model.baselines(self.report)
        before = trained_model.latest_run("baselines", self._model.baseline_arguments())
        if found:
            self._show_ladder(self._model, found)
        elif before is None or before.state == "running" or "measured_on" not in (before.result or {"measured_on": ""}):
            self._measure_baselines()
        else:
            self.ladder.sentence, self.ladder.state = before.sentence or BASELINES_MISSING, "failed"

    def _show_ladder(self, model: TrainedModel, found: Ladder) -> None:
        words = {"count": found.count, "folder": model.folder_name}
        measured = found.model or {**self.report, "seconds": model.result.get("seconds")}
        self.ladder.show(found.simple, measured, found.beaten, (OF_NOW if found.model else OF_ALL).format(**words))
        self.summary.stale = CHANGED.format(**words) if found.model else ""

    def _update_state(self, _change: Any = None) -> None:
        self.summary.state, self.summary.split = self.state, self.split

    def _update_used(self, _change: Any = None) -> None:
        used = self.project.export
        with self.summary.hold_sync():  # the browser hears of all at once, and puts the focus where there is something to do
            self.summary.used = self._model is not None and page_model.is_used(self._model.export, used)
            self.summary.next_steps = self._next_steps() if self.summary.used else []
            self.summary.replaced = page_model.before() is not None
        self.history.show(str(self._model.run.folder) if self._model else "", used)

    def _next_steps(self) -> list[list[str]]:
        folder = self._model.folder_name if self._model else ""
        clean = f"Look for wrong labels in {folder} with it"
        return [["classify", "Classify a photo with it"], ["clean", clean], ["publish", "Publish it"]]
