"""A labelled folder, sent to the browser as a zip, part by part, so that no more than one part is ever under way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

from model import journal
from model.errors import AppError, BadUsage
from widgets.clean.cleaner_view import CleanerView

MAX_BYTES = 1_000_000_000
RECEIPT_SECONDS = 60


class Download:
    """One browser's downloads of the folder `root`, over the view's messages."""

    def __init__(self, view: CleanerView, root: Path):
        self._view, self._root = view, root
        self._receipt: asyncio.Future[None] | None = None

    async def send_zip(self, name: str) -> None:
        """Send the labelled pictures as the zip `name`, and show how far it is. Raises AppError."""
        if self._view.job:
            return self._view.say("Something is still under way here: wait for its end, then download.")
        self._view.job = {"kind": "zip", "text": "Packing the labelled pictures", "share": 0.0}
        try:
            async for share in self._send_parts(name):
                self._view.job = {**self._view.job, "share": share}
            self._view.say("The labelled pictures are downloaded.")
        finally:
            self._view.job = {}

    def on_receipt(self) -> None:
        """The browser has room for the next part."""
        if self._receipt and not self._receipt.done():
            self._receipt.set_result(None)

    async def _send_parts(self, name: str) -> AsyncIterator[float]:
        """Send the zip; gives the share that has arrived after each part."""
        total = await asyncio.to_thread(journal.zip_size, self._root)
        if total > MAX_BYTES:
            raise BadUsage(f"These pictures have {total / 1e9:.1f} GB, too much for a download: take the folder itself.")
        parts, sent = journal.zip_chunks(self._root), 0
        while part := await asyncio.to_thread(next, parts, b""):
            self._receipt = asyncio.get_running_loop().create_future()
            self._view.send({"type": "zip", "first": sent == 0, "last": False}, [part])
            try:
                await asyncio.wait_for(self._receipt, RECEIPT_SECONDS)
            except asyncio.TimeoutError as error:
                raise AppError("The download broke off: try it again.") from error
            sent += len(part)
            yield min(1.0, sent / max(1, total))
        self._view.send({"type": "zip", "last": True, "name": name})
