"""Many pictures opened, framed, fingerprinted and measured, by worker processes beside the network. No torch.

What a picture's bytes alone decide; knows neither labels nor the catalog.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from PIL import Image

from model.core import BATCH_SECONDS, WORKER_MEMORY
from model.errors import BadImage
from model.images import WORKERS, Answer, Transforms, WorkerPool, open_picture
from model.scoring import duplicates, quality
from model.scoring.duplicates import Fingerprint
from model.scoring.quality import Quality

AHEAD = 64  # pictures that may wait for the network
MEMORY = WORKER_MEMORY + (192 << 20)  # so much address space numpy and scipy take for themselves


@dataclass(frozen=True)
class Inspection:
    """One picture: framed for the network, its fingerprint and measures; or the `problem` why it cannot be opened."""

    framed: Image.Image | None = None
    fingerprint: Fingerprint | None = None
    measures: Quality | None = None
    problem: str | None = None

    def without_pixels(self) -> Inspection:
        """The same with nothing for a network, which takes little room."""
        return replace(self, framed=None)


class Inspector:
    """Worker processes that inspect files for one network, as many files as one likes, until it is closed."""

    def __init__(self, transforms: Transforms, workers: int = WORKERS):
        self._transforms = transforms
        self._pool = WorkerPool(inspect_file, workers, seconds=BATCH_SECONDS, memory=MEMORY)

    def inspect(self, files: Iterable[Path]) -> Iterator[Inspection]:
        """Every file, in order. Raises Busy."""
        asked, mode = self._transforms.to_json(), self._transforms.mode
        for outcome in self._pool.map(({"file": str(file), "transforms": asked} for file in files), AHEAD):
            yield Inspection(problem=str(outcome)) if isinstance(outcome, BadImage) else _inspection(outcome, mode)

    def close(self) -> None:
        self._pool.close()


def inspect_all(files: Sequence[Path], transforms: Transforms) -> Iterator[Inspection]:
    """Every file, in order. Raises Busy."""
    with closing(Inspector(transforms, min(WORKERS, len(files)))) as inspector:
        yield from inspector.inspect(files)


def inspect_file(request: dict[str, Any], _: bytes) -> tuple[dict[str, Any], bytes]:
    """The worker's task: what is found in one file, and its framed pixels. Raises BadImage."""
    picture = open_picture(Path(request["file"]))
    framed = Transforms.from_json(request["transforms"])(picture)
    fingerprint, measures = duplicates.fingerprint(picture), quality.measure(picture)
    told = {
        "size": framed.size,
        "pixels": fingerprint.pixels.hex(),
        "phash": fingerprint.phash.hex(),
        "measures": asdict(measures),
    }
    return told, framed.tobytes()


def _inspection(answer: Answer, mode: str) -> Inspection:
    """What `inspect_file` told, as it was found."""
    told = answer.told
    framed = Image.frombytes(mode, told["size"], answer.content)
    fingerprint = Fingerprint(bytes.fromhex(told["pixels"]), bytes.fromhex(told["phash"]))
    return Inspection(framed, fingerprint, Quality(**told["measures"]))
