"""How often the test pictures of a folder have been used: each use makes the figure worth a little less.

Kept as JSON in the folder of pictures itself where that can be written, else in the cache. Standard library only.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from model.core import INDEX_FOLDER, cache_folder, checksum_of, write_atomically
from model.errors import AppError

NAME = "test-looks.json"


def log_test_use(root: Path, model: str) -> int | None:
    """Count a use of the test pictures of `root` by the model of this checksum; give how many there have been.

    None when nothing could be written anywhere.
    """
    use = {"model": model, "time": datetime.now().isoformat(timespec="seconds")}
    earlier = test_uses(root)
    for place in _places(root):
        with suppress(AppError, OSError):
            _write(place(), [*earlier, use])
            return len(earlier) + 1
    return None


def test_uses(root: Path) -> list[dict[str, Any]]:
    """The uses so far, each {model, time}, the latest last; those kept in the folder and those kept in the cache."""
    found = []
    for place in _places(root):
        with suppress(AppError, OSError, ValueError, TypeError, KeyError):  # none there, or no longer a count
            kept = json.loads(place().read_text(encoding="utf-8"))["looks"]
            found.append([use for use in kept if isinstance(use, dict)])
    return max(found, key=len, default=[])


def test_use_sentence(count: int | None) -> str:
    """What to think of a figure on test pictures that have been used so often."""
    if count is None:
        return "Nobody can say how often these test pictures have been looked at: the count cannot be kept."
    if count == 1:
        return "This was the first look at these test pictures: the figure is worth most now."
    return (
        f"These test pictures have been looked at {count} times: the more often, the less the figure is worth. Choose between "
        "models by the validation pictures."
    )


def _places(root: Path) -> tuple[Callable[[], Path], Callable[[], Path]]:
    """Where the count may be, the best place first; as functions, since the cache itself may be out of reach."""
    name = checksum_of(str(root.resolve()).encode(errors="surrogateescape"))[:16]
    return (lambda: root / INDEX_FOLDER / NAME), (lambda: cache_folder("test-looks", f"{name}.json"))


def _write(place: Path, uses: list[dict[str, Any]]) -> None:
    place.parent.mkdir(exist_ok=True)
    write_atomically(place, json.dumps({"looks": uses}, indent=1))
