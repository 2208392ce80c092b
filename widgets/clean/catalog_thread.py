"""The one thread of a cleaner in which its folder's catalogue is read and its journal is written, in the order asked for.

Everything here but `do` runs in that thread. Knows rows and marks, no words for people and no widget.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model import catalog
from model.catalog import Facets, Filter, Listing, Progress, Range, Row, Thumbnails
from model.data import find_folder
from model.errors import BadUsage
from model.journal import Journal

FIRST = 60  # rows that come with a new list
AHEAD = 120  # rows after these whose thumbnails are likely wanted next


@dataclass(frozen=True)
class OpenedListing:
    """A list as it was made: its stamp, its length, where the active picture stands in it, its first rows if it is new."""

    stamp: int
    count: int
    active: int
    rows: list[Row]
    other: bool


@dataclass(frozen=True)
class Numbers:
    """What the marks amount to, and how far a person has come."""

    counts: dict[str, int]
    classes: list[str]
    outlook: dict[tuple[str, str], tuple[int, int]]
    progress: Progress
    applied: bool


class CatalogThread:
    """Opened by `open`, in its own thread; everything a browser asks for by position names the stamp of its list."""

    def __init__(self):
        self.root: Path | None = None
        self.thumbnails: Thumbnails | None = None
        self._thread = ThreadPoolExecutor(1, "cleaner")
        self._stamp = 0

    async def do(self, work: Callable, *arguments: Any) -> Any:
        """Do work in the thread, from the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *arguments)

    def close(self) -> None:
        """From any thread: no more work is taken."""
        if self.thumbnails:
            self.thumbnails.close()
        self._thread.shutdown(wait=False)

    def open(self, data: str, labels: Path | None) -> None:
        """Open folder, journal and catalogue. Raises BadData."""
        root = find_folder(data)
        self.thumbnails = Thumbnails(root)  # its workers start while the rest is read
        self.journal = Journal(data, labels)
        self._selection = Listing(root)
        self.root = root
        self._note_own_writing()

    def labels(self) -> Path | None:
        """The CSV of the labels in force, which an apply or its undoing may replace by another copy."""
        return self.journal.labels

    def changed_by_others(self) -> bool:
        """Whether somebody else has written since the last look, or the last writing of our own."""
        return self.journal.version() != self._version or self._selection.touched()

    def choose(self, query: Filter, active: int, fresh: bool) -> OpenedListing:
        """Make the list of a query; of one that is not fresh, keep the person's place, and the stamp if nothing is other."""
        at = [] if fresh else self._selection.files([(active, active + 1)])
        other = self._selection.choose(query) or fresh
        count = len(self._selection)
        self._stamp += other
        self._note_own_writing()
        place = self._selection.position(at[0]) if at else None
        if place is None:
            place = 0 if fresh else min(active, max(0, count - 1))
        return OpenedListing(self._stamp, count, place, self._selection.rows(0, FIRST) if fresh else [], other)

    def rows(self, stamp: int, start: int, stop: int) -> list[Row] | None:
        return self._selection.rows(start, stop) if stamp == self._stamp else None

    def detail(self, stamp: int, position: int) -> tuple[Row | None, list[Row]]:
        """One row, and the group of copies that it is in."""
        rows = self.rows(stamp, position, position + 1)
        if not rows or rows[0].gone:
            return None, []
        return rows[0], self._selection.group(rows[0].group) if rows[0].group is not None else []

    def likely(self, stamp: int, query: Filter) -> list[tuple[str, str]]:
        """File and SHA-256 of what is likely looked at next: the next pages, and the first page of every class."""
        if stamp != self._stamp:
            return []
        ahead = [(row.file, row.sha256) for row in self._selection.rows(FIRST, FIRST + AHEAD)]
        return ahead + catalog.likely_first(self._selection, query)

    def facets(self, query: Filter) -> tuple[Facets, list[tuple[str, str, int]]]:
        return self._selection.facets(query), self._selection.pairs()

    def numbers(self) -> Numbers:
        self._note_own_writing()
        chosen = self._selection
        applied = any(not apply.undone for apply in self.journal.applies())
        return Numbers(self.journal.counts(), chosen.classes(), chosen.outlook(), chosen.progress(), applied)

    def review(self, start: int, stop: int) -> list[Row]:
        return self._selection.changed(start, stop)

    def mark_seen(self, stamp: int, ranges: list[Range]) -> tuple[Progress | None, int]:
        """How far a person is after these positions, and how many pictures nobody had seen before."""
        if stamp != self._stamp:
            return None, 0
        fresh = self._selection.see(ranges)
        self._note_own_writing()
        return self._selection.progress(), fresh

    def mark(self, stamp: int, files: Sequence[str], ranges: list[Range], action: str, label: str | None) -> int:
        """Mark pictures by their names, or by their positions; give how many. Raises BadUsage, BadData."""
        chosen = self._chosen(stamp, files, ranges)
        if action == "clear":  # of a file that has vanished, too
            return self.journal.clear(chosen)
        chosen = self._selection.known(chosen)
        if chosen:
            self.journal.mark(chosen, action, label)
        return len(chosen)

    def accept_suggestions(self, stamp: int, files: Sequence[str], ranges: list[Range]) -> tuple[int, int]:
        """Give each of these pictures the label suggested for it; how many have one, of how many. Raises BadUsage, BadData."""
        chosen = self._chosen(stamp, files, ranges)
        suggested = self._selection.suggested(chosen)
        for label, those in suggested.items():
            self.journal.mark(those, "relabel", label)
        return sum(map(len, suggested.values())), len(chosen)

    def _chosen(self, stamp: int, files: Sequence[str], ranges: list[Range]) -> list[str]:
        if not files and stamp != self._stamp:
            raise BadUsage("The list has just changed: look again, then repeat that.")
        return list(files) or self._selection.files(ranges)

    def look_anew(self) -> None:
        """After an apply or a scoring: what was looked at before says nothing of what is still to be found."""
        self._selection.look_anew()

    def _note_own_writing(self) -> None:
        """What we have just written, or read, need not be found out again by watching."""
        self._version = self.journal.version()
        self._selection.touched()
