"""On which side each picture of a folder is, kept in the folder itself so that it never changes. Knows checksums, no pictures.

`split.json` in the folder's `.voilens` lists pictures by the beginning of their checksums, so that they may be renamed and the
folder moved. Where nothing can be written nothing is kept: then the hash alone decides, the same every time.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

from model.core import INDEX_FOLDER, locked, write_atomically
from model.types import Split

NAME, LOCK = "split.json", ".split.lock"
VERSION = 1
KEPT: tuple[Split, ...] = ("train", "valid", "test")

Sides = dict[str, Split]  # by the beginning of a picture's checksum


def read_sides(root: Path) -> Sides:
    """The sides that are kept in the folder `root`; none where nothing is kept, or it cannot be read."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        kept = json.loads((root / INDEX_FOLDER / NAME).read_text(encoding="utf-8"))["sides"]
        return {key: split for split in KEPT for key in kept.get(split, [])}
    return {}


@contextlib.contextmanager
def changing_sides(root: Path, record: bool) -> Iterator[Sides]:
    """The sides that are kept in `root`, for the block to add to; with `record` they are kept again, where that can be."""
    with contextlib.ExitStack() as held:
        if record:
            with contextlib.suppress(OSError):
                (root / INDEX_FOLDER).mkdir(exist_ok=True)
                held.enter_context(locked(root / INDEX_FOLDER / LOCK))
        sides = read_sides(root)
        before = dict(sides)
        yield sides
        if record and sides != before:
            with contextlib.suppress(OSError):
                _write(root / INDEX_FOLDER / NAME, sides)


def _write(place: Path, sides: Sides) -> None:
    by_split = {split: sorted(key for key, side in sides.items() if side == split) for split in KEPT}
    write_atomically(place, json.dumps({"version": VERSION, "sides": by_split}, indent=0) + "\n")
