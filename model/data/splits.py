"""Training, validation and test: what their folders are called, and who goes where. Knows items, no pixels."""

from __future__ import annotations

import re
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
    "dev": "valid",
    "development": "valid",
    "eval": "valid",
    "evaluation": "valid",
    "holdout": "test",
}
FILLERS = {"set", "data", "dataset", "image", "images", "imgs", "img", "pictures", "photos", "samples", "split", "seg"}


def split_of(name: str) -> Split | None:
    """The side that a folder of this name means ("valid", "Test", "training_set", "seg_train"), None for any other name."""
    whole = name.lower()
    if whole in SPLIT_NAMES:
        return SPLIT_NAMES[whole]
    words = [word for word in re.split(r"[\s_.-]+", whole) if word and word not in FILLERS]
    joined = re.fullmatch(r"(train|valid|val|test)(set|data)", whole)
    return SPLIT_NAMES.get(joined[1] if joined else words[0] if len(words) == 1 else "")


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
