"""The pictures that a person has chosen to see, in their order: listed, and sent to the browser by the window.

Knows positions, rows and their thumbnails; no marks.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Sequence
from typing import Any

from model.catalog import RANKED_ORDERS, Filter, Range
from widgets.clean import captions
from widgets.clean.catalog_thread import CatalogThread, OpenedListing
from widgets.clean.cleaner_view import CleanerView
from widgets.clean.counts import Counts
from widgets.clean.messages import Request
from widgets.clean.ranking import Ranking
from widgets.clean.tile_stream import TileStream

NUMBERS_SECONDS = 0.2  # for which the first pictures wait for all the counts
PREPARE_SECONDS = 0.3  # until thumbnails are made that nobody has asked for yet
MOST_ALIKE = 200  # pictures


class PictureList:
    """The list of the view's query; each has a stamp, so that positions in an earlier one are not taken for its own."""

    def __init__(self, view: CleanerView, thread: CatalogThread, tiles: TileStream, counts: Counts, ranking: Ranking):
        self._view, self._thread, self._tiles, self._counts, self._ranking = view, thread, tiles, counts, ranking
        self._turns = 0
        self._shown = 0  # positions of this list that a browser had on its screen, from the first on

    async def choose(self, fresh: bool = True) -> bool:
        """Make the list of the query, or make it again; give whether the folder is known to have pictures."""
        self._turns += 1
        turn, query = self._turns, self._view.current_filter
        if not fresh:
            made = await self._thread.choose(query, self._view.active_position, fresh, self._shown)
            return await self._update(turn, made)
        self._shown = 0
        beginning = asyncio.ensure_future(self._thread.begin(query))
        making = asyncio.ensure_future(self._thread.choose(query, 0, fresh))
        begun = await beginning
        if turn == self._turns:
            self._show(begun, fresh)
        finishing = asyncio.ensure_future(self._finish(turn, begun, making))
        await asyncio.wait([finishing], timeout=NUMBERS_SECONDS)
        if turn == self._turns and begun.count and not finishing.done():
            self._view.state = "ready"  # the pictures are looked at before all of them are counted
        return await finishing

    async def _finish(self, turn: int, begun: OpenedListing, making: Awaitable[OpenedListing]) -> bool:
        """Once all of a list that was begun is there: bring the numbers up to date."""
        made = await making
        if turn != self._turns:  # a newer query waits
            return True
        if made.count != begun.count:  # somebody else wrote in between
            return await self.choose()
        return await self._counts.update_all()

    async def _update(self, turn: int, made: OpenedListing) -> bool:
        """Show a list that was made again."""
        if turn != self._turns:
            return True
        if made.is_other:
            self._show(made, fresh=False)
        else:
            self._view.send({"type": "stale", "stamp": made.stamp})
        return await self._counts.update_all()

    def _show(self, made: OpenedListing, fresh: bool) -> None:
        """Send a list's length, and its first rows if they are there; select a picture, unless those selected stand."""
        at = made.active
        if at != self._view.active_position or fresh or not self._selection_stands():
            self._view.selection = {
                "stamp": made.stamp,
                "active": at,
                "anchor": at,
                "ranges": [[at, at + 1]] if made.count else [],
            }
        self._view.listing = {**self._view.listing, "stamp": made.stamp, "count": made.count, "fresh": fresh}
        if made.rows:
            self._view.in_background(self._tiles.send_rows(made.stamp, made.rows))
            self._view.in_background(self._make_ahead(made.stamp))

    async def send_rows(self, request: Request) -> None:
        """Send a window of the list, unless the list is another one by now."""
        rows = await self._thread.rows(request.stamp, request.start, request.stop)
        if rows is not None:
            await self._tiles.send_rows(request.stamp, rows, request.pictures, request.age)

    async def send_detail(self, stamp: int, position: int) -> None:
        """Send what the detail pane shows of one picture."""
        row, copies = await self._thread.detail(stamp, position)
        if row is not None:
            self._view.send({"type": "detail", "file": row.file, **captions.detail(row, copies)})
            await self._tiles.send_large(row)

    async def mark_seen(self, stamp: int, ranges: Sequence[Range]) -> None:
        """Note that a person has had these positions before their eyes."""
        progress, newly_seen = await self._thread.mark_seen(stamp, ranges)
        if progress:
            self._counts.update_progress(progress)
        if newly_seen:
            self._counts.update_unseen(newly_seen)

    async def rank_anew(self) -> None:
        """After a mark: rank what nobody has looked at, then tell browsers, which take it when nobody scrolls."""
        if not self._counts.judge.get("eye") or self._view.query["order"] not in RANKED_ORDERS:
            return  # nothing is known by which it could be ranked
        marks = await self._ranking.rank()
        if marks is not None:
            await self._thread.note_ranking()
            self._counts.ranked_by = marks
            self._view.send({"type": "ranked"})

    async def take_ranking(self, stamp: int, shown: int) -> None:
        """Put what stands from the position `shown` on in its new order, unless the list is another one by now."""
        if stamp == self._view.listing.get("stamp"):
            self._shown = max(self._shown, shown)
            await self.choose(fresh=False)

    async def show_alike(self, stamp: int, position: int) -> None:
        """Show what looks most like the picture at a position, itself first. Raises AppError."""
        file = await self._thread.file_at(stamp, position)
        if file is not None:
            files = await self._ranking.alike(file, MOST_ALIKE)
            self._view.query = Filter(files=tuple(files), order="given").to_json()

    def _selection_stands(self) -> bool:
        """Whether all that is selected stands where it stood."""
        ranges: Any = self._view.selection.get("ranges")
        with contextlib.suppress(TypeError, ValueError, IndexError):  # a browser may have written anything
            return bool(ranges) and all(stop <= self._shown for _, stop in ranges)
        return False

    async def _make_ahead(self, stamp: int) -> None:
        """Make thumbnails that are likely wanted next."""
        await asyncio.sleep(PREPARE_SECONDS)
        await self._tiles.make_ahead(await self._thread.likely_next(stamp, self._view.current_filter))
