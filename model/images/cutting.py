"""Many pictures opened and cut, by workers in processes of their own. Pillow only; knows neither data sets nor caches.

A worker (`python -m model.cutting CUT`) reads file names from its standard input, one JSON string a line, and answers with
a line of JSON, [width, height] and the pixels after it, or a sentence. One that dies takes no more with it than its picture.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import BinaryIO

from PIL import Image

from model.core import PROJECT
from model.errors import BadImage
from model.images.decode import open_picture
from model.images.transforms import Resize

FEW = 64  # so many pictures are opened here, for a worker takes a moment to start
DIED = "needs too much memory to open: save a smaller copy of it"

Pixels = tuple[int, int, bytes]  # width, height, RGB


@dataclass(frozen=True)
class Shorter:
    """A cut that keeps the whole picture, its shorter side at most `side` pixels."""

    side: int

    def __call__(self, picture: Image.Image) -> Image.Image:
        scale = self.side / min(picture.size)
        if scale >= 1:
            return picture
        return picture.resize([max(1, round(scale * n)) for n in picture.size], Image.Resampling.BILINEAR)


Cut = Shorter | Resize


def cut_name(cut: Cut) -> str:
    """A cut in letters that a file's name may have; two cuts that differ have two names."""
    kind = "shorter" if isinstance(cut, Shorter) else "step"  # as caches of earlier versions name it
    fields = [str(value) for value in asdict(cut).values()]
    return "".join(c if c.isalnum() else "-" for c in "-".join([kind, *fields]))


def cut_all(files: Sequence[Path], cut: Cut) -> Iterator[Pixels | str]:
    """The pixels of each file, in order, or the sentence that says why there are none."""
    if len(files) <= FEW:
        yield from (_cut(file, cut) for file in files)
        return
    count = min(4, os.cpu_count() or 2)
    idle: SimpleQueue[_Worker] = SimpleQueue()
    for _ in range(count):
        idle.put(_Worker(cut))

    def ask(file: Path) -> Pixels | str:
        worker = idle.get()
        try:
            return worker.ask(file)
        finally:
            idle.put(worker)

    with ThreadPoolExecutor(count) as threads:
        try:
            ahead = 4 * count  # answers that may wait: pictures are large, the list of files may be long
            waiting = [threads.submit(ask, file) for file in files[:ahead]]
            for number in range(len(files)):
                yield waiting[number % ahead].result()
                if number + ahead < len(files):
                    waiting[number % ahead] = threads.submit(ask, files[number + ahead])
        finally:
            threads.shutdown(cancel_futures=True)
            while not idle.empty():
                idle.get().end()


def _cut(file: Path, cut: Cut) -> Pixels | str:
    try:
        picture = cut(open_picture(file))
    except BadImage as error:
        return str(error)
    return (*picture.size, picture.tobytes())


class _Worker:
    """One worker process, started anew when it has died."""

    def __init__(self, cut: Cut):
        self._cut = cut
        self._process = self._start()

    def ask(self, file: Path) -> Pixels | str:
        try:
            self._process.stdin.write(json.dumps(str(file)).encode() + b"\n")
            self._process.stdin.flush()
            answer = json.loads(self._process.stdout.readline())
            if isinstance(answer, str):
                return answer
            width, height = answer
            pixels = self._process.stdout.read(3 * width * height)
            if len(pixels) == 3 * width * height:
                return width, height, pixels
        except (OSError, ValueError):
            pass
        self.end()
        self._process = self._start()
        return DIED

    def end(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _start(self) -> subprocess.Popen:
        command = [sys.executable, "-m", "model.images.cutting", json.dumps([type(self._cut).__name__, asdict(self._cut)])]
        return subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def _serve(cut: Cut, requests: BinaryIO, answers: BinaryIO) -> None:
    """The worker's loop; ends when the requests do."""
    for line in requests:
        answer = _cut(Path(json.loads(line)), cut)
        if isinstance(answer, str):
            answers.write(json.dumps(answer).encode() + b"\n")
        else:
            answers.write(json.dumps(answer[:2]).encode() + b"\n" + answer[2])
        answers.flush()


if __name__ == "__main__":
    kind, fields = json.loads(sys.argv[1])
    fields = {key: tuple(value) if isinstance(value, list) else value for key, value in fields.items()}
    _serve({"Shorter": Shorter, "Resize": Resize}[kind](**fields), sys.stdin.buffer, sys.stdout.buffer)
