"""How to train: the recipe, its presets, and what a crop and each augmentation do. Standard library only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from model.errors import BadUsage

STEPS = 32  # batches of an epoch, at least, where
LEAST = 8  # pictures in a batch still allow it
FIND = "find"  # in place of a learning rate: search for one

CROPS = {
    "random": "A part of the picture, anywhere in it and of any size, other in every epoch.",
    "squish": "The whole picture, squeezed to a square.",
    "crop": "The largest square of the picture, anywhere along its longer side.",
    "pad": "The whole picture in its proportions, its borders mirrored to fill the square.",
}
AUGMENTATIONS = {
    "rotate": "Turned a little, up to 10 degrees to either side.",
    "flip": "Mirrored, left for right, every second time.",
    "warp": "Seen a little from the side, from above or from below.",
    "brightness": "A little lighter or darker.",
    "contrast": "Light and dark a little further apart or closer together.",
}


@dataclass(frozen=True)
class TrainConfig:
    """How to train.

    `init` is "imagenet", "scratch" or a file; None takes the body of the shipped export. `size` is in pixels a side (None:
    from the pictures, at most `largest`). `epochs` are passes over the training pictures (None: `tuned` of them from
    something learned, `scratch` from random weights); in the first part of them pictures are `start` times as wide.
    `learning_rate` is a number, FIND, or None for the preset's own. `smallest_crop` is the least share of a picture that a
    random crop shows. `augment` names AUGMENTATIONS (None: all that suit the pictures). `patience` is after how many epochs
    without a better one the training ends (None: never before its time). `preset` and `about` say where it is from.
    """

    arch: str = "resnet18"
    init: str | None = None
    size: int | None = None
    epochs: int | None = None
    batch: int = 64
    learning_rate: float | str | None = None
    smallest_crop: float = 0.65
    crop: str = "random"
    augment: tuple[str, ...] | None = None
    patience: int | None = None
    seed: int = 0
    note: str = ""
    largest: int = 128
    start: float = 0.75
    tuned: int = 4
    scratch: int = 10
    preset: str = "quick"
    about: str = "About a minute for two thousand pictures: small pictures, few epochs."

    def __post_init__(self):
        unknown = [name for name in self.augment or () if name not in AUGMENTATIONS]
        if unknown:
            raise BadUsage(f"There is no augmentation called {unknown[0]}: choose from {', '.join(AUGMENTATIONS)}.")
        if self.crop not in CROPS:
            raise BadUsage(f"There is no crop called {self.crop}: choose from {', '.join(CROPS)}.")
        if isinstance(self.learning_rate, str) and self.learning_rate != FIND:
            raise BadUsage(f"A learning rate is a number above 0, or the word {FIND}.")

    def suiting(self, mirrored: bool) -> tuple[str, ...]:
        """The augmentations for pictures that may be `mirrored`, or may not: a mirrored digit is another sign."""
        return self.augment if self.augment is not None else tuple(a for a in AUGMENTATIONS if mirrored or a != "flip")

    def batch_of(self, count: int) -> int:
        """How many of `count` pictures make a batch: fewer where that would leave an epoch few steps."""
        return max(min(self.batch, count // STEPS), min(self.batch, LEAST))

    def side(self, sides: Sequence[int]) -> int:
        """The size for pictures whose shorter sides these are: the middle one's, a multiple of 32 (what a resnet halves)."""
        middle = sorted(sides)[len(sides) // 2] if sides else self.largest
        return self.size or max(32, min(self.largest, middle // 32 * 32))


PRESETS = {
    "quick": TrainConfig(),
    "thorough": TrainConfig(
        largest=192,
        smallest_crop=0.35,
        tuned=12,
        scratch=30,
        patience=8,
        preset="thorough",
        about="Some ten minutes for two thousand pictures: larger pictures, three times the epochs, for the best result.",
    ),
}


def choose_config(preset: str = "quick", **options: Any) -> TrainConfig:
    """A preset with those options that are not None. Raises BadUsage."""
    if preset not in PRESETS:
        raise BadUsage(f"There is no preset called {preset}: choose from {', '.join(PRESETS)}.")
    return replace(PRESETS[preset], **{name: value for name, value in options.items() if value is not None})
