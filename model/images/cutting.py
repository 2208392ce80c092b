"""Many pictures opened and cut, by workers in processes of their own. Pillow only; knows neither data sets nor caches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from model.core import BATCH_SECONDS
from model.errors import BadImage
from model.images.decode import open_picture
from model.images.transforms import Resize, Size
from model.images.worker import Task
from model.images.workers import WORKERS, Answer, WorkerPool

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
    """The pixels of each file, in order, or the sentence that says why there are none. Raises Busy."""
    for outcome in cut_by(cut_file, files, cut):
        yield outcome if isinstance(outcome, str) else (*outcome.told, outcome.content)


def cut_by(task: Task, files: Sequence[Path], cut: Cut, **more: Any) -> Iterator[Answer | str]:
    """What workers that do `task` give for each file, in order, or the sentence that says why there is nothing. Raises Busy.

    They are asked {"file", "cut"} and `more`; `cut_of` gives them the cut.
    """
    asked = {"cut": {"kind": type(cut).__name__, "fields": asdict(cut)}, **more}
    with WorkerPool(task, min(WORKERS, len(files)), seconds=BATCH_SECONDS) as pool:
        for outcome in pool.map({"file": str(file), **asked} for file in files):
            yield str(outcome) if isinstance(outcome, BadImage) else outcome


def cut_of(request: dict[str, Any]) -> Cut:
    """The cut that a worker is asked for."""
    fields = {key: tuple(value) if isinstance(value, list) else value for key, value in request["cut"]["fields"].items()}
    return {"Shorter": Shorter, "Resize": Resize}[request["cut"]["kind"]](**fields)


def cut_file(request: dict[str, Any], _: bytes) -> tuple[Size, bytes]:
    """The worker's task: the size and the pixels of one file, cut. Raises BadImage."""
    picture = cut_of(request)(open_picture(Path(request["file"])))
    return picture.size, picture.tobytes()
