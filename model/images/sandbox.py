"""Untrusted pictures are opened and framed here for an asyncio program, in worker processes. No torch."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image

from model.core import BATCH_SECONDS, SECONDS
from model.errors import AppError, BadImage
from model.images.decode import open_for_answer
from model.images.thumbnail import to_jpeg
from model.images.transforms import Box, Transforms
from model.images.workers import WORKERS, Answer, WorkerPool


class Framed(NamedTuple):
    """A picture cut as the network takes it, and a sentence on what was made of its file; mostly none.

    Where it is to be shown, too: the whole of it as a small JPEG, and which `part` of it was cut, in shares of its width and
    height, beyond 0 and 1 where it was padded.
    """

    picture: Image.Image
    note: str
    photo: bytes = b""
    part: Box = (0.0, 0.0, 1.0, 1.0)


def frame(request: dict[str, Any], picture: bytes) -> tuple[dict[str, Any], bytes]:
    """The worker's task: a picture, or that in `request["file"]`, opened for an answer and framed. Raises BadImage.

    Gives its size, note and pixels, and behind these the photo, where it is to be shown, with at most `request["shown"]` pixels
    of its longer side.
    """
    source = Path(request["file"]) if "file" in request else picture
    framed = frame_here(Transforms.from_json(request["framing"]), source, request["shown"])
    told = {"size": framed.picture.size, "note": framed.note, "part": framed.part, "photo": len(framed.photo)}
    return told, framed.picture.tobytes() + framed.photo


def framed_by(mode: str, answer: Answer) -> Framed:
    """What the task gave, as a picture again."""
    told, content = answer
    pixels = len(content) - told["photo"]
    framed = Image.frombytes(mode, told["size"], content[:pixels])
    return Framed(framed, told["note"], content[pixels:], tuple(told["part"]))


def frame_files(files: Sequence[Path], framing: Transforms, shown: int) -> Iterator[Framed | BadImage]:
    """Each file framed, in order, to be shown where `shown` is not 0; by workers that end with the last one. Raises Busy."""
    request = {"framing": framing.to_json(), "shown": shown}
    with WorkerPool(frame, min(WORKERS, len(files)), seconds=BATCH_SECONDS) as pool:
        for outcome in pool.map({**request, "file": str(file.absolute())} for file in files):  # workers run elsewhere
            yield outcome if isinstance(outcome, BadImage) else framed_by(framing.mode, outcome)


def frame_here(framing: Transforms, picture: bytes | Path, shown: int = 0) -> Framed:
    """A picture opened for an answer and framed, in this process; to be shown where `shown` is not 0. Raises BadImage."""
    opened = open_for_answer(picture)
    framed = framing(opened.picture)
    if not shown:
        return Framed(framed, opened.note)
    width, height = opened.picture.size
    left, top, right, bottom = framing.part(opened.picture.size)
    part = left / width, top / height, right / width, bottom / height
    return Framed(framed, opened.note, to_jpeg(opened.picture, shown), part)


class Sandbox:
    """A few workers that open and frame pictures; they start at once. Some are `quick`: the others yield to them."""

    def __init__(self, framing: Transforms, workers: int = WORKERS, seconds: float = SECONDS, quick: int = 0):
        self._mode, self._framing = framing.mode, framing.to_json()
        self._quick = WorkerPool(frame, quick, seconds)
        self._pool = WorkerPool(frame, workers, seconds, yields=bool(quick))

    async def frame(self, picture: bytes, shown: int = 0, quick: bool = False) -> Framed:
        """Open and frame one picture, to be shown where `shown` is not 0 (the pixels of its longer side, at the most).

        Raises BadImage, or Busy where no worker can be started.
        """
        pool = self._quick if quick else self._pool
        outcome = await asyncio.wrap_future(pool.submit({"framing": self._framing, "shown": shown}, picture))
        if isinstance(outcome, AppError):
            raise outcome
        return framed_by(self._mode, outcome)

    async def stop(self) -> None:
        for pool in (self._quick, self._pool):
            await asyncio.to_thread(pool.close)
