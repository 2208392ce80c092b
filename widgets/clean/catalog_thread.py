"""The one thread of a cleaner in which its folder's catalog is read and its journal is written, in the order asked for.

Knows rows and marks, no words for people and no widget.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial, wraps
from pathlib import Path
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar

from model import catalog
from model.catalog import Facets, Filter, Listing, Progress, Range, Row, Thumbnails
from model.data import find_folder
from model.errors import BadUsage
from model.journal import Journal
from model.types import Action, Change

FIRST_ROWS = 60  # that come with a new list
BEGUN_ROWS = 600  # that can be had while the whole of it is being made
ROWS_AHEAD = 120  # after these, whose thumbnails are likely wanted next

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class OpenedListing:
    """A list as it was begun, or made: its stamp, its length, its first rows if it was begun, where the active picture stands.

    `is_other` is false where a list that was made again is the one of before.
    """

    stamp: int
    count: int
    rows: Sequence[Row] = ()
    active: int = 0
    is_other: bool = True


@dataclass(frozen=True)
class WorkSummary:
    """What the marks amount to, and how far a person has come.

    `marks` counts pictures by action; `class_counts` are pictures by (label, split), now and once the marks are applied;
    `applied` says whether there is an apply that can be undone.
    """

    marks: dict[str, int]
    classes: list[str]
    class_counts: dict[tuple[str, str], tuple[int, int]]
    progress: Progress
    applied: bool


def _in_thread(
    method: Callable[Concatenate[CatalogThread, _Arguments], _Result],
) -> Callable[Concatenate[CatalogThread, _Arguments], Coroutine[Any, Any, _Result]]:
    """A version of `method` that runs in the thread and is awaited on the event loop."""

    @wraps(method)
    async def run(self: CatalogThread, *args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Result:
        work = partial(method, self, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)

    return run


class CatalogThread:
    """Made by `open`; everything a browser asks for by position names the stamp of its list."""

    def __init__(self, executor: ThreadPoolExecutor, data: str, labels: Path | None):
        """In the thread itself: open folder, journal and catalog. Raises BadData."""
        self._executor = executor
        self.root = find_folder(data)
        self.thumbnails = Thumbnails(self.root)  # its workers start while the rest is read
        self._journal = Journal(data, labels)
        self._listing = Listing(self.root)
        self._stamp = 0
        self._begun: list[Row] = []  # the first rows of a list that is being made
        self._note_own_writing()

    @classmethod
    async def open(cls, data: str, labels: Path | None) -> CatalogThread:
        """Open a folder in a thread of its own. Raises BadData."""
        executor = ThreadPoolExecutor(1, "cleaner")
        try:
            return await asyncio.get_running_loop().run_in_executor(executor, cls, executor, data, labels)
        except BaseException:
            executor.shutdown(wait=False)
            raise

    def close(self) -> None:
        """From any thread: no more work is taken."""
        self.thumbnails.close()
        self._executor.shutdown(wait=False)

    # ---- the list

    @_in_thread
    def begin(self, query: Filter) -> OpenedListing:
        """How another list begins, which `choose` makes right after: who waits for the first rows waits for no more."""
        self._stamp += 1
        count, self._begun = self._listing.begin(query, BEGUN_ROWS)
        return OpenedListing(self._stamp, count, self._begun[:FIRST_ROWS])

    @_in_thread
    def choose(self, query: Filter, active: int, fresh: bool, still: int = 0) -> OpenedListing:
        """Make the list of a query; a fresh one was begun. Of another keep the person's place, what stands before the position
        `still` and was looked at, and the stamp if nothing is other.
        """
        at = [] if fresh else self._listing.files([(active, active + 1)])
        if fresh:
            self._listing.restart_yield()
        is_other = self._listing.choose(query, still) and not fresh
        self._begun = []
        count = len(self._listing)
        self._stamp += is_other
        self._note_own_writing()
        place = self._listing.position(at[0]) if at else None
        if place is None:
            place = 0 if fresh else min(active, max(0, count - 1))
        return OpenedListing(self._stamp, count, active=place, is_other=is_other)

    async def rows(self, stamp: int, start: int, stop: int) -> list[Row] | None:
        """The rows of a window, None where the list is another one by now."""
        begun = self._begun
        if stamp == self._stamp and stop <= len(begun):  # the thread makes the rest, and no mark meanwhile
            return begun[start:stop]
        return await self._rows_of_window(stamp, start, stop)

    @_in_thread
    def _rows_of_window(self, stamp: int, start: int, stop: int) -> list[Row] | None:
        return self._rows(stamp, start, stop)

    @_in_thread
    def detail(self, stamp: int, position: int) -> tuple[Row | None, list[Row]]:
        """One row, and the group of copies that it is in."""
        rows = self._rows(stamp, position, position + 1)
        if not rows or rows[0].gone:
            return None, []
        return rows[0], self._listing.group(rows[0].group) if rows[0].group is not None else []

    @_in_thread
    def file_at(self, stamp: int, position: int) -> str | None:
        """The file at a position, None where the list is another one by now."""
        return next(iter(self._listing.files([(position, position + 1)])), None) if stamp == self._stamp else None

    @_in_thread
    def note_ranking(self) -> None:
        """What the companion has just written is our own writing."""
        self._note_own_writing()

    @_in_thread
    def likely_next(self, stamp: int, query: Filter) -> list[tuple[str, str]]:
        """File and SHA-256 of what is likely looked at next: the next pages, and the first page of every class."""
        if stamp != self._stamp:
            return []
        ahead = [(row.file, row.sha256) for row in self._listing.rows(FIRST_ROWS, FIRST_ROWS + ROWS_AHEAD)]
        return ahead + catalog.likely_first(self._listing, query)

    @_in_thread
    def facets(self, query: Filter) -> tuple[Facets, list[tuple[str, str, int]]]:
        """The counts of every filter, and the pairs of classes that are confused most often."""
        return self._listing.facets(query), self._listing.confused_pairs()

    @_in_thread
    def mark_seen(self, stamp: int, ranges: Sequence[Range]) -> tuple[Progress | None, int]:
        """How far a person is after these positions, and how many pictures nobody had seen before."""
        if stamp != self._stamp:
            return None, 0
        newly_seen = self._listing.mark_seen(ranges)
        self._note_own_writing()
        return self._listing.progress(), newly_seen

    @_in_thread
    def restart_yield(self) -> None:
        """After an apply or a scoring: what was looked at before says nothing of what is still to be found."""
        self._listing.restart_yield()

    @_in_thread
    def changed_by_others(self) -> bool:
        """Whether somebody else has written since the last look, or the last writing of our own."""
        return self._journal.version() != self._version or self._listing.has_changed()

    # ---- the journal

    @_in_thread
    def labels(self) -> Path | None:
        """The CSV of the labels in force, which an apply or its undoing may replace by another copy."""
        return self._journal.labels

    @_in_thread
    def mark(
        self, stamp: int, files: Sequence[str], ranges: Sequence[Range], action: Action | Literal["clear"], label: str | None
    ) -> int:
        """Mark pictures by their names, or by their positions; give how many. Raises BadUsage, BadData."""
        chosen = self._chosen(stamp, files, ranges)
        if action == "clear":  # of a file that has vanished, too
            return self._journal.clear(chosen)
        chosen = self._listing.existing(chosen)
        if chosen:
            self._journal.mark(chosen, action, label)
        return len(chosen)

    @_in_thread
    def accept_suggestions(self, stamp: int, files: Sequence[str], ranges: Sequence[Range]) -> tuple[int, int]:
        """Give each of these pictures the label suggested for it; how many have one, of how many. Raises BadUsage, BadData."""
        chosen = self._chosen(stamp, files, ranges)
        suggested = self._listing.suggested_labels(chosen)
        for label, those in suggested.items():
            self._journal.mark(those, "relabel", label)
        return sum(map(len, suggested.values())), len(chosen)

    @_in_thread
    def undo(self) -> str | None:
        """Take back the last step of marking; a sentence, or None where there is none."""
        return self._journal.undo()

    @_in_thread
    def redo(self) -> str | None:
        """Make the step again that was taken back last; a sentence, or None where there is none."""
        return self._journal.redo()

    @_in_thread
    def waiting_changes(self, start: int, stop: int) -> list[Row]:
        """The rows of the changes that wait, oldest first, from the place `start` up to `stop`."""
        return self._listing.waiting_changes(start, stop)

    @_in_thread
    def apply(self) -> list[Change]:
        """Do what is marked, all or nothing. Raises BadData."""
        return self._journal.apply()

    @_in_thread
    def undo_apply(self) -> list[Change]:
        """Take back the latest apply. Raises BadData."""
        return self._journal.undo_apply()

    @_in_thread
    def summary(self) -> WorkSummary:
        """What the marks amount to, and how far a person has come."""
        self._note_own_writing()
        listing = self._listing
        applied = any(not apply.undone for apply in self._journal.applies())
        return WorkSummary(
            self._journal.counts(), listing.classes(), listing.class_counts_after_apply(), listing.progress(), applied
        )

    # ---- in the thread already

    def _rows(self, stamp: int, start: int, stop: int) -> list[Row] | None:
        return self._listing.rows(start, stop) if stamp == self._stamp else None

    def _chosen(self, stamp: int, files: Sequence[str], ranges: Sequence[Range]) -> list[str]:
        if not files and stamp != self._stamp:
            raise BadUsage("The list has just changed: look again, then repeat that.")
        return list(files) or self._listing.files(ranges)

    def _note_own_writing(self) -> None:
        """What we have just written, or read, need not be found out again by watching."""
        self._version = self._journal.version()
        self._listing.has_changed()
