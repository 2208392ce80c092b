"""The pictures that a person has chosen to see, in their order: listed, and sent to the browser by the window.

Knows positions, rows and their thumbnails; no marks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from model.catalog import Range
from widgets.clean import captions
from widgets.clean.catalog_thread import CatalogThread
from widgets.clean.cleaner_view import CleanerView
from widgets.clean.counts import Counts
from widgets.clean.messages import Request
from widgets.clean.tile_stream import TileStream

PREPARE_SECONDS = 0.3  # until thumbnails are made that nobody has asked for yet


class PictureList:
    """The list of the view's query; each has a stamp, so that positions in an earlier one are not taken for its own."""

    def __init__(self, view: CleanerView, thread: CatalogThread, tiles: TileStream, counts: Counts):
        self._view, self._thread, self._tiles, self._counts = view, thread, tiles, counts
        self._turns = 0

    async def choose(self, fresh: bool = True) -> bool:
        """Make the list of the query, or make it again; give whether the folder is known to have pictures."""
        self._turns += 1
        turn = self._turns
        made = await self._thread.choose(self._view.current_filter, self._view.active_position, fresh)
        if turn != self._turns:  # a newer query waits
            return True
        if not made.is_other:
            self._view.send({"type": "stale", "stamp": made.stamp})
            return await self._counts.update_all()
        at = made.active
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
        return await self._counts.update_all()

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

    async def _make_ahead(self, stamp: int) -> None:
        """Make thumbnails that are likely wanted next."""
        await asyncio.sleep(PREPARE_SECONDS)
        await self._tiles.make_ahead(await self._thread.likely_next(stamp, self._view.current_filter))
