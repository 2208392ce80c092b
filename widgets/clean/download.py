"""A labelled folder, sent to the browser as a zip."""

from __future__ import annotations

import asyncio
from pathlib import Path

from model import journal
from model.errors import BadUsage
from widgets.clean.cleaner_view import CleanerView
from widgets.shared import FileTransfer

MAX_BYTES = 1_000_000_000


class Download:
    """One browser's downloads of the folder `root`, over the view's messages."""

    def __init__(self, view: CleanerView, root: Path):
        self._view, self._root = view, root
        self._transfer = FileTransfer(view.send)
        self.on_receipt = self._transfer.on_receipt

    async def send_zip(self, name: str) -> None:
        """Send the labelled pictures as the zip `name`, and show how far it is. Raises AppError."""
        if self._view.job:
            return self._view.say("Something is still under way here: wait for its end, then download.")
        self._view.job = {"kind": "zip", "text": "Packing the labelled pictures", "share": 0.0}
        try:
            total, arrived = await asyncio.to_thread(journal.zip_size, self._root), 0
            if total > MAX_BYTES:
                raise BadUsage(f"These pictures have {total / 1e9:.1f} GB, too much for a download: take the folder itself.")
            async for size in self._transfer.send(name, journal.zip_chunks(self._root)):
                arrived += size
                self._view.job = {**self._view.job, "share": min(1.0, arrived / max(1, total))}
            self._view.say("The labelled pictures are downloaded.")
        finally:
            self._view.job = {}
