"""Pictures by number, seen otherwise: only some of them, or each cut to one shape. Knows no network."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image

from model.images import Resize
from model.training import Pictures


class Subset:
    """The pictures in some `rows`, numbered again."""

    def __init__(self, pictures: Pictures, rows: Sequence[int] | np.ndarray):
        self._pictures, self._rows = pictures, rows

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, number: int) -> Image.Image:
        return self._pictures[int(self._rows[number])]


class View:
    """All the pictures, each cut by `resize`."""

    def __init__(self, pictures: Pictures, resize: Resize):
        self._pictures, self._resize = pictures, resize

    def __len__(self) -> int:
        return len(self._pictures)

    def __getitem__(self, number: int) -> Image.Image:
        return self._resize(self._pictures[number])
