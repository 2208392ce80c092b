"""A network with new classes, built and fine-tuned with fastai. Knows prepared pictures, no export and no screen."""

from __future__ import annotations

import contextlib
import copy
import math
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.error import URLError

import fastai.vision.all as fv
import torch

from model.errors import BadUsage
from model.jobs import Report, Stopping
from model.training import precision, pretrained
from model.training.callbacks import (
    BestCheckpoint,
    EarlyStopping,
    FinderProgress,
    PrecisionCallback,
    ProgressCallback,
    best_of,
)
from model.training.config import TrainConfig
from model.training.loaders import BatchLoader
from model.training.pixel_cache import CachedPictures
from model.training.plan import plan_epochs
from model.training.prepare import TrainingData

LEARNING_RATE = 2e-3
SLOWER = 4  # times less is changed in the first layers than in the last, where something was learned before
FINDER_STEPS = 60  # batches, at the most, to find a learning rate


@dataclass(frozen=True)
class StartedLearner:
    """A learner before its first epoch; `started_from` says whose body it has, None for random weights."""

    learner: fv.Learner
    started_from: str | None

    def untrained_copy(self) -> StartedLearner:
        """Another of the same, so that this one may go on learning whatever becomes of that."""
        learner = fv.Learner(self.learner.dls, copy.deepcopy(self.learner.model), loss_func=self.learner.loss_func)
        return StartedLearner(learner, self.started_from)


@dataclass(frozen=True)
class History:
    """What the epochs gave: their figures, as the events of `ProgressCallback`; whether somebody stopped them."""

    epochs: list[dict[str, Any]]
    stopped: bool

    @property
    def best(self) -> dict[str, Any]:
        """The figures of the epoch whose network was kept."""
        return best_of(self.epochs)


def build(data: TrainingData, config: TrainConfig) -> StartedLearner:
    """A learner for these pictures, its body filled with what it starts from. Seeds every source of chance. Raises AppError."""
    network = pretrained.architecture(config.arch)
    fv.set_seed(config.seed, reproducible=True)
    try:
        learner = fv.vision_learner(
            _loaders(data, config),
            network,
            normalize=False,
            n_out=len(data.dataset.classes),
            pretrained=config.init == "imagenet",
            loss_func=fv.CrossEntropyLossFlat(),
            opt_func=partial(fv.OptimWrapper, opt=partial(torch.optim.AdamW, fused=True)),
            train_bn=False,
            wd=0.01,
            metrics=fv.accuracy,
        )
    except (URLError, OSError) as error:
        raise BadUsage(
            "The ImageNet weights could not be downloaded: check the network, or leave --init out to start from the "
            "shipped model, or give a weights file (--init weights.pth)."
        ) from error
    return StartedLearner(learner, pretrained.fill_body(learner.model[0], network, config.init))


def _loaders(data: TrainingData, config: TrainConfig) -> fv.DataLoaders:
    def targets(pictures: CachedPictures) -> list[int]:
        return [data.dataset.classes.index(item.label) for item in pictures.items]

    augment = config.augmentations_for(data.dataset.mirrorable.allowed)
    batch = config.batch_size_for(len(data.train))
    train = BatchLoader(data.train, targets(data.train), data.size, batch, config, augment)
    valid = BatchLoader(data.valid, targets(data.valid), data.size, 2 * config.batch_size)
    return fv.DataLoaders(train, valid, device=fv.default_device())


def finetune(started: StartedLearner, config: TrainConfig, size: int, report: Report, stopping: Stopping) -> History:
    """Run the epochs, the last of them on pictures of `size`; afterwards the learner is in its best state, which was measured.

    Events: those of `ProgressCallback` and, where a learning rate is searched for, of `FinderProgress`. `stopping` is asked
    after each batch; a stop leaves the best so far, or what there is. Raises BadUsage when the loss is no longer a number.
    """
    learner, fresh = started.learner, started.started_from is None
    plan = plan_epochs(config, size, fresh)
    learner.model.to(learner.dls.device)
    arithmetic = PrecisionCallback(precision.choose_precision(learner.model, config.arch, size, learner.dls.device))
    progress = ProgressCallback(plan, size, report)
    checkpoint, early = BestCheckpoint(progress), EarlyStopping(progress, config.patience, stopping)
    callbacks = [arithmetic, progress, checkpoint, early]
    with _quiet(learner):
        highest, stopped = _learning_rate(learner, config, arithmetic, report, stopping)
        head_epochs = sum(epoch.head_only for epoch in plan)
        if head_epochs and not stopped:
            learner.freeze()
            learner.fit_one_cycle(head_epochs, 2 * highest, cbs=callbacks)
        if not stopped and not early.ended:
            learner.unfreeze()
            rates = highest if fresh else slice(highest / SLOWER, highest)
            learner.fit_one_cycle(len(plan) - head_epochs, rates, cbs=callbacks)
        if not progress.history and not early.diverged:  # stopped in the first epoch: measure what there is
            valid_loss, accuracy = map(float, learner.validate(cbs=[arithmetic]))
            with learner.added_cbs([progress, checkpoint]):
                progress.add(valid_loss, accuracy)
                checkpoint.keep()
        if not math.isfinite(progress.history[-1]["valid_loss"] if progress.history else math.inf):
            raise BadUsage(f"The loss is no longer a number: {highest:g} is too high a learning rate, choose a lower one.")
        checkpoint.restore(learner)
    return History(progress.history, stopped or early.stopped)


def _learning_rate(
    learner: fv.Learner, config: TrainConfig, arithmetic: PrecisionCallback, report: Report, stopping: Stopping
) -> tuple[float, bool]:
    """The highest learning rate, and whether the search for it was stopped."""
    if not isinstance(config.learning_rate, str):
        return config.learning_rate or LEARNING_RATE, False
    search = FinderProgress(FINDER_STEPS, report, stopping)
    found = _find(learner, [arithmetic, search])
    learner.create_opt()  # with no memory of the search
    return found, search.stopped


def _find(learner: fv.Learner, callbacks: list[fv.Callback]) -> float:
    """fastai's learning-rate finder, its files out of sight; the default where it finds nothing."""
    with tempfile.TemporaryDirectory() as scratch, learner.added_cbs(callbacks):
        path, learner.path = learner.path, Path(scratch)
        try:
            found = learner.lr_find(1e-6, 1.0, FINDER_STEPS, show_plot=False).valley
        except (IndexError, ValueError, RuntimeError):  # too few batches to see a valley in
            found = LEARNING_RATE
        learner.path, learner.dls.train.epoch = path, 0
    return found


@contextlib.contextmanager
def _quiet(learner: fv.Learner) -> Iterator[None]:
    """Train without fastai's own bars and tables: progress goes to the caller alone."""
    with learner.no_bar(), learner.no_logging(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
