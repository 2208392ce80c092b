"""Many pictures degraded and cut, by workers in processes of their own; which one is how degraded follows from its bytes.

Knows neither models nor what is kept of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from model.core import checksum_of
from model.evaluation.degradations import DEGRADATIONS, WORKING, degrade
from model.images import Cut, Pixels, cut_by, cut_of, open_picture

DEGRADED_VERSION = 1  # of the degradations, where something is kept of them: a change there makes it again
ANY = "any"  # in place of a name: for each picture another one


def cut_degraded(files: Sequence[Path], cut: Cut, name: str) -> Iterator[Pixels | str | None]:
    """The pixels of each file after one of DEGRADATIONS, or after ANY of them (see `any_of`), in order.

    A sentence where a picture cannot be opened, None where it cannot be degraded so. Raises Busy.
    """
    for outcome in cut_by(degrade_file, files, cut, name=name):
        if isinstance(outcome, str):
            yield outcome
        else:
            yield (*outcome.told, outcome.content) if outcome.told else None


def any_of(content: str) -> str:
    """Which of DEGRADATIONS a picture undergoes where any will do, by the SHA-256 of its bytes."""
    return list(DEGRADATIONS)[int(content[-8:], 16) % len(DEGRADATIONS)]


def degrade_file(request: dict[str, Any], _: bytes) -> tuple[Any, bytes]:
    """The worker's task: the size and the pixels of one file, degraded and cut; nothing where it cannot be. Raises BadImage."""
    content = Path(request["file"]).read_bytes()
    sha256 = checksum_of(content)
    name = any_of(sha256) if request["name"] == ANY else request["name"]
    degraded = degrade(WORKING(open_picture(content)), name, int(sha256[:8], 16))
    if degraded is None:
        return None, b""
    picture = cut_of(request)(degraded)
    return picture.size, picture.tobytes()
