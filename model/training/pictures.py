"""What stands for the pictures of a training: they are opened one by one, by their numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from PIL import Image

from model.images import Cut


class Pictures(Protocol):
    """Pictures by number; a list of them is one, and so are pictures kept on disk."""

    def __len__(self) -> int: ...
    def __getitem__(self, number: int, /) -> Image.Image: ...


@dataclass(frozen=True)
class Framed:
    """Pictures, each cut when it is asked for."""

    pictures: Pictures
    cut: Cut

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, number: int) -> Image.Image:
        return self.cut(self.pictures[number])
