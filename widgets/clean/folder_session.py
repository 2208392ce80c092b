"""The folder of a cleaner from its opening to its close: listed where it is new, watched for what others do.

Knows when the list must be made again, and what follows a run; not what is done with the pictures.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model import jobs
from model.data import DIGITS
from model.errors import AppError
from model.types import Change
from widgets.clean import guidance, judge
from widgets.clean.applying import Applying
from widgets.clean.background_runs import BackgroundRuns
from widgets.clean.catalog_thread import CatalogThread
from widgets.clean.cleaner_view import SORRY, CleanerView
from widgets.clean.counts import Counts
from widgets.clean.download import Download
from widgets.clean.marking import Marking
from widgets.clean.picture_list import PictureList
from widgets.clean.ranking import Ranking
from widgets.clean.tile_stream import TileStream
from widgets.shared import run_in_background

WATCH_SECONDS = 1.0  # between two looks at what others have done
SETTLED_SECONDS = 3.0  # until a folder that is known already is looked through for changes


@dataclass(frozen=True)
class FolderParts:
    """What works on a folder once it is open."""

    catalog_thread: CatalogThread
    counts: Counts
    ranking: Ranking
    pictures: PictureList
    marking: Marking
    applying: Applying
    download: Download


class FolderSession:
    """One folder in one cleaner. `parts` is None until the folder is open.

    `offered` are classes beside those of the folder; `on_apply(changes, undone)` hears what was applied, or undone.
    """

    def __init__(
        self,
        view: CleanerView,
        runs: BackgroundRuns,
        data: str,
        labels: Path | None,
        private: bool,
        offered: Sequence[str],
        on_apply: Callable[[list[Change], bool], None],
    ):
        self.parts: FolderParts | None = None
        self._view, self._runs = view, runs
        self._data, self._labels, self._private = data, labels, private
        self._offered = tuple(offered)
        self._on_apply = on_apply
        self._closed = False
        runs.on_progress(self._on_runs_progress)
        runs.on_end(self._on_runs_end)

    async def start(self) -> None:
        """Open the folder; the built-in digits are made first, by a process of its own, where they are not there yet."""
        if self._data == DIGITS:
            self._runs.start("scan")
        else:
            await self._open()

    def update_list(self, fresh: bool) -> None:
        """Make the list again, as a new one or with the person's place in it kept, once the folder is open."""
        if self.parts:
            self._view.in_background(self.parts.pictures.choose(fresh))

    def update_judge(self) -> None:
        """Say again which model has judged, or would: there may be another one by now."""
        if self.parts:
            self._view.in_background(self._update_judge(self.parts))

    def offer(self, classes: Sequence[str]) -> None:
        """Offer these classes beside those of the folder, in place of the ones before."""
        self._offered = tuple(classes)
        if self.parts:
            self.parts.counts.offered = self._offered
        self.update_list(fresh=False)

    def close(self) -> None:
        self._closed = True
        self._runs.stop_following()
        if self.parts:
            self.parts.ranking.close()
            self.parts.catalog_thread.close()

    # ---- opening and watching

    async def _open(self) -> None:
        try:
            thread = await CatalogThread.open(self._data, self._labels)
        except AppError as error:
            self._view.state, self._view.sentence = "refused", str(error)
            return
        if self._closed:
            thread.close()
            return
        parts = self.parts = self._compose(thread)
        self._runs.labels = await thread.labels()
        known = await parts.pictures.choose()
        await self._update_judge(parts)
        if not self._private:
            self._runs.follow_latest()
        if not known and not self._runs.kind:
            self._runs.start("scan")
        _start_beside(self._watch(parts))
        if known and not self._private:
            _start_beside(self._scan_when_settled())

    def _compose(self, thread: CatalogThread) -> FolderParts:
        view, runs = self._view, self._runs
        tiles = TileStream(view.send, thread.thumbnails)
        counts = Counts(view, thread, runs, self._private, self._offered)
        ranking = Ranking(thread.root)
        pictures = PictureList(view, thread, tiles, counts, ranking)
        return FolderParts(
            thread,
            counts,
            ranking,
            pictures,
            Marking(view, thread, tiles, counts, self._on_marks),
            Applying(view, thread, runs, counts, self._on_apply),
            Download(view, thread.root),
        )

    async def _watch(self, parts: FolderParts) -> None:
        """See what others do to the folder: another cleaner, a run, photos that visitors send."""
        while not self._closed:
            await asyncio.sleep(WATCH_SECONDS)
            if not self._closed and not parts.ranking.busy and await parts.catalog_thread.changed_by_others():
                await self._view.guarded(parts.pictures.choose(fresh=False))
                await self._view.guarded(self._update_judge(parts))  # a training leaves its answers here

    async def _on_marks(self) -> None:
        if self.parts and not self._private:
            await self.parts.pictures.rank_anew()

    async def _update_judge(self, parts: FolderParts) -> None:
        """Say which model has judged, or would: read from the runs, beside the page."""
        if self._private:
            return
        view, fact, answering = self._view, parts.counts.judge, parts.counts.answering
        scored = bool(view.listing.get("scored"))
        known = set(view.classes)  # what a visitor says of a photo makes no class of the folder
        labels = [label for label, _, _ in view.filters.get("labels", []) if label in known]
        view.judge = await asyncio.to_thread(lambda: judge.describe(scored, fact, answering, self._runs.judge, labels))

    async def _scan_when_settled(self) -> None:
        await asyncio.sleep(SETTLED_SECONDS)
        if not self._closed and not self._runs.kind:
            self._runs.start("scan", quiet=True)

    # ---- what follows a run

    def _on_runs_progress(self, job: dict[str, Any]) -> None:
        self._view.job = job
        if self._view.state in ("opening", "empty"):
            self._view.state, self._view.sentence = "listing", "Listing the pictures of this folder"

    def _on_runs_end(self, kind: str, state: jobs.State, sentence: str, quiet: bool) -> None:
        if not quiet:
            self._view.job = {}
        self._view.in_background(self._update_after_run(kind, state, sentence, quiet))

    async def _update_after_run(self, kind: str, state: jobs.State, sentence: str, quiet: bool) -> None:
        view, failed = self._view, state in ("failed", "died")
        if failed and view.state != "ready":
            view.state, view.sentence = "refused", sentence or SORRY
        elif self.parts is None:
            await self._open()
        else:
            if kind == "score":
                await self.parts.catalog_thread.restart_yield()
            await self.parts.pictures.choose(fresh=kind == "score" or view.state != "ready")
            await self._update_judge(self.parts)
            if failed and not quiet:
                view.say(sentence, alarm=True)
            elif kind == "score":
                doubtful = next((count for key, _, count in view.filters["reasons"] if key == "doubtful"), 0)
                who = await asyncio.to_thread(judge.who_judged, self.parts.counts.judge)
                view.say(guidance.found(doubtful, view.listing["judged"], who, stopped=state == "stopped"))


def _start_beside(work: Coroutine[Any, Any, None]) -> None:
    """Start what never ends, where there is a loop to run it beside; a script has none."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        work.close()
    else:
        run_in_background(work)
