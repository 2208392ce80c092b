"""The epochs of a training before there is any: how large their pictures are, what they cost. Standard library only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from model.training.config import TrainConfig

VALIDATING = 0.35  # of the time that learning from a picture takes: there is only a way forward


@dataclass(frozen=True)
class Epoch:
    """One epoch that is planned: the size of its pictures."""

    size: int

    @property
    def cost(self) -> float:
        """The time for one picture, in no unit."""
        return float(self.size**2)


def plan_epochs(config: TrainConfig, size: int, fresh: bool) -> list[Epoch]:
    """The epochs, as many as are asked for: small pictures, then large ones."""
    epochs = config.epochs or (config.epochs_scratch if fresh else config.epochs_finetune)
    small = min(size, max(32, round(config.first_size_share * size / 32) * 32))
    early = (epochs - 1) // 2
    return [Epoch(small)] * early + [Epoch(size)] * (epochs - early)


def validating_cost(final: int, train_count: int, valid_count: int) -> float:
    """What looking at the validation pictures, of the size `final`, costs after each epoch, for one training picture."""
    return VALIDATING * final**2 * valid_count / train_count


def work_of(plan: Sequence[Epoch], final: int, train_count: int, valid_count: int) -> float:
    """What all the epochs cost together: the time is this times the pace of a machine."""
    each = validating_cost(final, train_count, valid_count)
    return sum(epoch.cost + each for epoch in plan) * train_count
