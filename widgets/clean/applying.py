"""Carrying out the marks of a folder, and taking that back. Knows the journal by its thread, no list."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from model.types import Change
from widgets.clean import guidance
from widgets.clean.background_runs import BackgroundRuns
from widgets.clean.catalog_thread import CatalogThread
from widgets.clean.cleaner_view import CleanerView
from widgets.clean.counts import Counts


class Applying:
    """Applies and undoes, not while the pictures are judged; `on_apply(changes, undone)` hears what was done, or undone."""

    def __init__(
        self,
        view: CleanerView,
        thread: CatalogThread,
        runs: BackgroundRuns,
        counts: Counts,
        on_apply: Callable[[list[Change], bool], None],
    ):
        self._view, self._thread, self._runs, self._counts = view, thread, runs, counts
        self._on_apply = on_apply

    async def apply(self) -> None:
        """Do what is marked, all or nothing. Raises BadData."""
        await self._change_folder(self._thread.apply, "Applying the changes", guidance.applied, undone=False)

    async def undo_apply(self) -> None:
        """Take back the latest apply. Raises BadData."""
        await self._change_folder(self._thread.undo_apply, "Undoing the last apply", guidance.undone, undone=True)

    async def _change_folder(
        self,
        change: Callable[[], Awaitable[list[Change]]],
        text: str,
        describe: Callable[[list[Change]], str],
        undone: bool,
    ) -> None:
        if self._runs.kind == "score":
            return self._view.say("The pictures are being judged: wait for that, or stop it, then apply.", alarm=True)
        self._view.job = {"kind": "apply", "text": text, "share": -1}
        try:
            changes = await change()
        finally:
            self._view.job = {}
        self._view.say(describe(changes))
        self._counts.ranked_by = 0
        await self._thread.restart_yield()
        await self._counts.update_marks()
        if changes:
            self._runs.labels = await self._thread.labels()
            self._runs.start("scan", quiet=True)
            self._on_apply(changes, undone)
