"""Untrusted pictures are opened and framed here for an asyncio program, in worker processes. No torch."""

from __future__ import annotations

import asyncio
from typing import Any

from PIL import Image

from model.core import SECONDS
from model.errors import AppError
from model.images.decode import open_picture
from model.images.transforms import Size, Transforms
from model.images.workers import WORKERS, WorkerPool


def frame(framing: dict[str, Any], picture: bytes) -> tuple[Size, bytes]:
    """The worker's task: the size and the pixels of a picture, opened and framed. Raises BadImage."""
    framed = Transforms.from_json(framing)(open_picture(picture))
    return framed.size, framed.tobytes()


class Sandbox:
    """A few workers that open and frame pictures; they start at once."""

    def __init__(self, framing: Transforms, workers: int = WORKERS, seconds: float = SECONDS):
        self._mode, self._framing = framing.mode, framing.to_json()
        self._pool = WorkerPool(frame, workers, seconds)

    async def frame(self, picture: bytes) -> Image.Image:
        """Open and frame one picture. Raises BadImage, or Busy where no worker can be started."""
        outcome = await asyncio.wrap_future(self._pool.submit(self._framing, picture))
        if isinstance(outcome, AppError):
            raise outcome
        return Image.frombytes(self._mode, outcome.told, outcome.content)

    async def stop(self) -> None:
        await asyncio.to_thread(self._pool.close)
