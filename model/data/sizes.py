"""How large the pictures of a folder are, without decoding them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from model.errors import BadImage
from model.images import open_picture
from model.types import Item


def shorter_sides(items: Sequence[Item]) -> list[int]:
    """The shorter sides of a few of the pictures, in pixels."""
    sides = []
    for item in items[:: max(1, len(items) // 20)]:
        with suppress(BadImage):
            sides.append(min(open_picture(item.path).size))
    return sides
