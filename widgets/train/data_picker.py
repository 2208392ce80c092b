"""Where the pictures come from: a folder by its path, or the built-in digits, and what lies in it. Knows no training.

The folder is looked into by a process of its own (`python -m model overview`), because there may be very many pictures.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as ipw
import traitlets as t

from model import jobs
from model.core import absolute, listing
from model.data import DIGITS
from model.errors import AppError
from model.jobs import Event
from widgets.shared import BrowserWidget, Follower, script

STATES = ("empty", "looking", "ready", "refused")
SPLITS = {"train": "to learn from", "valid": "to check with", "test": "kept for the end"}


class DataPicker(BrowserWidget):
    """A choice of pictures. `overview` is what `model.data.summarize` says of the folder, {} while there is nothing to say."""

    _esm = script("train/data_picker")

    state = t.Enum(STATES, default_value="empty").tag(sync=True)
    data = t.Unicode("", help="the folder, or the word digits").tag(sync=True)
    sentence = t.Unicode("").tag(sync=True)
    overview = t.Dict().tag(sync=True)
    picked = t.Int(0, help="which of the pictures shown is tried out").tag(sync=True)

    def __init__(self, **traits: Any):
        super().__init__(**traits)
        self._follower = Follower(self._on_run_events)
        self._scratch: tempfile.TemporaryDirectory | None = None
        self._chosen, self._shown = ipw.CallbackDispatcher(), ipw.CallbackDispatcher()
        self.on_msg(self._on_browser_message)

    def on_data(self, handler: Callable[[str], None]) -> None:
        """Call `handler(data)` when a folder that can be trained on has been chosen."""
        self._chosen.register_callback(handler)

    def on_shown(self, handler: Callable[[], None]) -> None:
        """Call `handler()` when a browser begins to show this, which can be long after it was made."""
        self._shown.register_callback(handler)

    def look(self, data: str) -> None:
        """Look into `data`; `state` says what came of it."""
        self.data = data = data.strip().strip("\"'")
        self.overview, self.picked = {}, 0
        if not data:
            return self._refuse("Type the path of a folder first, or take the built-in digits.")
        self.state, self.sentence = "looking", "Looking into the folder"
        try:
            self._scratch = tempfile.TemporaryDirectory(prefix="voilens-")
            self._follower.follow(jobs.start("overview", [self.where], Path(self._scratch.name)))
        except (AppError, OSError) as error:
            self._refuse(f"The folder could not be looked into: {error}")

    @property
    def where(self) -> str:
        """`data` as a run takes it, which works in another folder: the word digits, or an absolute path."""
        return self.data if self.data in ("", DIGITS) else str(absolute(self.data))

    def _on_run_events(self, run: jobs.Run, state: jobs.State, events: list[Event]) -> None:
        counted = [event["pictures"] for event in events if event["event"] == "looking"]
        if state == "running":
            if counted:
                self.sentence = f"Looking into the folder: {counted[-1]:,} pictures so far"
            return
        self._follower.leave()
        if state != "done":
            self._refuse(run.sentence or "The folder could not be looked into: try again.")
        else:
            self._show(run.result or {})
        self._scratch = None

    def _show(self, overview: dict[str, Any]) -> None:
        self.overview = overview
        if overview["problem"]:
            return self._refuse(overview["problem"])
        self.sentence = _summary(overview)
        self.state = "ready"
        self._chosen(self.where)

    def _refuse(self, sentence: str) -> None:
        self.sentence, self.state = sentence, "refused"

    def _on_browser_message(self, _widget: Any, message: dict[str, Any], _buffers: list) -> None:
        place = message.get("place")
        if message.get("type") == "shown":
            self._shown()
        elif message.get("type") == "look" and isinstance(message.get("data"), str):
            self.look(message["data"])
        elif message.get("type") == "pick" and isinstance(place, int) and 0 <= place < len(self.overview.get("pictures", [])):
            self.picked = place


def _summary(overview: dict[str, Any]) -> str:
    counts = {split: sum(row[split] for row in overview["classes"]) for split in SPLITS}
    sides = [f"{counts[split]:,} {purpose}" for split, purpose in SPLITS.items() if counts[split]]
    counted = f"{overview['count']:,} pictures in {len(overview['classes'])} classes: {listing(sides, 'and')}."
    guess = overview["mirrorable"]  # where they are mirrored, as photos are, there is nothing that a person must know
    return counted if guess["allowed"] else f"{counted} {guess['sentence']}"
