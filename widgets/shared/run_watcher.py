"""Whatever runs go on, whoever started them, seen from beside the event loop. Knows runs, no widget."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Collection

from model import jobs
from model.jobs import Run, State
from widgets.shared import background

PAUSE, IDLE_PAUSE = 0.5, 1.0  # seconds between two looks: while something goes on, and while nothing does

OnLook = Callable[[list[tuple[Run, State]]], None]


class RunWatcher:
    """`on_look(runs)` hears at each look what goes on of some `kinds`, each run with its state, the last time at its end.

    Nothing is heard while nothing goes on, nor of what had ended before the first look.
    """

    def __init__(self, kinds: Collection[str], on_look: OnLook):
        self._kinds, self._on_look = kinds, on_look
        self._known: set[str] = set()
        self._going_on: list[Run] = []
        self._watching = False

    def watch(self) -> None:
        """Begin to look, where there is a loop to look beside; a script has none, and looks by itself."""
        with contextlib.suppress(RuntimeError):
            asyncio.get_running_loop()
            if not self._watching:
                self._watching = True
                background.run_in_background(self._watch())

    def leave(self) -> None:
        """Look no more."""
        self._watching = False

    def look(self) -> None:
        """Look once."""
        self._tell(self._look())

    async def _watch(self) -> None:
        while self._watching:
            self._tell(await asyncio.to_thread(self._look))
            await asyncio.sleep(PAUSE if self._going_on else IDLE_PAUSE)

    def _tell(self, found: list[tuple[Run, State]]) -> None:
        self._going_on = [run for run, state in found if state == "running"]
        if found:
            self._on_look(found)

    def _look(self) -> list[tuple[Run, State]]:
        """In a thread: what went on at the last look, and what has begun since; a folder is opened once."""
        begun = [run for run in jobs.begun_since(self._known) if run.kind in self._kinds and run.alive]
        return [(run, run.state) for run in [*self._going_on, *begun]]
