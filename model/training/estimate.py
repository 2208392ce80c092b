"""How long a training will take, for a folder on this machine: from the pace of the last one here, else a first guess.

Standard library only.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from model.core import duration
from model.training.config import TrainConfig
from model.training.plan import plan_epochs, work_of

GUESS, GUESSED_CORES = 1.1e-6, 2  # seconds for a pixel of a picture, resnet18, measured on a machine of so many cores
BESIDE = 25.0  # seconds beside the epochs: starting, reading, saving and measuring
HEAVIER = {"resnet18": 1.0, "resnet34": 1.9, "resnet50": 2.8, "mobilenet_v3_small": 0.35, "efficientnet_b0": 1.4}


@dataclass(frozen=True)
class Pace:
    """How fast this machine is, `measured` or guessed: `seconds` for a unit of work with a resnet18, `beside` the epochs."""

    seconds: float
    beside: float
    measured: bool


@dataclass(frozen=True)
class PictureCounts:
    """What there is to learn from: how many pictures on either side, and the shorter side of the middle one in pixels."""

    train: int
    valid: int
    side: int


def pace_of(results: Iterable[tuple[str, Mapping[str, Any]]]) -> Pace:
    """The pace of the first of these trainings, (architecture, result) each, that tells it; else a guess."""
    for arch, result in results:
        epochs = [epoch for epoch in result.get("history", []) if epoch.get("work") and epoch.get("seconds")]
        if epochs and arch in HEAVIER:
            spent = sum(epoch["seconds"] for epoch in epochs)
            pace = spent / sum(epoch["work"] for epoch in epochs) / HEAVIER[arch]
            return Pace(pace, max(1.0, result.get("seconds", 0.0) - spent), True)
    return Pace(GUESS * GUESSED_CORES / min(8, os.cpu_count() or GUESSED_CORES), BESIDE, False)


def seconds_for(config: TrainConfig, pictures: PictureCounts, pace: Pace) -> float:
    """The seconds that a training will take."""
    size = config.size_for([pictures.side])
    plan = plan_epochs(config, size, fresh=config.init == "scratch")
    work = work_of(plan, size, max(1, pictures.train), pictures.valid) * HEAVIER.get(config.arch, 2.0)
    return work * pace.seconds + pace.beside


def in_words(config: TrainConfig, pictures: PictureCounts, pace: Pace) -> str:
    """A sentence on how long it will take, that says whether it was measured or guessed."""
    long, count = duration(_rounded(seconds_for(config, pictures, pace))), pictures.train + pictures.valid
    if pace.measured:
        return f"About {long} for these {count:,} pictures, by the pace of the last training here."
    return f"Perhaps {long} for these {count:,} pictures: a first guess, the first batches tell it better."


def _rounded(seconds: float) -> float:
    """As exact as an estimate can be: 40 s, not 37; whole minutes beyond."""
    return max(10.0, round(seconds / 10) * 10) if seconds < 90 else round(seconds / 60) * 60
