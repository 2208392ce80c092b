"""How long a training will take, for a folder on this machine: from the pace of the last one here, else a first guess.

Standard library only.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from model.core import duration
from model.training.config import TrainConfig
from model.training.plan import plan_epochs, work_of

GUESS, GUESSED_CORES = 1.0e-6, 2  # seconds for a pixel of a picture, efficientnet_lite0, measured on a machine of so many cores
BESIDE = 25.0  # seconds beside the epochs: starting, reading, saving and measuring
LOOK = 0.007  # seconds for a picture that the general body has not seen, measured on the same machine
BESIDE_LOOKING = 6.0  # seconds beside the looking: starting, fitting, saving
FEW = 30  # pictures that were looked at, of which no pace follows
HEAVIER = {
    "efficientnet_lite0": 1.0,
    "resnet18": 1.1,
    "resnet34": 2.1,
    "resnet50": 3.1,
    "mobilenet_v3_small": 0.4,
    "efficientnet_b0": 1.6,
}


@dataclass(frozen=True)
class Pace:
    """How fast this machine is, `measured` or guessed: `seconds` a unit of work of the default network, `beside` the epochs.

    `look` are the seconds in which the general body looks at a picture, `look_measured` or guessed.
    """

    seconds: float
    beside: float
    measured: bool
    look: float = LOOK
    look_measured: bool = False


@dataclass(frozen=True)
class PictureCounts:
    """What there is to learn from: how many pictures on either side, and the shorter side of the middle one in pixels.

    `known` are those that the general body has looked at before.
    """

    train: int
    valid: int
    side: int
    known: int = 0


def pace_of(results: Iterable[tuple[str, Mapping[str, Any]]]) -> Pace:
    """The pace of the first of these trainings, (architecture, result) each, that tells it; else a guess.

    So is the pace of looking.
    """
    pace = None
    slower = GUESSED_CORES / min(8, os.cpu_count() or GUESSED_CORES)
    look, look_measured = LOOK * slower, False
    for arch, result in results:
        looked = result.get("looked") or {}
        if not look_measured and looked.get("pictures", 0) >= FEW:
            look, look_measured = looked["seconds"] / looked["pictures"], True
        epochs = [epoch for epoch in result.get("history", []) if epoch.get("work") and epoch.get("seconds")]
        if pace is None and epochs and arch in HEAVIER:
            spent = sum(epoch["seconds"] for epoch in epochs)
            seconds = spent / sum(epoch["work"] for epoch in epochs) / HEAVIER[arch]
            pace = Pace(seconds, max(1.0, result.get("seconds", 0.0) - spent), True)
        if pace and look_measured:
            break
    return replace(pace or Pace(GUESS * slower, BESIDE, False), look=look, look_measured=look_measured)


def seconds_for(config: TrainConfig, pictures: PictureCounts, pace: Pace) -> float:
    """The seconds that a training will take."""
    if config.instant:
        return max(0, pictures.train + pictures.valid - pictures.known) * pace.look + BESIDE_LOOKING
    size = config.size_for([pictures.side])
    plan = plan_epochs(config, size, fresh=config.fresh)
    work = work_of(plan, size, max(1, pictures.train), pictures.valid) * HEAVIER.get(config.arch, 2.0)
    return work * pace.seconds + pace.beside


def in_words(config: TrainConfig, pictures: PictureCounts, pace: Pace) -> str:
    """A sentence on how long it will take, that says whether it was measured or guessed."""
    long, count = duration(_rounded(seconds_for(config, pictures, pace))), pictures.train + pictures.valid
    first = "pictures" if config.instant else "batches"
    if config.instant and pictures.known >= count:
        return f"About {long}: these {count:,} pictures were looked at before."
    if pace.look_measured if config.instant else pace.measured:
        return f"About {long} for these {count:,} pictures, by the pace of the last training here."
    return f"Perhaps {long} for these {count:,} pictures: a first guess, the first {first} tell it better."


def _rounded(seconds: float) -> float:
    """As exact as an estimate can be: 40 s, not 37; whole minutes beyond."""
    return max(10.0, round(seconds / 10) * 10) if seconds < 90 else round(seconds / 60) * 60
