"""Untrusted pictures are opened and framed here for an asyncio program, in worker processes. No torch."""

from __future__ import annotations

import asyncio
from typing import Any, NamedTuple

from PIL import Image

from model.core import SECONDS
from model.errors import AppError
from model.images.decode import open_for_answer
from model.images.transforms import Transforms
from model.images.workers import WORKERS, WorkerPool


class Framed(NamedTuple):
    """A picture cut as the network takes it, and a sentence on what was made of its file; mostly none."""

    picture: Image.Image
    note: str


def frame(framing: dict[str, Any], picture: bytes) -> tuple[dict[str, Any], bytes]:
    """The worker's task: size, note and pixels of a picture, opened for an answer and framed. Raises BadImage."""
    opened = open_for_answer(picture)
    framed = Transforms.from_json(framing)(opened.picture)
    return {"size": framed.size, "note": opened.note}, framed.tobytes()


class Sandbox:
    """A few workers that open and frame pictures; they start at once."""

    def __init__(self, framing: Transforms, workers: int = WORKERS, seconds: float = SECONDS):
        self._mode, self._framing = framing.mode, framing.to_json()
        self._pool = WorkerPool(frame, workers, seconds)

    async def frame(self, picture: bytes) -> Framed:
        """Open and frame one picture. Raises BadImage, or Busy where no worker can be started."""
        outcome = await asyncio.wrap_future(self._pool.submit(self._framing, picture))
        if isinstance(outcome, AppError):
            raise outcome
        return Framed(Image.frombytes(self._mode, outcome.told["size"], outcome.content), outcome.told["note"])

    async def stop(self) -> None:
        await asyncio.to_thread(self._pool.close)
