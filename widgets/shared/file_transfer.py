"""A file on its way to the browser's downloads, part by part, so that no more than one part is ever under way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from model.errors import AppError

PART = 512 * 1024  # bytes
RECEIPT_SECONDS = 60


class FileTransfer:
    """The files that one widget sends to its browser, by the widget's own `send(message, buffers)`."""

    def __init__(self, send: Callable[[dict[str, Any], list[bytes]], None]):
        self._send = send
        self._receipt: asyncio.Future[None] | None = None

    async def send(self, name: str, parts: Iterator[bytes]) -> AsyncIterator[int]:
        """Send a file, whose parts may be slow to make; gives the bytes of each that has arrived. Raises AppError."""
        first = True
        while part := await asyncio.to_thread(next, parts, b""):
            self._receipt = asyncio.get_running_loop().create_future()
            self._send({"type": "file", "first": first, "last": False}, [part])
            try:
                await asyncio.wait_for(self._receipt, RECEIPT_SECONDS)
            except asyncio.TimeoutError as error:
                raise AppError("The download broke off: try it again.") from error
            first = False
            yield len(part)
        self._send({"type": "file", "last": True, "name": name}, [])

    def on_receipt(self) -> None:
        """The browser has room for the next part."""
        if self._receipt and not self._receipt.done():
            self._receipt.set_result(None)


def in_parts(content: bytes) -> Iterator[bytes]:
    """A file that is there already, as parts to send."""
    return (content[at : at + PART] for at in range(0, len(content), PART))
