"""Inside the command that a run is: its events to the terminal and to the run's folder. Does not know what the work is."""

from __future__ import annotations

import json
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from model.errors import AppError, BadUsage
from model.jobs.progress import Progress
from model.jobs.runs import EVENTS, STOP
from model.jobs.types import Event

PACE = 0.2  # seconds between two lines of mere progress


class Recorder:
    """Inside a command: events to the terminal and, where there is a run folder, to its file.

    Leaving its block by an error writes that down as a sentence, with the code and values of an AppError; `done` and
    `stopped` end the run.
    """

    def __init__(self, folder: Path | None):
        if folder and not folder.is_dir():
            raise BadUsage(f"There is no folder {folder} for the events: make it first.")
        self.folder = folder
        self._console = Progress()
        self._file = (folder / EVENTS).open("a", encoding="utf-8") if folder else None
        self._paced = 0.0

    def __enter__(self) -> Recorder:
        self._console.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None) -> None:
        self._console.__exit__()
        if isinstance(error, AppError):
            self._write({"event": "failed", "sentence": str(error), **error.reason()})
        elif isinstance(error, MemoryError):
            self._write({"event": "failed", "sentence": "There was too little memory: choose a smaller size."})
        elif isinstance(error, KeyboardInterrupt):
            self._write({"event": "stopped", "result": None})
        elif error is not None:
            self._write({"event": "failed", "sentence": f"Something unforeseen happened ({type(error).__name__}: {error})."})
        if self._file:
            self._file.close()

    def report(self, event: Event) -> None:
        """Take one event of the work; of those that only tell how far it is (`done`), a few a second are kept."""
        self._console.show(event)
        now = time.monotonic()
        if "done" in event and now - self._paced < PACE and event["done"] != event.get("total", 1):
            return
        if "done" in event:
            self._paced = now
        self._write(event)

    def stopping(self) -> bool:
        """Whether somebody asked for a stop."""
        return self.folder is not None and (self.folder / STOP).exists()

    def done(self, result: dict[str, Any]) -> None:
        """The last event: what the work gave; it counts as stopped when somebody had asked for that."""
        self._write({"event": "stopped" if self.stopping() else "done", "result": result})

    def _write(self, event: Event) -> None:
        if self._file:
            self._file.write(json.dumps(event) + "\n")
            self._file.flush()
