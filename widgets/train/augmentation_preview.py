"""What a random crop and the augmentations make of one picture, as a strip: the pixels that the model will see.

Made by a process of its own (`python -m model augment`), by the very transforms of the training. Knows no dataset.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import traitlets as t

from model import jobs
from model.errors import AppError
from model.images import data_url
from model.jobs import Event
from widgets.shared import BrowserWidget, Follower, run_in_background, script

COUNT = 8
STATES = ("empty", "making", "ready", "failed")


class AugmentationPreview(BrowserWidget):
    """`show` a picture and what training does to it; the last one asked for wins."""

    _esm = script("train/augmentation_preview")

    state = t.Enum(STATES, default_value="empty").tag(sync=True)
    sentence = t.Unicode("").tag(sync=True)
    original = t.Unicode("", help="a data URL").tag(sync=True)
    seen = t.List(t.Unicode(), help="data URLs of what the model sees").tag(sync=True)

    def __init__(self, **traits: Any):
        super().__init__(**traits)
        self._follower = Follower(self._on_run_events)
        self._scratch: tempfile.TemporaryDirectory | None = None
        self._wanted: tuple[str, tuple[str, ...]] | None = None

    def show(self, file: str, thumbnail: str, options: Sequence[str]) -> None:
        """Show what training with these options of `python -m model augment` does to the picture in `file`."""
        if (file, tuple(options)) == self._wanted:
            return
        self._wanted = (file, tuple(options))
        self.original, self.state, self.sentence = thumbnail, "making", ""
        try:
            self._scratch = tempfile.TemporaryDirectory(prefix="voilens-")
            folder = Path(self._scratch.name)
            arguments = [file, "--out", str(folder), "--count", str(COUNT), *options]
            self._follower.follow(jobs.start("augment", arguments, folder))
        except (AppError, OSError) as error:
            self._fail(str(error))

    def clear(self) -> None:
        self._follower.leave()
        self._wanted, self.seen, self.original, self.state = None, [], "", "empty"

    def _on_run_events(self, run: jobs.Run, state: jobs.State, _events: list[Event]) -> None:
        if state == "running":
            return
        self._follower.leave()
        if state == "done" and run.result:
            run_in_background(self._read([run.folder / file for file in run.result["files"]]))
        else:
            self._fail(run.sentence)

    async def _read(self, files: list[Path]) -> None:
        self.seen = await asyncio.to_thread(lambda: [data_url(file) for file in files])
        self.state = "ready"
        self._scratch = None

    def _fail(self, reason: str) -> None:
        self.seen, self.sentence, self.state = [], f"This could not be tried out: {reason}", "failed"
