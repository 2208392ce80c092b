"""How to train: the configuration, its presets, and what a crop and each augmentation do. Standard library only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from model.core import listing
from model.errors import BadUsage

MIN_STEPS = 32  # batches of an epoch, as long as
MIN_BATCH = 8  # pictures are in a batch
RESTING_ARCH = "efficientnet_lite0"  # the general body (`model.features`), the one that rests in the instant preset
UNFINISHED = "unfinished"  # part of the name of what is kept of a training whose model could not be finished
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
    from the pictures, at most `max_size`). `epochs` are passes over the training pictures (None: `epochs_finetune` from
    something learned, of which the first is for the new last layers alone, `epochs_scratch` from random weights); in the first
    part of them pictures are `first_size_share` times as wide. `batch_size` is the most pictures in a batch. `learning_rate`
    is a number, FIND, or None for the preset's own. `min_crop_share` is the smallest share of a picture that a random crop
    shows. `augment` names AUGMENTATIONS (None: all that suit the pictures); `mirror` is what a person says of whether pictures
    may be mirrored (None: as guessed). `patience` is after how many epochs without a better one the training ends (None: never
    before its time). `note` goes into the model card. `preset` and `about` say where the configuration is from. `instant` says
    that the body rests and a head alone is fitted; nothing but `note` and `seed` has a meaning then.
    """

    arch: str = "resnet18"
    init: str | None = None
    size: int | None = None
    epochs: int | None = None
    batch_size: int = 64
    learning_rate: float | str | None = None
    min_crop_share: float = 0.65
    crop: str = "random"
    augment: tuple[str, ...] | None = None
    mirror: bool | None = None
    patience: int | None = None
    seed: int = 0
    note: str = ""
    max_size: int = 128
    first_size_share: float = 0.75
    epochs_finetune: int = 5
    epochs_scratch: int = 10
    preset: str = "quick"
    instant: bool = False
    about: str = "Small pictures, few epochs."

    def __post_init__(self):
        unknown = [name for name in self.augment or () if name not in AUGMENTATIONS]
        if unknown:
            raise BadUsage(f"There is no augmentation called {unknown[0]}: choose from {', '.join(AUGMENTATIONS)}.")
        if self.crop not in CROPS:
            raise BadUsage(f"There is no crop called {self.crop}: choose from {', '.join(CROPS)}.")
        if isinstance(self.learning_rate, str) and self.learning_rate != FIND:
            raise BadUsage(f"A learning rate is a number above 0, or the word {FIND}.")

    def may_mirror(self, guess: bool) -> bool:
        """Whether pictures may be mirrored: what the person says, by `mirror` or by naming flip, else the `guess`."""
        return self.mirror if self.mirror is not None else guess or "flip" in (self.augment or ())

    def augmentations_for(self, mirrorable: bool) -> tuple[str, ...]:
        """The augmentations for pictures that are guessed to be `mirrorable`, or not: a mirrored digit is another sign."""
        names = AUGMENTATIONS if self.augment is None else self.augment
        return tuple(name for name in names if name != "flip" or self.may_mirror(mirrorable))

    def batch_size_for(self, count: int) -> int:
        """How many of `count` pictures make a batch: fewer where that would leave an epoch few steps."""
        return max(min(self.batch_size, count // MIN_STEPS), min(self.batch_size, MIN_BATCH))

    def size_for(self, sides: Sequence[int]) -> int:
        """The size for pictures whose shorter sides these are: the middle one's, a multiple of 32 (what a resnet halves)."""
        middle = sorted(sides)[len(sides) // 2] if sides else self.max_size
        return self.size or max(32, min(self.max_size, middle // 32 * 32))


PRESETS = {
    "instant": TrainConfig(
        arch=RESTING_ARCH,
        init="imagenet",
        size=224,
        crop="crop",
        augment=(),
        mirror=False,
        preset="instant",
        instant=True,
        about="A new last layer on a body that has seen the world. Seconds; again after cleaning, a moment.",
    ),
    "quick": TrainConfig(),
    "thorough": TrainConfig(
        max_size=192,
        min_crop_share=0.35,
        epochs_finetune=13,
        epochs_scratch=30,
        patience=8,
        preset="thorough",
        about="Larger pictures, three times the epochs, for the best result.",
    ),
}
DEFAULT_PRESET, FINE_TUNING = "instant", ("quick", "thorough")
OPTIONS = {  # of a fine-tuning alone, as the command line calls them
    "arch": "--arch",
    "init": "--init",
    "size": "--size",
    "epochs": "--epochs",
    "learning_rate": "--lr",
    "patience": "--patience",
    "crop": "--crop",
    "augment": "--augment",
    "mirror": "--mirror",
}


def choose_config(preset: str | None = None, **options: Any) -> TrainConfig:
    """A preset with those options that are not None; without a preset, the first that takes them all. Raises BadUsage."""
    foreign = _of_fine_tuning_alone(options)
    if preset is None:
        preset = FINE_TUNING[0] if foreign else DEFAULT_PRESET
    if preset not in PRESETS:
        raise BadUsage(f"There is no preset called {preset}: choose from {', '.join(PRESETS)}.")
    if PRESETS[preset].instant and foreign:
        raise BadUsage(f"The preset {preset} fits the last layer alone, so {_takes_no(foreign)}")
    return replace(PRESETS[preset], **{name: value for name, value in options.items() if value is not None})


def why_fine_tuned(**options: Any) -> str:
    """Why these options without a preset mean fine-tuning, as a sentence; "" where they do not."""
    foreign = _of_fine_tuning_alone(options)
    if not foreign:
        return ""
    words = f"{listing(foreign, 'and')} {'is' if len(foreign) == 1 else 'are'} for fine-tuning"
    return f"{words}, so this is the preset {FINE_TUNING[0]}, which takes minutes."


def _of_fine_tuning_alone(options: dict[str, Any]) -> list[str]:
    """Which of these options no instant training takes, as the command line calls them."""
    resting = PRESETS[DEFAULT_PRESET]
    return [OPTIONS[name] for name, value in options.items() if name in OPTIONS and value not in (None, getattr(resting, name))]


def _takes_no(foreign: list[str]) -> str:
    presets = " or ".join(f"--preset {name}" for name in FINE_TUNING)
    it, them = ("it", "that") if len(foreign) == 1 else ("them", "those")
    return f"it cannot take {listing(foreign, 'and')}: leave {it} out, or choose {presets}, which take {them}."
