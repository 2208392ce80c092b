"""A labelled folder, sent to the browser as a zip, part by part, so that no more than one part is ever under way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from model import journal
from model.errors import AppError, BadUsage

MOST = 1_000_000_000  # bytes
RECEIPT_SECONDS = 60


class Download:
    """One browser's downloads, over the `send` of its widget."""

    def __init__(self, send: Callable[..., Any]):
        self._send = send
        self._receipt: asyncio.Future | None = None

    def received(self) -> None:
        """The browser has room for the next part."""
        if self._receipt and not self._receipt.done():
            self._receipt.set_result(None)

    async def parts(self, root: Path, name: str) -> AsyncIterator[float]:
        """Send the pictures of `root` as the zip `name`; gives the share that has arrived. Raises AppError."""
        total = await asyncio.to_thread(journal.zip_size, root)
        if total > MOST:
            raise BadUsage(f"These pictures have {total / 1e9:.1f} GB, too much for a download: take the folder itself.")
        parts, sent = journal.zip_chunks(root), 0
        while part := await asyncio.to_thread(next, parts, b""):
            self._receipt = asyncio.get_running_loop().create_future()
            self._send({"type": "zip", "first": sent == 0, "last": False}, [part])
            try:
                await asyncio.wait_for(self._receipt, RECEIPT_SECONDS)
            except asyncio.TimeoutError as error:
                raise AppError("The download broke off: try it again.") from error
            sent += len(part)
            yield min(1.0, sent / max(1, total))
        self._send({"type": "zip", "last": True, "name": name})
