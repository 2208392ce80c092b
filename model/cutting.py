"""Many pictures opened and cut, by workers in processes of their own. Pillow only; knows neither data sets nor caches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from model.errors import BadImage
from model.framing import Size, Step
from model.images import open_picture
from model.limits import BATCH_SECONDS
from model.workers import WorkerPool

FEW = 64  # so many pictures are opened here, for a worker takes a moment to start
AROUND = 1.25  # how much larger than the network's pictures those are kept of which a part is drawn by chance

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


Cut = Shorter | Step


def train_cut(crop: str, size: int) -> Cut:
    """What is kept of a training picture: more than the network sees, where a part is drawn by chance."""
    return Shorter(round(AROUND * size)) if crop in ("random", "crop") else valid_cut(crop, size)


def valid_cut(crop: str, size: int) -> Step:
    """What the network sees of a validation picture, and so of every picture it will be asked about."""
    return Step("crop" if crop == "random" else crop, (size, size), fill="reflect")


def name(cut: Cut) -> str:
    """A cut in letters that a file's name may have; two cuts that differ have two names."""
    fields = [str(value) for value in asdict(cut).values()]
    return "".join(c if c.isalnum() else "-" for c in "-".join([type(cut).__name__.lower(), *fields]))


def cut_all(files: Sequence[Path], cut: Cut) -> Iterator[Pixels | str]:
    """The pixels of each file, in order, or the sentence that says why there are none. Raises Busy."""
    if len(files) <= FEW:
        yield from (_cut(file, cut) for file in files)
        return
    kind, fields = type(cut).__name__, asdict(cut)
    with WorkerPool(cut_file, seconds=BATCH_SECONDS) as pool:
        for outcome in pool.map({"file": str(file), "kind": kind, "fields": fields} for file in files):
            yield str(outcome) if isinstance(outcome, BadImage) else (*outcome.told, outcome.content)


def cut_file(request: dict[str, Any], _: bytes) -> tuple[Size, bytes]:
    """The worker's task: the size and the pixels of one file, cut. Raises BadImage."""
    fields = {key: tuple(value) if isinstance(value, list) else value for key, value in request["fields"].items()}
    picture = {"Shorter": Shorter, "Step": Step}[request["kind"]](**fields)(open_picture(request["file"]))
    return picture.size, picture.tobytes()


def _cut(file: Path, cut: Cut) -> Pixels | str:
    try:
        picture = cut(open_picture(file))
    except BadImage as error:
        return str(error)
    return (*picture.size, picture.tobytes())
