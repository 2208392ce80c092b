"""Training, validation and test: what their folders are called, and who goes where. Knows items, no pixels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from model.types import Item, Split

SPLIT_NAMES: dict[str, Split] = {
    "train": "train",
    "training": "train",
    "valid": "valid",
    "val": "valid",
    "validation": "valid",
    "test": "test",
    "testing": "test",
}


def split_by_hash(items: list[Item], valid: float, test: float, checksum: Callable[[Path], str]) -> list[Item]:
    """Sort items to their sides by a hash of their bytes; a class too small to reach both sides lends its extremes.

    The hash is read as a number in [0, 1): below `valid` is validation, the next `test` is test, the rest training.
    """
    drawn = {item: int(checksum(item.path)[:16], 16) / 2**64 for item in items}

    def side(number: float) -> Split:
        return "valid" if number < valid else "test" if number < valid + test else "train"

    sides = {number: side(number) for number in drawn.values()}
    learned: set[float] = set()
    by_class: dict[str, list[Item]] = defaultdict(list)
    for item in sorted(items, key=drawn.__getitem__):
        by_class[item.label].append(item)
    for ordered in by_class.values():
        lowest, highest = drawn[ordered[0]], drawn[ordered[-1]]
        if lowest < highest:
            sides[lowest] = "valid"
            learned.add(highest)
    sides |= dict.fromkeys(learned, "train")
    return [Item(item.path, item.label, sides[drawn[item]]) for item in items]
