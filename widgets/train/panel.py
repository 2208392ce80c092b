"""The train panel: a folder in, a training started, followed, stopped. Knows widgets and runs, not how one trains.

Its `state`, one of STATES, is the state of the training; that of the folder is `source.state`. The training is a process
of its own: a page that is loaded again, by another kernel too, finds it again through its run folder.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ipywidgets as ipw
import traitlets as t

from model import jobs
from model.artifacts import EXPORT, model_card
from model.data import DIGITS
from model.errors import AppError, BadUsage
from model.jobs import Event
from model.training import PictureCounts, TrainConfig, in_words, pace_of
from widgets.shared import FolderForm, Follower, Project, trained_on, use_styles
from widgets.train import curves
from widgets.train.augmentation_preview import AugmentationPreview
from widgets.train.curves import TrainingMonitor
from widgets.train.train_form import TrainForm

STATES = curves.STATES
BUSY = "One training at a time: wait for the one below, or stop it."
FIRST = "Choose the pictures first."


class TrainPanel(ipw.VBox):
    """Choose pictures, see what is in them, train. `on_measure` hears that the result is wanted."""

    state = t.Enum(STATES, default_value="idle")

    def __init__(self, project: Project, **traits: Any):
        use_styles("train")
        self.project = project
        self._follower = Follower(self._on_run_events)
        self._went_on = False  # whether the training that is followed was seen going on
        self._wanted: list[str] | None = None  # options of a training that waits for the look into its folder
        self._measures = ipw.CallbackDispatcher()
        self.intro = ipw.HTML(
            "<h1>Teach it your pictures</h1><p>Choose a folder, look at what is in it, and start: the training goes on "
            "by itself, even if you close this page.</p>"
        )
        self.source = FolderForm(project, pickable=True)
        self.strip = AugmentationPreview()
        self.choices = TrainForm()
        self.curves = TrainingMonitor()
        super().__init__(self._compose(), **traits)
        for name in ("vl-panel", "vl-workshop", "vl-train"):
            self.add_class(name)
        self.source.on_data(self._on_source_data)
        self.source.on_shown(self._find_again)
        self.source.observe(self._on_source_state, "state")
        self.source.observe(self._on_source_overview, "overview")
        self.source.observe(self._update_strip, ["overview", "picked"])
        self.source.observe(self._update_estimates, "overview")
        self.choices.observe(self._update_strip, ["preset", "changes"])
        self.choices.observe(self._update_estimates, ["preset", "changes"])
        self.choices.on_start(self._on_choices_start)
        self.curves.on_stop(self.stop)
        self.curves.on_measure(self._measures)
        self.observe(self._update_state, "state")
        project.observe(self._on_project_data, ["data", "labels"])
        self._update_state()
        self._find_again()

    def on_measure(self, handler: Callable[[], None]) -> None:
        """Call `handler()` when the person wants to see how good the result is."""
        self._measures.register_callback(handler)

    # ---- what happens

    def start(self, compare: bool = False) -> None:
        """Start the training that is chosen; what is wrong with the choice is said beside the button.

        With `compare` it is done in the way of the training before, and ends by saying whether it is better: than that one, be
        it the one that is looked at or the newest on these pictures, else than the page's model.
        """
        if self.state in ("running", "stopping"):
            return
        options = self._comparing() if compare else []
        if compare and self.source.state != "ready":  # after cleaning, from another part of the page
            self._wanted = options
            return self.source.look(self.project.data, self.project.labels)
        self._start(options)

    def _start(self, options: list[str]) -> None:
        if self.source.state != "ready":
            return
        self.choices.sentence = ""
        try:
            labels = ["--labels", self.project.labels] if self.project.labels else []
            self._follow(jobs.start("train", [self.project.data, *labels, *self.choices.arguments(), *options]))
            self.state = "running"
        except (AppError, OSError) as error:
            self.choices.sentence = str(error)

    def _comparing(self) -> list[str]:
        """The option that compares with the model before, whose way is chosen too: then the pictures alone are others."""
        before = self._before()
        rival = before.folder / EXPORT if before else self.project.export
        if not rival.is_file():
            return []
        options = before.arguments[1:] if before else _preset_of(rival)
        if options:
            self.choices.take([*_mirror_of(rival), *options])
        return ["--compare", str(rival)]

    def _before(self) -> jobs.Run | None:
        """The training on these pictures that is looked at, else the newest one that left a model."""
        these = self.project.data, self.project.labels
        ours = [run for run in jobs.list_runs("train") if trained_on(run) == these and (run.folder / EXPORT).is_file()]
        return next((run for run in ours if str(run.folder) == self.project.run), ours[0] if ours else None)

    def stop(self) -> None:
        """Ask the training to stop; it keeps the best so far."""
        if self.state == "running" and self._follower.run:
            self._follower.run.stop()
            self.state = "stopping"

    def _on_choices_start(self) -> None:
        self.start()

    def _on_source_data(self, data: str, labels: str) -> None:
        self.project.choose(data, labels)

    def _on_source_overview(self, _change: Any) -> None:
        guess = self.source.overview.get("mirrorable")
        if guess:
            with self.choices.hold_trait_notifications():
                self.choices.mirrorable, self.choices.mirrorable_because = guess["allowed"], guess["sentence"]

    def _on_source_state(self, _change: Any) -> None:
        self._update_state()
        if self.source.state in ("ready", "refused") and self._wanted is not None:
            options, self._wanted = self._wanted, None
            self._start(options)

    def _on_project_data(self, _change: Any = None) -> None:
        """Another part of the page chose a folder."""
        data, labels = self.project.data, self.project.labels
        if data and not self.source.shows(data, labels):
            self.source.look(data, labels)

    def _on_run_events(self, run: jobs.Run, state: jobs.State, events: list[Event]) -> None:
        self.curves.hear(events)
        if state == "running":
            self._went_on = True
            self.state = "stopping" if (run.folder / jobs.STOP).exists() else "running"
            return
        self.state = state
        self._update_estimates()  # by now its pace is known
        self.curves.end(run.result, run.sentence or _told(run.result or {}))
        news = self._went_on or not self.project.run  # an old training does not push aside the one that is looked at
        if news and run.result and (run.folder / EXPORT).is_file():
            self.project.run = str(run.folder)

    def _find_again(self) -> None:
        """After a reload of the page or of the kernel: the newest training and its pictures."""
        newest = jobs.latest("train")
        if newest and newest != self._follower.run:
            self._follow(newest)
        if newest and not self.project.data and not self.source.shows(*trained_on(newest)):
            self.source.look(*trained_on(newest))
        self._on_project_data()

    def _follow(self, run: jobs.Run) -> None:
        self._went_on = False
        self.curves.clear(_title(run))
        self._follower.follow(run)

    # ---- what is shown

    def _compose(self) -> list[ipw.Widget]:
        return [self.intro, self.source, self.strip, self.choices, self.curves]

    def _update_state(self, _change: Any = None) -> None:
        self.curves.state = self.state
        busy = self.state in ("running", "stopping")
        self.choices.reason = BUSY if busy else "" if self.source.state == "ready" else FIRST

    def _update_strip(self, _change: Any = None) -> None:
        shown = self.source.overview.get("pictures")
        if not shown:
            return self.strip.clear()
        if self.state in ("running", "stopping"):  # it would take from the training what little machine there is
            return
        chosen = shown[min(self.source.picked, len(shown) - 1)]
        with contextlib.suppress(BadUsage):  # it is said beside the button once somebody clicks that
            framing = self.choices.framing()
            if framing is None:
                return self.strip.clear()
            self.strip.show(chosen["file"], chosen["thumbnail"], framing)

    def _update_estimates(self, _change: Any = None) -> None:
        """How long each preset will take for these pictures on this machine."""
        overview, estimates = self.source.overview, {}
        if overview.get("side"):
            train, valid = (sum(row[split] for row in overview["classes"]) for split in ("train", "valid"))
            known = _looked_at(self.project.data, self.project.labels)
            pictures, pace = PictureCounts(train, valid, overview["side"], known), pace_of(_trainings())
            for preset in self.choices.presets:
                with contextlib.suppress(BadUsage):  # as above
                    estimates[preset["name"]] = in_words(self.choices.config(preset["name"]), pictures, pace)
        self.choices.estimates = estimates


def _trainings() -> Iterator[tuple[str, dict[str, Any]]]:
    """The trainings so far that left a result, newest first: their architecture and what they gave."""
    for run in jobs.list_runs("train"):
        result = run.result
        if result:
            yield run.option("--arch") or TrainConfig().arch, result


def _looked_at(data: str, labels: str) -> int:
    """How many pictures of a folder the body has seen by now, in an earlier instant training."""
    for run in jobs.list_runs("train"):
        result = run.result
        if result and "looked" in result and trained_on(run) == (data, labels):
            return int(result["train_count"] + result["valid_count"])
    return 0


def _preset_of(export: Path) -> list[str]:
    """How the page's model was trained, as options, as far as its card says; nothing where it was in no way of ours."""
    with contextlib.suppress(AppError):
        card = model_card.read(export)
        if card and card.recipe and card.architecture and "preset" in card.recipe:
            return ["--preset", card.recipe["preset"], "--arch", card.architecture]
    return []


def _mirror_of(export: Path) -> list[str]:
    """Whether its pictures were mirrored, as an option; nothing where its card, one of before, does not say."""
    with contextlib.suppress(AppError):
        card = model_card.read(export)
        if card and card.recipe and isinstance(card.recipe.get("mirror"), bool):
            return ["--mirror", "yes" if card.recipe["mirror"] else "no"]
    return []


def _told(result: dict[str, Any]) -> str:
    """What a training says beside its figures: how it compares, or why it cannot be compared."""
    compared = (result.get("comparison") or {}).get("sentence", "")
    return " ".join(filter(None, [compared, *result.get("notes", [])]))


def _title(run: jobs.Run) -> str:
    data = run.arguments[0]
    name = "the built-in digits" if data == DIGITS else Path(data).name
    return f"3. Training on {name}"
