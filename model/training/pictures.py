"""What stands for the pictures of a training: they are opened one by one, by their numbers."""

from __future__ import annotations

from typing import Protocol

from PIL import Image


class Pictures(Protocol):
    """Pictures by number; a list of them is one, and so are pictures kept on disk."""

    def __len__(self) -> int: ...
    def __getitem__(self, number: int, /) -> Image.Image: ...
