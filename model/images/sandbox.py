"""Untrusted pictures are opened here, in worker processes with little memory and little time. No torch.

A worker (`python -m model.sandbox FRAMING`) reads pictures from its standard input and answers with framed pixels or a
refusal. One that takes too long is killed, one that dies is replaced; either way the picture is refused, and nothing
else is disturbed.
"""

from __future__ import annotations

import asyncio
import json
import os
import struct
import sys
from typing import BinaryIO

from PIL import Image

from model import errors
from model.core import PROJECT, limit_memory
from model.errors import BadImage
from model.images.decode import open_picture
from model.images.transforms import Transforms

SECONDS = 5.0
KEPT_BLOCKS = "2"  # of 16 MB, that Pillow keeps for the next picture: fresh ones cost a tenth of a photo's time
_REQUEST = struct.Struct("!I")  # length of the picture
_ANSWER = struct.Struct("!BIII")  # whether it was refused, width, height, length of what follows


class Sandbox:
    """A few workers that open and frame pictures for an asyncio program."""

    def __init__(self, framing: Transforms, workers: int = min(4, max(2, os.cpu_count() or 2))):
        self._framing = framing
        self._count = workers
        self._idle: asyncio.Queue[asyncio.subprocess.Process] = asyncio.Queue()

    async def start(self) -> None:
        for worker in await asyncio.gather(*(self._spawn() for _ in range(self._count))):
            self._idle.put_nowait(worker)

    async def stop(self) -> None:
        while not self._idle.empty():
            await _end(self._idle.get_nowait())

    async def frame(self, picture: bytes) -> Image.Image:
        """Open and frame one picture. Raises BadImage."""
        worker = await self._idle.get()
        try:
            if worker.returncode is not None:  # it died, or was killed
                worker = await self._respawn()
            return await asyncio.wait_for(self._ask(worker, picture), SECONDS)
        except asyncio.TimeoutError:
            await _end(worker)
            seconds = round(SECONDS)
            raise BadImage(
                f"This picture takes longer than {seconds} s to open: open it in a picture program and save it again.",
                code="too-slow",
                seconds=seconds,
            ) from None
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            await _end(worker)
            sentence = "This picture needs too much memory to open: save a smaller copy of it."
            raise errors.TooLarge(sentence, code="too-much-memory") from error
        except asyncio.CancelledError:  # half an answer may be left in the pipe
            await _end(worker)
            raise
        finally:
            self._idle.put_nowait(worker)

    async def _respawn(self) -> asyncio.subprocess.Process:
        try:
            return await self._spawn()
        except (OSError, asyncio.IncompleteReadError) as error:
            raise errors.Busy("The machine has no room to open a picture: send yours again in a minute.") from error

    async def _ask(self, worker: asyncio.subprocess.Process, picture: bytes) -> Image.Image:
        worker.stdin.write(_REQUEST.pack(len(picture)))
        worker.stdin.write(picture)
        await worker.stdin.drain()
        refused, width, height, length = _ANSWER.unpack(await worker.stdout.readexactly(_ANSWER.size))
        payload = await worker.stdout.readexactly(length)
        if refused:
            kind, sentence, reason = json.loads(payload)
            refusal = getattr(errors, kind)(sentence)
            refusal.adopt(reason)
            raise refusal
        return Image.frombytes(self._framing.mode, (width, height), payload)

    async def _spawn(self) -> asyncio.subprocess.Process:
        worker = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "model.images.sandbox", json.dumps(self._framing.to_json())),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            cwd=PROJECT,
            env={**os.environ, "PILLOW_BLOCKS_MAX": KEPT_BLOCKS},
            limit=1 << 22,
        )
        await worker.stdout.readexactly(1)  # its start is not part of anybody's SECONDS
        return worker


async def _end(worker: asyncio.subprocess.Process) -> None:
    """Kill a worker and wait until its `returncode` says so."""
    if worker.returncode is None:
        worker.kill()
    await worker.wait()


def _serve(framing: Transforms, requests: BinaryIO, answers: BinaryIO) -> None:
    """The worker's loop; ends when the requests do."""
    answers.write(b"!")
    answers.flush()
    while head := requests.read(_REQUEST.size):
        picture = requests.read(*_REQUEST.unpack(head))
        try:
            framed = framing(open_picture(picture))
            payload = framed.tobytes()
            answers.write(_ANSWER.pack(False, *framed.size, len(payload)))
        except BadImage as error:
            payload = json.dumps([type(error).__name__, str(error), error.reason()]).encode()
            answers.write(_ANSWER.pack(True, 0, 0, len(payload)))
        answers.write(payload)
        answers.flush()


if __name__ == "__main__":
    limit_memory()
    _serve(Transforms.from_json(json.loads(sys.argv[1])), sys.stdin.buffer, sys.stdout.buffer)
