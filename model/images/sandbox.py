"""Untrusted pictures are opened and framed here by worker processes: for an asyncio program, or many files. No torch."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

from model.core import BATCH_SECONDS, SECONDS
from model.errors import AppError, BadImage
from model.images.framing import Framed, frame, framed_by
from model.images.transforms import Transforms
from model.images.workers import WORKERS, WorkerPool


def frame_files(files: Sequence[Path], framing: Transforms, shown: int) -> Iterator[Framed | BadImage]:
    """Each file framed, in order, to be shown where `shown` is not 0; by workers that end with the last one. Raises Busy."""
    request = {"framing": framing.to_json(), "shown": shown}
    with WorkerPool(frame, min(WORKERS, len(files)), seconds=BATCH_SECONDS) as pool:
        for outcome in pool.map({**request, "file": str(file.absolute())} for file in files):  # workers run elsewhere
            yield outcome if isinstance(outcome, BadImage) else framed_by(framing.mode, outcome)


class Sandbox:
    """A few workers that open and frame pictures. The `quick` ones start at once, the others with `start`; they yield."""

    def __init__(self, workers: int = WORKERS, seconds: float = SECONDS, quick: int = 0):
        self._quick = WorkerPool(frame, quick, seconds)
        self._pool = WorkerPool(frame, workers, seconds, yields=bool(quick), at_once=False)

    def start(self) -> None:
        """Let all work: until then the processor is left to whoever has more urgent things to do."""
        self._pool.start()

    async def frame(self, framing: Transforms, picture: bytes, shown: int = 0, quick: bool = False) -> Framed:
        """Open and frame one picture, to be shown where `shown` is not 0 (the pixels of its longer side, at the most).

        Raises BadImage, or Busy where no worker can be started.
        """
        pool = self._quick if quick else self._pool
        outcome = await asyncio.wrap_future(pool.submit({"framing": framing.to_json(), "shown": shown}, picture))
        if isinstance(outcome, AppError):
            raise outcome
        return framed_by(framing.mode, outcome)

    async def stop(self) -> None:
        for pool in (self._quick, self._pool):
            await asyncio.to_thread(pool.close)
