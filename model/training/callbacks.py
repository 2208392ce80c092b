"""What happens beside the steps of a training: progress, the figures of each epoch, the best so far, the end before time.

fastai callbacks; they know a learner, not what it is taught.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import fastai.vision.all as fv
import torch

from model.jobs import Report, Stopping
from model.training.precision import Precision

RESTING = VALIDATING = 0.35  # of the time that learning from a picture takes: there is only a way forward


class PrecisionCallback(fv.Callback):
    """Train and validate in the precision and the layout of memory that suit the machine."""

    def __init__(self, precision: Precision):
        self.precision, self._context = precision, None

    def before_fit(self) -> None:
        self.learn.model.to(memory_format=self.precision.layout)

    def before_batch(self) -> None:
        self.learn.xb = tuple(x.contiguous(memory_format=self.precision.layout) for x in self.xb)
        self._context = self.precision.autocast(self.dls.device)
        self._context.__enter__()

    def after_pred(self) -> None:
        self._context.__exit__(None, None, None)
        self.learn.pred = self.pred.float()


@dataclass(frozen=True)
class Epoch:
    """One epoch that is planned: the size of its pictures, and whether the body rests while the head learns."""

    size: int
    resting: bool = False

    @property
    def cost(self) -> float:
        """The time for one picture, in no unit."""
        return self.size**2 * (RESTING if self.resting else 1.0)


class Following(fv.Callback):
    """Report how far the training is; keep the best state; end when asked to, or when nothing gets better.

    Each epoch of the `plan` gets pictures of its size; validation ones have the size `final`. `history` has the figures of
    each epoch, `best` the number in it of the best: the highest accuracy, among equals the lowest loss.
    `ended` is why there is no next epoch: `stopped` when asked to, `diverged` when the loss was no longer a number.
    """

    order = 60  # after the recorder

    def __init__(self, plan: Sequence[Epoch], final: int, patience: int | None, report: Report, stopping: Stopping):
        self.history: list[dict[str, Any]] = []
        self.best = -1
        self.stopped = self.diverged = self.ended = False
        self._plan, self._final, self._patience = plan, final, patience
        self._report, self._stopping = report, stopping
        self._state: dict[str, torch.Tensor] = {}
        self._losses: list[float] = []
        self._started = self._begun = time.perf_counter()

    def before_epoch(self) -> None:
        self._begun, self._losses = time.perf_counter(), []
        self.dls.train.size = self._plan[len(self.history)].size

    def after_batch(self) -> None:
        loss = float(self.loss)
        if self.training:
            self._losses.append(loss)
            self._check(loss)
        self._report({"event": "training", **self._progress(), "loss": loss})
        if self.training:
            self._stop_if_asked()

    def after_epoch(self) -> None:
        valid_loss, accuracy = (float(value) for value in self.recorder.values[-1][1:])
        self._check(valid_loss)
        self.take(valid_loss, accuracy)
        self._stop_if_asked()
        if self._patience and len(self.history) - 1 - self.best >= self._patience:
            self.ended = True
            raise fv.CancelFitException

    def take(self, valid_loss: float, accuracy: float) -> None:
        """Note the figures of an epoch, whole or cut short, and the network's state where it is the best so far."""
        epoch = {
            "epoch": len(self.history) + 1,
            "epochs": len(self._plan),
            "train_loss": sum(self._losses) / max(1, len(self._losses)),
            "valid_loss": valid_loss,
            "accuracy": accuracy,
            "seconds": round(time.perf_counter() - self._begun, 2),
            "lr": float(self.opt.hypers[-1]["lr"]),
        }
        self.history.append(epoch)
        best = min(self.history, key=lambda e: (-e["accuracy"], e["valid_loss"]))
        epoch["best"] = best is epoch
        if best is epoch:
            self.best = len(self.history) - 1
            self._state = {key: value.detach().clone() for key, value in self.model.state_dict().items()}
        self._report({"event": "epoch", **epoch})

    def restore(self, learner: fv.Learner) -> None:
        """Give the learner its best state back."""
        learner.model.load_state_dict(self._state)

    def _progress(self) -> dict[str, float]:
        """The share of the work that is done, and how long the rest will take at this pace."""
        costs = [epoch.cost for epoch in self._plan]
        validating = VALIDATING * self._final**2 * self.dls.valid.n / self.dls.train.n
        now, number = (self.iter + 1) / self.n_iter, len(self.history)
        spent = sum(costs[:number]) + validating * number
        spent += costs[number] * now if self.training else costs[number] + validating * now
        done = spent / (sum(costs) + validating * len(costs))
        seconds = time.perf_counter() - self._started
        return {"done": done, "seconds_left": seconds / done - seconds}

    def _check(self, loss: float) -> None:
        if not math.isfinite(loss):
            self.diverged = self.ended = True
            raise fv.CancelFitException

    def _stop_if_asked(self) -> None:
        if self._stopping():
            self.stopped = self.ended = True
            raise fv.CancelFitException


class FinderProgress(fv.Callback):
    """Report how far the search for a learning rate is, which takes at most `steps` batches; end it when asked to."""

    def __init__(self, steps: int, report: Report, stopping: Stopping):
        self.steps, self.stopped = steps, False
        self._report, self._stopping = report, stopping

    def after_batch(self) -> None:
        done = min(1.0, (self.train_iter + 1) / self.steps)
        self._report({"event": "searching", "phase": "finding the learning rate", "done": done})
        if self._stopping():
            self.stopped = True
            raise fv.CancelFitException
