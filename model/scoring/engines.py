"""Who looks at pictures that nobody has looked at: by default this process, with workers that open them beside the network.

Knows files and what is found in them, no labels.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

import numpy as np
from PIL import Image

from model.features import see_all
from model.jobs import Stopping
from model.scoring import inspection
from model.scoring.eyes import Eye
from model.scoring.inspection import Inspection

Keep = Callable[[Mapping[str, Inspection], Mapping[str, np.ndarray]], None]
Tell = Callable[[int, float], None]


class Engine(Protocol):
    """Inspects `files` by name, and has those that were not `seen` yet looked at by `eye`; keeps both in blocks.

    `tell(done, seconds_left)` hears how far it is. A stop keeps what is done and raises KeyboardInterrupt.
    """

    def __call__(
        self, files: Mapping[str, Path], seen: Collection[str], eye: Eye, keep: Keep, tell: Tell, stopping: Stopping
    ) -> None: ...


def embedded(files: Mapping[str, Path], seen: Collection[str], eye: Eye, keep: Keep, tell: Tell, stopping: Stopping) -> None:
    """The engine of this process."""
    found = inspection.inspect_all(list(files.values()), eye.framing)
    see_all(opened(files, seen, found), len(files), eye.see, keep, tell, stopping)


def opened(
    names: Iterable[str], seen: Collection[str], found: Iterable[Inspection]
) -> Iterator[tuple[str, Image.Image | None, Inspection]]:
    """What was found in files, by name, with their pixels where they are to be seen."""
    for name, each in zip(names, found, strict=True):
        yield name, None if name in seen else each.framed, each.without_pixels()
