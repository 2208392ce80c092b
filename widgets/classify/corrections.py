"""What a visitor says of photos, to be saved as one file for the page's owner. Knows the file and a card, not who says it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import traitlets as t

from model.errors import AppError
from model.intake import CorrectionsFile
from model.types import Prediction
from widgets.shared import WORDS, BrowserWidget, FileTransfer, Photo, in_parts, run_in_background, script

_log = logging.getLogger("voilens")


class Corrections(BrowserWidget):
    """How many there are, and a button that saves them; `card()` gives the card of the model that answers."""

    _esm = script("classify/corrections")

    count = t.Int(0).tag(sync=True)

    def __init__(self, card: Callable[[], dict[str, Any]], **traits: Any):
        super().__init__(**traits)
        self._card = card
        self._file: CorrectionsFile | None = None
        self._saving = False
        self._transfer = FileTransfer(self.send)
        self.on_msg(self._on_browser_message)

    async def keep(self, photo: Photo, prediction: Prediction, said: str) -> str:
        """Keep what was said of a photo; gives what became of it as a sentence, "" where the model has no checksum to name."""
        words = WORDS["corrections"]
        try:
            card = await asyncio.to_thread(self._card)
        except AppError as error:
            return str(error)
        model = str(card.get("sha256") or "")
        if not model:
            return ""
        if [*prediction.probabilities] != card["classes"] or (self._file and self._file.model != model):
            return words["another"]
        self._file = self._file or CorrectionsFile(model)
        if not self._file.add(photo.content, photo.name, prediction, said):
            return words["full"]
        self.count = len(self._file)
        return words["kept"]

    def _on_browser_message(self, _widget: Any, message: dict[str, Any], _buffers: list[memoryview]) -> None:
        if message.get("type") == "save" and self._file and not self._saving:
            self._saving = True
            run_in_background(self._save(self._file))
        elif message.get("type") == "file-next":
            self._transfer.on_receipt()

    async def _save(self, file: CorrectionsFile) -> None:
        try:
            async for _size in self._transfer.send(WORDS["corrections"]["name"], in_parts(file.content())):
                pass
        except AppError as error:  # whoever asked for it is gone
            _log.info("corrections were not saved: %s", error)
        finally:
            self._saving = False
