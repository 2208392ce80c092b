"""A dataset -> what there is to learn from: its pictures opened once and kept cut, the broken ones named. No torch."""

from __future__ import annotations

from dataclasses import dataclass

from model.data import Dataset, check_trainable
from model.jobs import Report, Stopping
from model.training.config import TrainConfig
from model.training.crops import train_crop, valid_crop
from model.training.pixel_cache import CachedPictures, cache_pictures
from model.types import LeftOut


@dataclass(frozen=True)
class TrainingData:
    """The dataset without its broken pictures, both sides of it cut, what was left out, sentences for people."""

    pictures: Dataset
    train: CachedPictures
    valid: CachedPictures
    left_out: list[LeftOut]
    notes: list[str]


def prepare(
    pictures: Dataset,
    recipe: TrainConfig,
    size: int,
    report: Report = lambda event: None,
    stopping: Stopping = lambda: False,
) -> TrainingData:
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

    train = cache_pictures(train_items, train_crop(recipe.crop, size), opened)
    valid = cache_pictures(valid_items, valid_crop(recipe.crop, size), opened)
    left_out = [*pictures.left_out, *train.left_out, *valid.left_out]
    items = (*train.pictures.items, *valid.pictures.items)
    kept = Dataset(pictures.root, pictures.name, items, pictures.classes, tuple(left_out))
    check_trainable(kept)
    notes = list(dict.fromkeys(note for note in (train.note, valid.note) if note))
    return TrainingData(kept, train.pictures, valid.pictures, left_out, notes)
