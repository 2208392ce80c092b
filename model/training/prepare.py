"""A dataset -> what there is to learn from: its pictures opened once and kept cut, the broken ones named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from model.backbones import Backbone, find_backbone
from model.data import Dataset, check_trainable, shorter_sides
from model.errors import BadUsage
from model.jobs import Report, Stopping
from model.training.config import TrainConfig
from model.training.crops import train_crop, valid_crop
from model.training.pixel_cache import CachedPictures, cache_pictures
from model.types import Item, LeftOut


@dataclass(frozen=True)
class TrainingData:
    """The dataset without its broken pictures, both sides of it cut for a network that takes `size` pixels a side.

    `left_out` are all the files that are not used, `refused` the pictures among them that cannot be read; `notes` are
    sentences for people.
    """

    dataset: Dataset
    train: CachedPictures
    valid: CachedPictures
    size: int
    left_out: list[LeftOut]
    refused: list[LeftOut]
    notes: list[str]


def prepare(
    dataset: Dataset,
    config: TrainConfig,
    report: Report = lambda event: None,
    stopping: Stopping = lambda: False,
) -> TrainingData:
    """Open every picture once, so that a broken one is named before the training, and keep it cut.

    Events: {"event": "reading", "done", "total"}. Raises KeyboardInterrupt when asked to stop, as nothing is learned yet;
    BadData where too little can be opened.
    """
    check_trainable(dataset)
    train_items, valid_items = dataset.of("train"), dataset.of("valid")
    size = fitting_size(find_backbone(config.arch), config, train_items)
    done, total = 0, len(train_items) + len(valid_items)

    def opened() -> None:
        nonlocal done
        done = min(done + 1, total)
        report({"event": "reading", "done": done, "total": total})
        if stopping():
            raise KeyboardInterrupt

    train = cache_pictures(train_items, train_crop(config.crop, size), opened)
    valid = cache_pictures(valid_items, valid_crop(config.crop, size), opened)
    broken = [*train.left_out, *valid.left_out]
    left_out = [*dataset.left_out, *broken]
    usable = replace(dataset, items=(*train.pictures.items, *valid.pictures.items), left_out=tuple(left_out))
    check_trainable(usable)
    notes = list(dict.fromkeys(note for note in (train.note, valid.note) if note))
    return TrainingData(usable, train.pictures, valid.pictures, size, left_out, [*dataset.refused, *broken], notes)


def fitting_size(backbone: Backbone, config: TrainConfig, items: Sequence[Item]) -> int:
    """The size of the pictures that a network learns from, in pixels a side. Raises BadUsage for one that it cannot take."""
    if not backbone.fixed:
        return config.size_for([] if config.size else shorter_sides(items))
    if config.size not in (None, backbone.side):
        raise BadUsage(f"{backbone.name} takes pictures of {backbone.side} pixels a side alone: leave --size out.")
    return backbone.side
