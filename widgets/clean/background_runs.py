"""The runs that a cleaner needs of its folder: listing and scoring, as processes that outlive the page. Knows runs, no rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from model import jobs
from model.core import duration, percent
from model.jobs import Event
from widgets.clean import judge
from widgets.clean.judge import Judge
from widgets.shared import Follower

TEXTS = {"scan": "Listing the pictures", "score": "Looking for doubtful pictures"}

OnProgress = Callable[[dict[str, Any]], None]
OnEnd = Callable[[str, jobs.State, str, bool], None]


class _Wanted(NamedTuple):
    kind: str
    quiet: bool


class BackgroundRuns:
    """One run at a time, on the folder `data`.

    `model` is the export whose body judges (None: the general body). `labels` is the CSV of the labels in force, None where
    the class folders say them.
    """

    def __init__(self, data: str, labels: Path | None, model: str | None):
        self.labels = labels
        self._data = data
        self._model = model
        self._on_progress: OnProgress = lambda job: None
        self._on_end: OnEnd = lambda kind, state, sentence, quiet: None
        self._follower = Follower(self._on_run_events)
        self._quiet = False
        self._waiting: list[_Wanted] = []

    def on_progress(self, handler: OnProgress) -> None:
        """Call `handler(job)` with how far a run is, as the browser shows it; {} where none is to be shown."""
        self._on_progress = handler

    def on_end(self, handler: OnEnd) -> None:
        """Call `handler(kind, state, sentence, quiet)` with what came of a run."""
        self._on_end = handler

    @property
    def judge(self) -> Judge:
        """The model that would look now."""
        return judge.of_export(Path(self._model)) if self._model else judge.GENERAL_JUDGE

    @property
    def kind(self) -> str:
        """What is under way; empty while nothing is."""
        return self._follower.run.kind if self._follower.run else ""

    def start(self, kind: str, quiet: bool = False) -> None:
        """Start a run and follow it, after the one that is under way; a quiet one is not shown. Raises BadUsage."""
        if self.kind:
            wanted = _Wanted(kind, quiet)
            if wanted not in self._waiting:
                self._waiting.append(wanted)
            if self._quiet and not quiet:
                self._on_progress({**_job(kind, {}), "status": "after the folder is listed"})
        else:
            options = self.judge.arguments if kind == "score" else []
            self._follow(jobs.start(kind, [*self._arguments(), *options]), quiet)

    def follow_latest(self) -> None:
        """Follow a run of this folder that an earlier page has started."""
        arguments = self._arguments()
        for kind in ("score", "scan"):
            run = jobs.latest(kind)
            if run and run.arguments[: len(arguments)] == arguments and run.state == "running":
                return self._follow(run, quiet=False)
        return None

    def stop(self) -> None:
        """Drop what waits for its turn and would be shown; ask the run that is shown to end with what it has."""
        self._waiting = [wanted for wanted in self._waiting if wanted.quiet]
        if self._quiet:
            self._on_progress({})
        elif self._follower.run is not None:
            self._follower.run.stop()

    def stop_following(self) -> None:
        """Hear no more of any run; what is under way goes on by itself."""
        self._waiting = []
        self._follower.leave()

    def _arguments(self) -> list[str]:
        return [self._data, *(["--labels", str(self.labels)] if self.labels else [])]

    def _follow(self, run: jobs.Run, quiet: bool) -> None:
        self._quiet = quiet
        if not quiet:
            self._on_progress(_job(run.kind, {}))
        self._follower.follow(run)

    def _on_run_events(self, run: jobs.Run, state: jobs.State, events: list[Event]) -> None:
        counted = [event for event in events if "done" in event]
        if state == "running":
            if counted and not self._quiet:
                self._on_progress(_job(run.kind, counted[-1]))
            return
        self._follower.leave()
        self._on_end(run.kind, state, run.sentence, self._quiet)
        if self._waiting:
            self.start(*self._waiting.pop(0))


def _job(kind: str, event: Event) -> dict[str, Any]:
    """What is shown of a run: its text, the share done (-1 while nobody knows), how far it is, whether it can be stopped."""
    job = {"kind": kind, "text": event.get("phase") or TEXTS[kind], "share": -1.0, "status": "", "stoppable": kind == "score"}
    if "done" not in event:
        return job
    share = event["done"] / max(1, event["total"]) if "total" in event else event["done"]
    done = f"{event['done']:,} of {event['total']:,}" if "total" in event else percent(share)
    left = f", {duration(event['seconds_left'])} left" if "seconds_left" in event else ""
    return {**job, "share": share, "status": done + left}
