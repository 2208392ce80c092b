"""What is kept of a picture for training, and what of it the network sees in validation. Knows no torch."""

from __future__ import annotations

from model.images import Cut, Resize, Shorter

AROUND = 1.25  # how much larger than the network's pictures those are kept of which a part is drawn by chance


def train_crop(crop: str, size: int) -> Cut:
    """What is kept of a training picture: more than the network sees, where a part is drawn by chance."""
    return Shorter(round(AROUND * size)) if crop in ("random", "crop") else valid_crop(crop, size)


def valid_crop(crop: str, size: int) -> Resize:
    """What the network sees of a validation picture, and so of every picture it will be asked about."""
    return Resize("crop" if crop == "random" else crop, (size, size), fill="reflect")
