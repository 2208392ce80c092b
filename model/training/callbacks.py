"""What happens beside the steps of a training: the figures of each epoch, the best state so far, the end before time.

fastai callbacks, each for one thing; they know a learner, not what it is taught.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import Any

import fastai.vision.all as fv
import torch

from model.jobs import Report, Stopping
from model.training.plan import Epoch, validating_cost
from model.training.precision import Precision


class PrecisionCallback(fv.Callback):
    """Train and validate in the precision and the layout of memory that suit the machine."""

    def __init__(self, precision: Precision):
        self.precision = precision
        self._context: torch.autocast | None = None

    def before_fit(self) -> None:
        self.learn.model.to(memory_format=self.precision.layout)

    def before_batch(self) -> None:
        self.learn.xb = tuple(x.contiguous(memory_format=self.precision.layout) for x in self.xb)
        self._context = self.precision.autocast(self.dls.device)
        self._context.__enter__()

    def after_pred(self) -> None:
        if self._context is not None:
            self._context.__exit__(None, None, None)
        self.learn.pred = self.pred.float()


class ProgressCallback(fv.Callback):
    """Report how far the training is and the figures of each epoch, which are kept in `history`.

    An event of a training batch tells its `loss` and where it is: `at` of `epochs`, 1.5 in the middle of the second.
    Each epoch of the `plan` gets pictures of its size; validation ones have the size `final`. An epoch is marked as `best`
    that is better than all before: by the highest accuracy, among equals by the lowest loss. A training batch or an epoch
    whose loss is no number is not reported.
    """

    name = "training_progress"  # as an attribute of the learner, where fastai's bar is called `progress`
    order = 60  # after fastai's recorder

    def __init__(self, plan: Sequence[Epoch], final: int, report: Report):
        self.history: list[dict[str, Any]] = []
        self._plan, self._final, self._report = plan, final, report
        self._losses: list[float] = []
        self._started = self._epoch_started = time.perf_counter()

    def before_epoch(self) -> None:
        self._epoch_started, self._losses = time.perf_counter(), []
        self.dls.train.size = self._plan[len(self.history)].size

    def after_batch(self) -> None:
        if not self.training:
            return self._report({"event": "training", **self._progress()})
        loss = float(self.loss)
        self._losses.append(loss)
        if math.isfinite(loss):
            place = {"at": len(self.history) + (self.iter + 1) / self.n_iter, "epochs": len(self._plan)}
            self._report({"event": "training", **self._progress(), "loss": loss, **place})

    def after_epoch(self) -> None:
        valid_loss, accuracy = (float(value) for value in self.recorder.values[-1][1:])
        if math.isfinite(valid_loss):
            self.add(valid_loss, accuracy, whole=True)

    def add(self, valid_loss: float, accuracy: float, whole: bool = False) -> None:
        """Add the figures of an epoch, whole or cut short, and report them; `work` tells what a whole one costs."""
        epoch = {
            "epoch": len(self.history) + 1,
            "epochs": len(self._plan),
            "train_loss": sum(self._losses) / max(1, len(self._losses)),
            "valid_loss": valid_loss,
            "accuracy": accuracy,
            "seconds": round(time.perf_counter() - self._epoch_started, 2),
            "lr": float(self.opt.hypers[-1]["lr"]),
            "work": round(self._work()) if whole else 0,
        }
        self.history.append(epoch)
        epoch["best"] = best_of(self.history) is epoch
        self._report({"event": "epoch", **epoch})

    def _work(self) -> float:
        """What the epoch that is over costs, in the unit of `plan.work_of`."""
        validating = validating_cost(self._final, self.dls.train.n, self.dls.valid.n)
        return (self._plan[len(self.history)].cost + validating) * self.dls.train.n

    def _progress(self) -> dict[str, float]:
        """The share of the work that is done, and how long the rest will take at this pace."""
        costs = [epoch.cost for epoch in self._plan]
        validating = validating_cost(self._final, self.dls.train.n, self.dls.valid.n)
        now, number = (self.iter + 1) / self.n_iter, len(self.history)
        spent = sum(costs[:number]) + validating * number
        spent += costs[number] * now if self.training else costs[number] + validating * now
        done = spent / (sum(costs) + validating * len(costs))
        seconds = time.perf_counter() - self._started
        return {"done": done, "seconds_left": seconds / done - seconds}


class BestCheckpoint(fv.Callback):
    """Keep the network's state after the best epoch so far, going by what `progress` says of it."""

    order = ProgressCallback.order + 1

    def __init__(self, progress: ProgressCallback):
        self._progress, self._kept = progress, 0
        self._state: dict[str, torch.Tensor] = {}

    def after_epoch(self) -> None:
        history = self._progress.history
        if len(history) > self._kept and history[-1]["best"]:  # one that diverged adds nothing to the history
            self.keep()

    def keep(self) -> None:
        """Keep the state that the network has now, after the last epoch of the history."""
        self._kept = len(self._progress.history)
        self._state = {key: value.detach().clone() for key, value in self.model.state_dict().items()}

    def restore(self, learner: fv.Learner) -> None:
        """Give the learner its best state back."""
        learner.model.load_state_dict(self._state)


class EarlyStopping(fv.Callback):
    """End the training before its time: when asked to, when the loss is no number, or when no epoch gets better.

    `ended` says that there is no next epoch; why, `stopped` (asked to) and `diverged` say, else it was the `patience`: so many
    epochs in a row were not better than the best (None: any number).
    """

    order = BestCheckpoint.order + 1

    def __init__(self, progress: ProgressCallback, patience: int | None, stopping: Stopping):
        self.stopped = self.diverged = self.ended = False
        self._progress, self._patience, self._stopping = progress, patience, stopping

    def after_batch(self) -> None:
        if self.training:
            self._end_if_diverged(float(self.loss))
            self._end_if_asked()

    def after_epoch(self) -> None:
        self._end_if_diverged(float(self.recorder.values[-1][1]))
        self._end_if_asked()
        history = self._progress.history
        if self._patience and len(history) - history.index(best_of(history)) > self._patience:
            self._end()

    def _end_if_diverged(self, loss: float) -> None:
        if not math.isfinite(loss):
            self.diverged = True
            self._end()

    def _end_if_asked(self) -> None:
        if self._stopping():
            self.stopped = True
            self._end()

    def _end(self) -> None:
        self.ended = True
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


def best_of(history: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The best epoch: of the highest accuracy, among equals of the lowest loss."""
    return min(history, key=lambda epoch: (-epoch["accuracy"], epoch["valid_loss"]))
