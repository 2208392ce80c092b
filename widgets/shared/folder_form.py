"""Choosing the pictures: a recent folder, one that is browsed to or typed, or the built-in digits; and what lies in it.

The one form of every part that asks for a folder. Knows no training and no cleaner. The folder is looked into by a process of
its own (`python -m model overview`), because there may be very many pictures.
"""

from __future__ import annotations

import asyncio
import logging
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as ipw
import traitlets as t

from model import jobs
from model.core import absolute, listing, number_of
from model.data import DIGITS
from model.errors import AppError
from model.jobs import Event
from widgets.shared.assets import script
from widgets.shared.background import run_in_background
from widgets.shared.browser_widget import BrowserWidget
from widgets.shared.folder_browser import FolderBrowser
from widgets.shared.project import Project
from widgets.shared.run_follower import Follower

STATES = ("empty", "looking", "ready", "refused")
SPLITS = {"train": "to learn from", "valid": "to check with", "test": "kept for the end"}
_log = logging.getLogger("voilens")


class FolderForm(BrowserWidget):
    """A choice of pictures. `overview` is what `model.data.summarize` says of the folder, {} while there is nothing to say.

    With `take`, the text of a button, a folder counts once that is pressed, even one that cannot be trained on; without, as
    soon as it is found that it can be.
    """

    _esm = script("shared/folder_form")

    heading = t.Unicode("1. The pictures").tag(sync=True)
    take = t.Unicode("").tag(sync=True)
    back = t.Unicode("", help="what the person can go back to instead, by its name").tag(sync=True)
    pickable = t.Bool(False, help="whether one of the pictures can be picked").tag(sync=True)
    state = t.Enum(STATES, default_value="empty").tag(sync=True)
    data = t.Unicode("", help="the folder, or the word digits").tag(sync=True)
    labels = t.Unicode("", help="the CSV that holds its labels, empty where there is none").tag(sync=True)
    sentence = t.Unicode("").tag(sync=True)
    takable = t.Bool(False, help="whether `take` can be pressed").tag(sync=True)
    overview = t.Dict().tag(sync=True)
    picked = t.Int(0, help="which of the pictures shown is picked").tag(sync=True)
    suggestions: t.List[dict[str, str]] = t.List(help="what was probably meant: {data, labels, sentence}").tag(sync=True)
    recents: t.List[dict[str, str]] = t.List(help="what was chosen lately: {name, data, labels}").tag(sync=True)
    browsed = t.Dict(help="what `FolderBrowser.contents` says, {} while nobody browses").tag(sync=True)

    def __init__(self, project: Project, browser: FolderBrowser | None = None, **traits: Any):
        super().__init__(**traits)
        self._project = project
        self._browser = browser or FolderBrowser()
        self._follower = Follower(self._on_run_events)
        self._scratch: tempfile.TemporaryDirectory | None = None
        self._chosen, self._shown, self._backs = ipw.CallbackDispatcher(), ipw.CallbackDispatcher(), ipw.CallbackDispatcher()
        self.on_msg(self._on_browser_message)
        project.observe(self._update_recents, ["recents", "data", "labels"])
        self._update_recents()

    def on_data(self, handler: Callable[[str, str], None]) -> None:
        """Call `handler(data, labels)` when a folder has been chosen; see `take`."""
        self._chosen.register_callback(handler)

    def on_back(self, handler: Callable[[], None]) -> None:
        """Call `handler()` when the person keeps what was there before."""
        self._backs.register_callback(handler)

    def on_shown(self, handler: Callable[[], None]) -> None:
        """Call `handler()` when a browser begins to show this, which can be long after it was made."""
        self._shown.register_callback(handler)

    def look(self, data: str, labels: str = "") -> None:
        """Look into `data`; `state` says what came of it."""
        self.data, self.labels = data.strip().strip("\"'"), labels
        self.overview, self.picked, self.suggestions, self.browsed, self.takable = {}, 0, [], {}, False
        if not self.data:
            return self._refuse("Choose a folder first: browse, or type its path. Or take the built-in digits.")
        self.state, self.sentence = "looking", "Looking into the folder"
        try:
            self._scratch = tempfile.TemporaryDirectory(prefix="voilens-")
            arguments = [self.where, *(["--labels", labels] if labels else [])]
            self._follower.follow(jobs.start("overview", arguments, Path(self._scratch.name)))
        except (AppError, OSError) as error:
            self._refuse(f"The folder could not be looked into: {error}")
        except ValueError:  # what no path can be
            self._refuse("There is no folder of that name: choose another one.")

    def shows(self, data: str, labels: str) -> bool:
        """Whether that is what this form has looked into, or is looking into."""
        return (self.where, self.labels) == (data, labels)

    @property
    def where(self) -> str:
        """`data` as a run takes it, which works in another folder: the word digits, or an absolute path."""
        return self.data if self.data in ("", DIGITS) else str(absolute(self.data))

    def _on_run_events(self, run: jobs.Run, state: jobs.State, events: list[Event]) -> None:
        if state == "running":
            if events:
                self._tell_progress(events[-1])
            return
        self._follower.leave()
        if state != "done":
            self._refuse(run.sentence or "The folder could not be looked into: try again.")
            self._offer(next((event["values"] for event in events if "values" in event), {}))
        else:
            self._show(run.result or {})
        self._scratch = None

    def _tell_progress(self, event: Event) -> None:
        if event["event"] == "looking":
            self.sentence = f"Looking into the folder: {event['pictures']:,} pictures so far"
            self.takable = True
        elif "done" in event:  # a zip becomes a folder
            self.sentence = f"Opening it: {event['done']:,} of {event['total']:,} files"

    def _show(self, overview: dict[str, Any]) -> None:
        self.overview = overview
        self.data, self.labels = overview["data"], overview["labels"]  # of a zip, the folder that it became
        if overview["problem"] and not self.take:
            self._refuse(overview["problem"])
            return self._offer(overview)
        self._offer(overview)
        self.sentence = _summary(overview, self.labels)
        self.state, self.takable = "ready", True
        if not self.take:
            self._chosen(self.where, self.labels)

    def _refuse(self, sentence: str) -> None:
        self.sentence, self.state = sentence, "refused"

    def _offer(self, found: dict[str, Any]) -> None:
        """Offer what was probably meant, as far as `found` names it; the sentence need not ask for it, as on a terminal."""
        names = ("data", "labels", "sentence")
        self.suggestions = [{name: str(one.get(name) or "") for name in names} for one in found.get("suggestions", [])]
        for suggestion in filter(None, (one["sentence"] for one in self.suggestions)):
            self.sentence = self.sentence.partition(suggestion)[0].strip() or self.sentence

    def _update_recents(self, _change: Any = None) -> None:
        """What was chosen lately and is still there, beside what is open."""
        now = {"data": self._project.data, "labels": self._project.labels}
        self.recents = [
            {"name": os.path.basename(recent["data"]), **recent}
            for recent in self._project.recents
            if recent != now and recent["data"] != DIGITS and os.path.isdir(recent["data"])
        ]

    async def _browse(self, folder: str) -> None:
        self.browsed = await asyncio.to_thread(self._browser.contents, folder)

    def _on_browser_message(self, _widget: Any, message: dict[str, Any], _buffers: list) -> None:
        kind, place, data = message.get("type"), message.get("place"), message.get("data")
        if kind == "shown":
            self._shown()
            self._update_recents()
        elif kind == "look" and isinstance(data, str):
            self.look(data)
        elif kind == "browse" and isinstance(data, str):
            run_in_background(self._browse(data or self._browser.start(self.where)))
        elif kind == "close":
            self.browsed = {}
        elif kind == "take" and self.take and self.takable:
            self._chosen(self.where, self.labels)
        elif kind == "back" and self.back:
            self._backs()
        elif kind in ("pick", "suggestion", "recent") and type(place) is int:
            self._on_place(kind, place)
        else:
            _log.warning("dropped a message about a folder that does not fit")

    def _on_place(self, kind: str, place: int) -> None:
        """One of what is listed was clicked."""
        shown = {"pick": self.overview.get("pictures", []), "suggestion": self.suggestions, "recent": self.recents}[kind]
        if not 0 <= place < len(shown):
            return
        if kind == "pick":
            self.picked = place
        else:
            self.look(shown[place]["data"], shown[place]["labels"])


def _summary(overview: dict[str, Any], labels: str) -> str:
    counts = {split: sum(row[split] for row in overview["classes"]) for split in SPLITS}
    sides = [f"{counts[split]:,} {purpose}" for split, purpose in SPLITS.items() if counts[split]]
    by = f", labelled by {os.path.basename(labels)}" if labels else ""
    classes = f"{len(overview['classes'])} {'class' if len(overview['classes']) == 1 else 'classes'}"
    counted = f"{number_of(overview['count'], 'picture')} in {classes}{by}: {listing(sides, 'and')}."
    guess = overview["mirrorable"]  # where they are mirrored, as photos are, there is nothing that a person must know
    return counted if guess["allowed"] else f"{counted} {guess['sentence']}"
