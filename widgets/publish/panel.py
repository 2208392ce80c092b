"""The publish panel: the model that serves goes out as a page; what was made is proved before it is called published.

Knows widgets and runs, not how a page is made or proved. What takes long is a process of its own, found again after a reload.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import ipywidgets as ipw

from model import jobs
from model.artifacts import model_card
from model.core import percent_interval, short_time
from model.errors import AppError
from model.images import to_data_url
from model.jobs import Event, Run
from widgets.publish.publisher import Publisher
from widgets.publish.ways import AUTHOR, BY_KEY
from widgets.shared import Follower, Project, progress_of, use_styles

KIND = "publish"
EVERY_WAY = ""  # the key of what was answered whichever way
VERDICTS = {True: "right", False: "wrong", None: "unknown"}
BEGUN = "Making the page"
PROVED = "{what} is made and proved. It lies in {out}."
PARTLY = "{what} is made, and nothing is wrong with what could be looked at here; what could not says why. It lies in {out}."
WRONG = "It was made, and something is wrong with it: nothing was put in its place."
PAST = {True: "Made {when}: nothing was found wrong.", False: "Tried {when}: something was wrong."}


class PublishPanel(ipw.VBox):
    """Publishes `project.export`, and shows what the newest run of publishing proved."""

    def __init__(self, project: Project, **traits: Any):
        use_styles("publish")
        self.project = project
        self._follower = Follower(self._on_run_events)
        self._newest: Run | None = None  # when somebody looked last
        self.intro = ipw.HTML(
            "<h1>Show it to others</h1><p>The model that this page answers with, as a page of its own. What is made is opened, "
            "asked and compared with the answers here before it counts as published.</p>"
        )
        self.publisher = Publisher()
        super().__init__([self.intro, self.publisher], **traits)
        for name in ("vl-panel", "vl-workshop", "vl-publish"):
            self.add_class(name)
        self.publisher.on_publish(self.publish)
        self.publisher.on_look(self.look)
        self.publisher.on_shown(self.refresh)

    def refresh(self) -> None:
        """Somebody looks: say which model serves by now and what was published, show a newer run, whoever started it."""
        self.publisher.model = _described(self.project.export)
        newest = next(iter(_runs()), None)
        if newest and newest != self._newest:
            self._follow(newest)
        self._newest = newest
        self._update_past()
        self._update_stale(self._follower.run)

    def publish(self, key: str, answers: dict[str, Any]) -> None:
        """Publish by one of the ways, with what the person has answered. One at a time."""
        newest = next(iter(_runs()), None)
        if newest and newest.state == "running":
            return self._follow(newest)
        try:
            self._newest = jobs.start(KIND, BY_KEY[key].arguments(self.project.model, answers))
        except (AppError, OSError) as error:
            self._follower.leave()
            self._begin(key, str(error), "failed")
        else:
            self._follow(self._newest)

    def look(self, key: str) -> None:
        """Show what came of a way when it was published last."""
        run = _published().get(key)
        if run:
            self._follow(run)
            self._update_stale(run)

    def _follow(self, run: Run) -> None:
        self._begin(run.arguments[0], BEGUN, "publishing")
        self._follower.follow(run)

    def _begin(self, key: str, sentence: str, state: str) -> None:
        """Show this of a way, and nothing of what was shown before."""
        with self.publisher.hold_sync():
            self.publisher.checks, self.publisher.steps, self.publisher.phone, self.publisher.stale = [], [], "", False
            self.publisher.way, self.publisher.sentence, self.publisher.state = key, sentence, state

    def _on_run_events(self, run: Run, state: jobs.State, events: list[Event]) -> None:
        if state == "running":
            progress = progress_of(events)
            self.publisher.sentence = progress.phase if progress else self.publisher.sentence
            return
        if _is_proved(run):
            self._show(run.result or {})
            self._update_stale(run)
        else:
            self.publisher.sentence = run.sentence or "It could not be published: try again."
            self.publisher.state = "failed"
        self._update_past()

    def _show(self, result: dict[str, Any]) -> None:
        passed, makes = result["proof"]["passed"], BY_KEY[self.publisher.way].makes
        proved = PROVED if all(check["passed"] for check in result["proof"]["checks"]) else PARTLY
        with self.publisher.hold_sync():
            self.publisher.checks = [
                {"name": check["name"], "verdict": VERDICTS[check["passed"]], "said": check["said"]}
                for check in result["proof"]["checks"]
            ]
            self.publisher.steps = result["next"] if passed else []
            self.publisher.phone = _picture(result.get("phone"))
            self.publisher.sentence = proved.format(what=makes[0].upper() + makes[1:], out=result["out"]) if passed else WRONG
            self.publisher.state = "proved" if passed else "wrong"

    def _update_past(self) -> None:
        """When each way was published last and what came of it; what was said then, as far as it stays."""
        self.publisher.past = {
            key: PAST[run.result["proof"]["passed"]].format(when=short_time(run.started))
            for key, run in _published().items()
            if run.result
        }
        runs = _runs()
        said = {run.arguments[0]: BY_KEY[run.arguments[0]].answers_in(run) for run in reversed(runs)}
        author = runs[0].option(AUTHOR.option) if runs else None
        self.publisher.answers = {**said, EVERY_WAY: {AUTHOR.name: author} if author else {}}

    def _update_stale(self, run: Run | None) -> None:
        """Whether what was published is of another model than the one that the page answers with now."""
        published = (run.result or {}).get("model") if run else None
        self.publisher.stale = bool(published) and published != model_card.sha256_of(self.project.export)


def _runs() -> list[Run]:
    """The runs of publishing by a way that there is, the newest first."""
    return [run for run in jobs.list_runs(KIND) if run.arguments and run.arguments[0] in BY_KEY]


def _published() -> dict[str, Run]:
    """The newest run of each way that has proved something, right or wrong."""
    return {run.arguments[0]: run for run in reversed(_runs()) if _is_proved(run)}


def _is_proved(run: Run) -> bool:
    return "proof" in (run.result or {})


def _described(export: Path) -> dict[str, str]:
    """The export in words: its name, its folder, how often it is right."""
    told = {"name": export.name, "folder": str(export.parent), "accuracy": "Its card does not say how often it is right."}
    with contextlib.suppress(AppError):
        card = model_card.read(export)
        measured = (card and card.measured) or {}
        if "accuracy" in measured and "interval_95" in measured:
            right = percent_interval(measured["accuracy"], measured["interval_95"])
            told["accuracy"] = f"It is right on {right} of {measured.get('on', 'pictures that it did not learn from')}."
    return told


def _picture(file: Any) -> str:
    with contextlib.suppress(OSError, TypeError):
        return to_data_url(Path(file).read_bytes())
    return ""
