"""Many pictures opened, framed, fingerprinted and measured, by worker processes beside the network. No torch.

What a picture's bytes alone decide; knows neither labels nor the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from model import copies, quality
from model.copies import Fingerprint
from model.errors import BadImage
from model.framing import Framing
from model.images import open_picture
from model.limits import BATCH_SECONDS, WORKER_MEMORY
from model.quality import Quality
from model.workers import Answer, WorkerPool

AHEAD = 64  # pictures that may wait for the network
MEMORY = WORKER_MEMORY + (192 << 20)  # so much address space numpy and scipy take for themselves


@dataclass(frozen=True)
class Examined:
    """One picture: framed for the network, its fingerprint and measures; or the `problem` why it cannot be opened."""

    framed: Image.Image | None = None
    fingerprint: Fingerprint | None = None
    measures: Quality | None = None
    problem: str | None = None


def examine(file: Path, framing: Framing) -> Examined:
    """Open one picture, and look at all that needs no model."""
    try:
        return Examined(*_examine(file, framing))
    except BadImage as error:
        return Examined(problem=str(error))


def examine_all(files: Sequence[Path], framing: Framing) -> Iterator[Examined]:
    """Every file, in order; a few are examined here, many by workers. Raises Busy."""
    if len(files) < AHEAD:
        yield from (examine(file, framing) for file in files)
        return
    asked = framing.to_json()
    with WorkerPool(examine_file, seconds=BATCH_SECONDS, memory=MEMORY) as pool:
        for outcome in pool.map(({"file": str(file), "framing": asked} for file in files), AHEAD):
            yield Examined(problem=str(outcome)) if isinstance(outcome, BadImage) else _examined(outcome, framing.mode)


def examine_file(request: dict[str, Any], _: bytes) -> tuple[dict[str, Any], bytes]:
    """The worker's task: what is found in one file, and its framed pixels. Raises BadImage."""
    framed, fingerprint, measures = _examine(Path(request["file"]), Framing.from_json(request["framing"]))
    told = {
        "size": framed.size,
        "pixels": fingerprint.pixels.hex(),
        "phash": fingerprint.phash.hex(),
        "measures": asdict(measures),
    }
    return told, framed.tobytes()


def _examined(answer: Answer, mode: str) -> Examined:
    """What `examine_file` told, as it was found."""
    told = answer.told
    framed = Image.frombytes(mode, told["size"], answer.content)
    fingerprint = Fingerprint(bytes.fromhex(told["pixels"]), bytes.fromhex(told["phash"]))
    return Examined(framed, fingerprint, Quality(**told["measures"]))


def _examine(file: Path, framing: Framing) -> tuple[Image.Image, Fingerprint, Quality]:
    picture = open_picture(file)
    return framing(picture), copies.fingerprint(picture), quality.measure(picture)
