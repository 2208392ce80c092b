"""Training, validation and test: what their folders are called, and who goes where. Knows items, no pixels."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from model.data.split_record import Sides, changing_sides
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
# A folder with fewer pictures is not cut in three. Measured on TrashNet and on cats and dogs: with 250 pictures a test part's
# 95 % interval is 28 to 32 points wide, with 500 it is 22, and it costs a point of accuracy, as these are not learned from.
SMALL = 500
SMALL_VALID_SHARE = 0.2  # of a folder that is cut in two
VALID_SHARE, TEST_SHARE = 0.15, 0.15  # of a larger one; the rest is for training
ENOUGH = 10  # pictures of a class on a side of a larger folder, where the hash has put more there
KEY = 16  # hexadecimal digits of a checksum, by which a picture is known; read as a number in [0, 1) they are its place


def split_of(name: str) -> Split | None:
    """The side that a folder of this name means ("valid", "Test", "training_set", "seg_train"), None for any other name."""
    whole = name.lower()
    if whole in SPLIT_NAMES:
        return SPLIT_NAMES[whole]
    words = [word for word in re.split(r"[\s_.-]+", whole) if word and word not in FILLERS]
    joined = re.fullmatch(r"(train|valid|val|test)(set|data)", whole)
    return SPLIT_NAMES.get(joined[1] if joined else words[0] if len(words) == 1 else "")


@dataclass(frozen=True)
class HashSplit:
    """Sorts the pictures of the folder `root` to their sides by a hash of their bytes, `checksum`.

    A picture never changes sides: with `record`, the side of each is kept in the folder, where that can be written.
    """

    root: Path
    checksum: Callable[[Path], str]
    record: bool

    def __call__(self, items: list[Item], with_test: bool = True) -> list[Item]:
        """The items with their sides; `with_test` says that there is no test part yet, so that one may be cut off."""
        keys = {item: self.checksum(item.path)[:KEY] for item in items}
        by_class: dict[str, set[str]] = defaultdict(set)
        for item, key in keys.items():
            by_class[item.label].add(key)
        with changing_sides(self.root, self.record) as sides:
            sides.update(draw_sides([sorted(found) for _, found in sorted(by_class.items())], len(items), sides, with_test))
        return [Item(item.path, item.label, sides[keys[item]]) for item in items]


def draw_sides(classes: list[list[str]], count: int, known: Sides, with_test: bool) -> Sides:
    """The side of every picture of these classes (keys in order, copies once) of a folder of `count` pictures.

    Those whose side is `known` keep it. Of the others the lowest keys are validation, the next ones test where there is to be
    a test part, the rest training. A class with too few on a side gets the next ones of its own; the last of a class without a
    training picture is one in any case. A folder that is SMALL gets no test part, unless it had one when it was larger.
    """
    small = count < SMALL
    valid = SMALL_VALID_SHARE if small else VALID_SHARE
    test = TEST_SHARE if with_test and (not small or "test" in known.values()) else 0.0
    sides = {key: known.get(key) or _side(key, valid, test) for keys in classes for key in keys}
    shares: tuple[tuple[Split, float], ...] = (("valid", valid), ("test", test))
    for keys in classes:
        for split, share in shares:
            fair = max(round(share * len(keys)), split == "valid" and len(keys) > 1)
            _top_up(sides, keys, split, fair if small else min(fair, ENOUGH), known)
    for keys in classes:
        if len(keys) > 1 and not any(sides[key] == "train" for key in keys):
            sides[keys[-1]] = "train"
    return sides


def _side(key: str, valid: float, test: float) -> Split:
    place = int(key, 16) / 16**KEY
    return "valid" if place < valid else "test" if place < valid + test else "train"


def _top_up(sides: Sides, keys: list[str], split: Split, least: int, known: Sides) -> None:
    """Move the lowest of a class to a side until `least` are there, one at least staying to learn from; none that is known."""
    have = sum(sides[key] == split for key in keys)
    free = [key for key in keys if key not in known and sides[key] != split and (split == "valid" or sides[key] == "train")]
    spare = sum(sides[key] == "train" for key in keys) - 1
    for key in free[: max(0, least - have)]:
        if sides[key] == "train":
            if not spare:
                return
            spare -= 1
        sides[key] = split
