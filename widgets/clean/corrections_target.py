"""Where the owner drops what visitors of a published page saved: each file is taken into the inbox of the folder, or refused.

Knows files as they arrive and what takes them; not how a cleaner shows what they bring.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import ipywidgets as ipw

from model.core import number_of
from model.errors import AppError, BadData
from model.intake import take_corrections
from widgets.shared import SORRY, Photo, Uploader, run_in_background, script

_log = logging.getLogger("voilens")


class CorrectionsTarget(Uploader):
    """Takes files of corrections for the folder `data`; `status` says what became of those that were dropped last."""

    _esm = script("clean/corrections_target")

    def __init__(self, **traits: Any):
        super().__init__(**traits)
        self.data = ""
        self._waiting = 0  # files
        self._lines: list[str] = []
        self._takes = ipw.CallbackDispatcher()
        self.on_start(self._on_own_start)
        self.on_photo(self._on_own_photo)

    def on_take(self, handler: Callable[[], None]) -> None:
        """Call `handler()` when photos of a file are in the inbox."""
        self._takes.register_callback(handler)

    def _on_own_start(self, _turn: int, names: list[str]) -> None:
        self._waiting, self._lines = len(names), []
        self._update()

    def _on_own_photo(self, file: Photo) -> None:
        run_in_background(self._take(file, self.data))

    async def _take(self, file: Photo, data: str) -> None:
        try:
            if file.refusal:
                raise BadData(f"“{file.name}” is larger than a file of corrections may be. Nothing was taken.")
            taken = await asyncio.to_thread(take_corrections, data, file.content, file.name)
            self._lines.append(f"{number_of(taken, 'photo')} of “{file.name}”: they wait under “from visitors”.")
            if data == self.data:
                self._takes()
        except AppError as error:
            self._lines.append(str(error))
        except Exception:
            _log.exception("a file of corrections could not be taken")
            self._lines.append(SORRY)
        self._waiting -= 1
        self._update()

    def _update(self) -> None:
        self.set_trait("busy", self._waiting > 0)
        self.status = " ".join([*self._lines, *(["Opening the photos"] if self._waiting > 0 else [])])
