"""Some of many, spread evenly over them. Knows sequences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

_Item = TypeVar("_Item")


def evenly(items: Sequence[_Item], most: int) -> Sequence[_Item]:
    """All items, or of more than `most` every so many-th."""
    return items[:: -(-len(items) // most)] if items else items
