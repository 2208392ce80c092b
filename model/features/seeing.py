"""The one loop of whoever looks at many pictures: workers open them, a network beside them sees them, both is kept in blocks.

Knows neither files nor labels, nor what is kept where.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

import numpy as np
from PIL import Image

from model.jobs import Stopping

BATCH = 32  # pictures that the network sees at a time
SAVE_EVERY = 256  # pictures, so that a stop or a kill keeps what is done
STOPPED = "Stopped. What was looked at so far is kept, so the next time goes on from there."

_Found = TypeVar("_Found")


def see_all(
    opened: Iterable[tuple[str, Image.Image | None, _Found]],
    total: int,
    see: Callable[[Sequence[Image.Image]], np.ndarray],
    keep: Callable[[Mapping[str, _Found], Mapping[str, np.ndarray]], None],
    tell: Callable[[int, float], None],
    stopping: Stopping,
) -> None:
    """See what is `opened`: by a name, the picture framed (None: nothing to see in it), and what else was found in it.

    `see` gives a row for each framed picture; `keep(found, rows)` keeps a block, by name. `tell(done, seconds_left)` hears how
    far it is, of `total`. A stop keeps what is done and raises KeyboardInterrupt.
    """
    started = time.perf_counter()
    found: dict[str, _Found] = {}
    rows: dict[str, np.ndarray] = {}
    waiting: list[tuple[str, Image.Image]] = []
    for done, (name, framed, other) in enumerate(opened, start=1):
        found[name] = other
        if framed is not None:
            waiting.append((name, framed))
        last = stopping() or done == total
        if waiting and (last or len(waiting) == BATCH):
            rows.update(zip((name for name, _ in waiting), see([picture for _, picture in waiting]), strict=True))
            waiting = []
        if last or (not waiting and len(found) >= SAVE_EVERY):
            keep(found, rows)
            found, rows = {}, {}
        tell(done, (time.perf_counter() - started) / done * (total - done))
        if last and done < total:
            raise KeyboardInterrupt(STOPPED)
