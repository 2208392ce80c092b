"""A dataset -> what there is to learn from: its pictures opened once and kept cut, the broken ones named. No torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from model import dataset
from model.cutting import train_cut, valid_cut
from model.dataset import Dataset
from model.errors import BadImage
from model.images import open_picture
from model.recipe import Recipe
from model.shrunk import Shrunk, shrink
from model.types import Item, LeftOut


@dataclass(frozen=True)
class Material:
    """The dataset without its broken pictures, both sides of it cut, what was left out, sentences for people."""

    pictures: Dataset
    train: Shrunk
    valid: Shrunk
    left_out: list[LeftOut]
    notes: list[str]


def gather(
    pictures: Dataset,
    recipe: Recipe,
    size: int,
    report: Callable[[dict[str, Any]], None] = lambda event: None,
    stopping: Callable[[], bool] = lambda: False,
) -> Material:
    """Open every picture once, so that a broken one is named before the training, and keep it cut.

    Events: {"event": "reading", "done", "total"}. Raises KeyboardInterrupt when asked to stop, for nothing is learned yet;
    BadData where too little can be opened.
    """
    train_items, valid_items = pictures.of("train"), pictures.of("valid")
    done, total = 0, len(train_items) + len(valid_items)

    def opened() -> None:
        nonlocal done
        done = min(done + 1, total)
        report({"event": "reading", "done": done, "total": total})
        if stopping():
            raise KeyboardInterrupt

    train = shrink(train_items, train_cut(recipe.crop, size), opened)
    valid = shrink(valid_items, valid_cut(recipe.crop, size), opened)
    left_out = [*pictures.left_out, *train.left_out, *valid.left_out]
    items = (*train.pictures.items, *valid.pictures.items)
    kept = Dataset(pictures.root, pictures.name, items, pictures.classes, tuple(left_out))
    dataset.check_trainable(kept)
    notes = list(dict.fromkeys(note for note in (train.note, valid.note) if note))
    return Material(kept, train.pictures, valid.pictures, left_out, notes)


def shorter_sides(items: Sequence[Item]) -> list[int]:
    """The shorter sides of a few of the pictures, in pixels."""
    sides = []
    for item in items[:: max(1, len(items) // 20)]:
        with suppress(BadImage):
            sides.append(min(open_picture(item.path).size))
    return sides
