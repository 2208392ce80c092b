"""Windows of a long list on their way to the browser: rows as JSON, their thumbnails as binary buffers, as they are made.

Knows rows and thumbnails, not why they are shown.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from model.catalog import Row, Thumbnail, Thumbnails
from widgets.clean.captions import KEY_LENGTH, tile

BATCH_SECONDS = 0.06  # thumbnails that become ready within this time travel together
AHEAD_AT_ONCE = 4  # thumbnails
WINDOWS_WANTED = 4  # the last ones; thumbnails of earlier ones are not made any more

Send = Callable[..., None]


class TileStream:
    """Sends windows through `send(content, buffers)`; thumbnails are made for the last few that were asked for."""

    def __init__(self, send: Send, thumbnails: Thumbnails):
        self._send = send
        self._thumbnails = thumbnails
        self._wanted: deque[frozenset[str]] = deque(maxlen=WINDOWS_WANTED)
        self._making: dict[str, asyncio.Future[Thumbnail | None]] = {}
        self._newest_ahead: object = None

    async def send_rows(self, stamp: int, rows: Sequence[Row], pictures: bool = True, age: int = 0) -> None:
        """Send `rows` with the thumbnails that are there, then the missing ones; without `pictures`, the rows alone.

        `age` is the browser's, from its question: by it the browser knows an answer that is out of date.
        """
        kept = await asyncio.to_thread(self._thumbnails.kept, {row.sha256 for row in rows}) if pictures else {}
        tiles = [_with_problem(tile(row), kept.get(row.sha256)) for row in rows]
        held = list(dict.fromkeys(row.sha256 for row in rows if row.sha256 in kept and kept[row.sha256].content))
        content = {"type": "rows", "stamp": stamp, "age": age, "tiles": tiles, "keys": _keys(held)}
        self._send(content, [kept[sha256].content for sha256 in held])
        if pictures:
            await self._make([row for row in rows if not row.gone and row.sha256 not in kept])

    async def send_review(self, start: int, rows: Sequence[Row]) -> None:
        """Send rows for the list of changes, with the thumbnails that are there."""
        kept = await asyncio.to_thread(self._thumbnails.kept, {row.sha256 for row in rows})
        held = [sha256 for sha256, thumbnail in kept.items() if thumbnail.content]
        content = {"type": "review", "start": start, "tiles": [tile(row) for row in rows], "keys": _keys(held)}
        self._send(content, [kept[sha256].content for sha256 in held])

    async def send_large(self, row: Row) -> None:
        """Send the large picture of a row."""
        made = await asyncio.wrap_future(self._thumbnails.large(row.file))
        self._send({"type": "large", "key": row.sha256[:KEY_LENGTH], "problem": made.problem}, [made.content])

    async def make_ahead(self, pictures: Sequence[tuple[str, str]]) -> None:
        """Make thumbnails, by file and SHA-256, that may be asked for next, while nothing is asked for."""
        turn = self._newest_ahead = object()
        kept = await asyncio.to_thread(self._thumbnails.kept, {sha256 for _, sha256 in pictures})
        missing = [file for file, sha256 in pictures if sha256 not in kept]
        for start in range(0, len(missing), AHEAD_AT_ONCE):
            if self._newest_ahead is not turn:
                return
            making = [
                asyncio.wrap_future(self._thumbnails.make(file, ahead=True)) for file in missing[start : start + AHEAD_AT_ONCE]
            ]
            await asyncio.gather(*making)

    async def _make(self, rows: Sequence[Row]) -> None:
        """Make thumbnails and send them in small batches, unless the person has scrolled elsewhere."""
        files = {row.sha256: row.file for row in rows}
        self._wanted.append(frozenset(files))
        making = {self._future_of(sha256, file): sha256 for sha256, file in files.items()}
        waiting = set(making)
        while waiting:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.sleep(BATCH_SECONDS)
            done = {future for future in waiting if future.done()}
            waiting -= done
            made = {making[future]: thumbnail for future in done if (thumbnail := future.result()) is not None}
            problems = [thumbnail.problem for thumbnail in made.values()]
            self._send(
                {"type": "thumbnails", "keys": _keys([*made]), "problems": problems},
                [thumbnail.content for thumbnail in made.values()],
            )

    def _future_of(self, sha256: str, file: str) -> asyncio.Future[Thumbnail | None]:
        """The thumbnail that is being made; it is made once, however many windows wait for it."""
        if sha256 not in self._making:
            future = self._thumbnails.make(file, lambda: any(sha256 in window for window in self._wanted))
            self._making[sha256] = asyncio.wrap_future(future)
            self._making[sha256].add_done_callback(lambda _: self._making.pop(sha256, None))
        return self._making[sha256]


def _keys(checksums: Sequence[str]) -> list[str]:
    return [sha256[:KEY_LENGTH] for sha256 in checksums]


def _with_problem(shown: dict[str, Any], thumbnail: Thumbnail | None) -> dict[str, Any]:
    if thumbnail is None or not thumbnail.problem or shown.get("problem"):
        return shown
    return {**shown, "problem": thumbnail.problem, "state": shown["state"] or "broken"}
