"""How to train: the configuration, its presets, and what a crop and each augmentation do. Standard library only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from model.core import listing
from model.errors import BadUsage

MIN_STEPS = 32  # batches of an epoch, as long as
MIN_BATCH = 8  # pictures are in a batch
UNFINISHED = "unfinished"  # part of the name of what is kept of a training whose model could not be finished
ARCH = "efficientnet_lite0"  # whose ImageNet weights are installed; the general body of `model.features`
FRESH_ARCH = "resnet18"  # which learns sooner from nothing
SCRATCH, IMAGENET = "scratch", "imagenet"  # what to start from, where it is no file
LEAST_SIDE = 128  # of pictures, for a body that has learned from larger ones: smaller ones are enlarged
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
    "grey": "Without its colours, one in seventeen pictures.",
    "tint": "In coloured light, as under a lamp, one in seventeen pictures.",
    "dark": "In little light, with the grain of a night photo, one in seventeen pictures.",
    "blur": "Out of focus, one in seventeen pictures.",
    "quarter": "Turned on its side, one in twenty-five pictures.",
    "background": "An object on plain card laid over another background, one in seventeen pictures.",
}
SIDEWAYS = ("flip", "quarter")  # for pictures that are what they were when mirrored: no letters, no signs


@dataclass(frozen=True)
class TrainConfig:
    """How to train.

    `init` is IMAGENET, SCRATCH or a file (None: ImageNet). `size` is in pixels a side (None: from the pictures, at most
    `max_size`). `epochs` are passes over the training pictures (None: `epochs_finetune` from something learned,
    `epochs_scratch` from random weights); in the first part of them pictures are `first_size_share` times as wide.
    `batch_size` is the most pictures in a batch. `learning_rate` is a number, FIND, or None for the preset's own.
    `min_crop_share` is the smallest share of a picture that a random crop shows. `augment` names AUGMENTATIONS (None: all that
    suit the pictures); `mirror` is what a person says of whether pictures may be mirrored (None: as guessed). `patience` is
    after how many epochs without a better one the training ends (None: never before its time). `smoothing` is how unsure labels
    are taken to be, `mixing` how much pictures are laid over each other (0: not). `note` goes into the model card. `preset` and
    `about` say where the configuration is from. `instant` says that the body rests and a head alone is fitted; nothing but
    `note` and `seed` has a meaning then.
    """

    arch: str = ARCH
    init: str | None = None
    size: int | None = None
    epochs: int | None = None
    batch_size: int = 32
    learning_rate: float | str | None = None
    min_crop_share: float = 0.65
    crop: str = "random"
    augment: tuple[str, ...] | None = None
    mirror: bool | None = None
    patience: int | None = None
    smoothing: float = 0.0
    mixing: float = 0.0
    seed: int = 0
    note: str = ""
    max_size: int = 224
    first_size_share: float = 0.75
    epochs_finetune: int = 3
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

    @property
    def fresh(self) -> bool:
        """Whether a training starts from random weights."""
        return self.init == SCRATCH

    def may_mirror(self, guess: bool) -> bool:
        """Whether pictures may be mirrored: what the person says, by `mirror` or by naming flip, else the `guess`."""
        return self.mirror if self.mirror is not None else guess or "flip" in (self.augment or ())

    def augmentations_for(self, mirrorable: bool) -> tuple[str, ...]:
        """The augmentations for pictures that are guessed to be `mirrorable`, or not: a mirrored digit is another sign."""
        if self.augment is None:
            return tuple(name for name in AUGMENTATIONS if name not in SIDEWAYS or self.may_mirror(mirrorable))
        return tuple(name for name in self.augment if name not in SIDEWAYS or self.mirror is not False)

    def batch_size_for(self, count: int) -> int:
        """How many of `count` pictures make a batch: fewer where that would leave an epoch few steps."""
        return max(min(self.batch_size, count // MIN_STEPS), min(self.batch_size, MIN_BATCH))

    def size_for(self, sides: Sequence[int]) -> int:
        """The size for pictures whose shorter sides these are: the middle one's, a multiple of 32 (what a network halves).

        Where something was learned before, it is at least LEAST_SIDE: small pictures look like nothing that was seen then.
        """
        middle = sorted(sides)[len(sides) // 2] if sides else self.max_size
        least = min(32 if self.fresh else LEAST_SIDE, self.max_size)
        return self.size or max(least, min(self.max_size, middle // 32 * 32))


PRESETS = {
    "instant": TrainConfig(
        init=IMAGENET,
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
        min_crop_share=0.35,
        epochs_finetune=10,
        epochs_scratch=30,
        first_size_share=1.0,
        patience=6,
        smoothing=0.1,
        preset="thorough",
        about="Ten epochs on large pictures, for the best result.",
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
    """A preset with those options that are not None; without a preset, the first that takes them all. Raises BadUsage.

    From random weights it is FRESH_ARCH that learns, where no other is named.
    """
    foreign = _of_fine_tuning_alone(options)
    if preset is None:
        preset = FINE_TUNING[0] if foreign else DEFAULT_PRESET
    if preset not in PRESETS:
        raise BadUsage(f"There is no preset called {preset}: choose from {', '.join(PRESETS)}.")
    if PRESETS[preset].instant and foreign:
        raise BadUsage(f"The preset {preset} fits the last layer alone, so {_takes_no(foreign)}")
    given = {name: value for name, value in options.items() if value is not None}
    if given.get("init") == SCRATCH:
        given = {"arch": FRESH_ARCH, **given}
    return replace(PRESETS[preset], **given)


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
