"""What a person decides of pictures: kept, deleted, relabelled, undone. Knows marks, and moves no file."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from model.core import number_of
from widgets.clean.catalog_thread import FIRST_ROWS, CatalogThread
from widgets.clean.cleaner_view import CleanerView
from widgets.clean.counts import Counts
from widgets.clean.messages import Request
from widgets.clean.tile_stream import TileStream

DONE = {"keep": "kept", "delete": "to be deleted", "clear": "left as it was"}


class Marking:
    """Writes down each decision as it is made, says so, and brings up to date what is on the screen.

    `on_marks()` is awaited beside that after every change of marks.
    """

    def __init__(
        self,
        view: CleanerView,
        thread: CatalogThread,
        tiles: TileStream,
        counts: Counts,
        on_marks: Callable[[], Coroutine[Any, Any, None]],
    ):
        self._view, self._thread, self._tiles, self._counts = view, thread, tiles, counts
        self._on_marks = on_marks

    async def mark(self, request: Request) -> None:
        """Mark the chosen pictures. Raises BadUsage, BadData."""
        marked = await self._thread.mark(request.stamp, request.files, request.ranges, request.action, request.label)
        done = DONE.get(request.action) or f"labelled “{request.label}”"
        await self._update_marks(f"{number_of(marked, 'picture')}: {done}.")

    async def accept_suggestions(self, request: Request) -> None:
        """Give each of the chosen pictures the label suggested for it. Raises BadUsage, BadData."""
        accepted, chosen = await self._thread.accept_suggestions(request.stamp, request.files, request.ranges)
        if not accepted:
            return self._view.say("There is no suggestion here: press K to keep the label, or give another.")
        left = chosen - accepted
        rest = f" {number_of(left, 'picture')} without a suggestion stayed as before." if left > 0 else ""
        await self._update_marks(f"{number_of(accepted, 'picture')} labelled as suggested.{rest}")

    async def clear_marks(self, files: Sequence[str]) -> None:
        """Take the marks of these files away, and send the list of changes again."""
        cleared = await self._thread.mark(0, files, (), "clear", None)
        await self._update_marks(f"{number_of(cleared, 'change')} cleared.")
        await self.send_review(0)

    async def undo(self) -> None:
        """Take back the last step of marking."""
        await self._update_marks(await self._thread.undo() or "There is no mark to undo.")

    async def redo(self) -> None:
        """Make the step again that was taken back last."""
        await self._update_marks(await self._thread.redo() or "There is nothing to redo.")

    async def send_review(self, start: int) -> None:
        """Send a page of the changes that wait, from the position `start` on."""
        await self._tiles.send_review(start, await self._thread.waiting_changes(start, start + FIRST_ROWS))

    async def _update_marks(self, text: str) -> None:
        """After a change of marks: what happened, the rows that are on the screen, the numbers."""
        self._view.say(text)
        self._view.send({"type": "stale", "stamp": self._view.listing.get("stamp", 0)})
        await self._counts.update_marks()
        self._view.in_background(self._on_marks())
