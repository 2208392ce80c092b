"""A network with new classes, built and fine-tuned with fastai. Knows prepared pictures, no export and no screen."""

from __future__ import annotations

import contextlib
import copy
import math
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import fastai.vision.all as fv
import torch

from model.backbones import Backbone, find_backbone
from model.errors import BadUsage
from model.jobs import Report, Stopping
from model.training import precision
from model.training.callbacks import (
    BestCheckpoint,
    EarlyStopping,
    FinderProgress,
    PrecisionCallback,
    ProgressCallback,
    best_of,
)
from model.training.config import FIND, TrainConfig
from model.training.crops import valid_crop
from model.training.last_layer import start_head, temper
from model.training.layers import Group, learning_groups
from model.training.loaders import BatchLoader
from model.training.network import join, start_body
from model.training.pixel_cache import CachedPictures
from model.training.plan import Epoch, plan_epochs
from model.training.prepare import TrainingData
from model.training.softening import AveragedWeights, RestingNorms, SoftTargets

FRESH_RATE = 2e-3  # the highest learning rate from random weights
RATE = 7e-4  # where something was learned before: more would destroy it
BETAS = 0.9, 0.99  # of AdamW: how slowly it forgets gradients and their squares
DIV, DIV_FINAL = 10.0, 1e4  # how much lower than the highest the rate begins and ends
ENOUGH_STEPS = 300  # for these rates: in fewer, a network that keeps what it knows comes less far
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
    backbone = find_backbone(config.arch)
    width = backbone.width  # which takes a network of its own, so before chance is seeded
    fv.set_seed(config.seed, reproducible=True)
    body, started_from = start_body(backbone, config.init)
    learner = fv.Learner(
        _loaders(data, config, backbone),
        join(body, width, len(data.dataset.classes)),
        loss_func=fv.CrossEntropyLossFlat(),
        opt_func=partial(fv.OptimWrapper, opt=partial(torch.optim.AdamW, fused=True, betas=BETAS, eps=1e-6)),
        splitter=fv.default_split,
        train_bn=False,
        wd=0.01,
        metrics=fv.accuracy,
    )
    return StartedLearner(learner, started_from)


def _loaders(data: TrainingData, config: TrainConfig, backbone: Backbone) -> fv.DataLoaders:
    def targets(pictures: CachedPictures) -> list[int]:
        return [data.dataset.classes.index(item.label) for item in pictures.items]

    augment = config.augmentations_for(data.dataset.mirrorable.allowed)
    batch = config.batch_size_for(len(data.train))
    pixels = backbone.mean, backbone.std
    train = BatchLoader(data.train, targets(data.train), data.size, batch, config, augment, pixels)
    valid = BatchLoader(data.valid, targets(data.valid), data.size, 2 * config.batch_size, pixels=pixels)
    return fv.DataLoaders(train, valid, device=fv.default_device())


def finetune(started: StartedLearner, config: TrainConfig, size: int, report: Report, stopping: Stopping) -> History:
    """Run the epochs, the last of them on pictures of `size`; afterwards the learner is in its best state, which was measured.

    Events: those of `ProgressCallback` and, where a learning rate is searched for, of `FinderProgress`. `stopping` is asked
    after each batch; a stop leaves the best so far, or what there is. Raises BadUsage when the loss is no longer a number.
    """
    learner, fresh = started.learner, started.started_from is None
    fixed = find_backbone(config.arch).fixed
    plan = plan_epochs(config, size, fresh)
    if fixed:
        plan = [Epoch(size)] * len(plan)
    learner.model.to(learner.dls.device)
    arithmetic = PrecisionCallback(precision.choose_precision(learner.model, config.arch, size, learner.dls.device, fixed))
    progress = ProgressCallback(plan, size, report)
    checkpoint, early = BestCheckpoint(progress), EarlyStopping(progress, config.patience, stopping)
    callbacks = [arithmetic, progress, checkpoint, early, SoftTargets(config.smoothing, config.mixing, config.seed)]
    stopped = False
    if not fresh:
        callbacks += [RestingNorms(), AveragedWeights()]
        framed = learner.dls.train.in_order(valid_crop(config.crop, size), size)
        stopped = start_head(learner.model, framed, arithmetic.precision, report, stopping)
    with _quiet(learner), _learning(learner, fresh) as groups:
        highest = config.learning_rate
        if highest is None or isinstance(highest, str):
            highest = FRESH_RATE if fresh else RATE * min(1.0, math.sqrt(len(plan) * len(learner.dls.train) / ENOUGH_STEPS))
            if config.learning_rate == FIND and not stopped:
                highest, stopped = _look_for_rate(learner, highest, arithmetic, report, stopping)
        if not stopped:
            rates, decay = [highest * group.rate_share for group in groups], [group.decay for group in groups]
            learner.fit_one_cycle(len(plan), rates, DIV, DIV_FINAL, wd=decay, moms=[BETAS[0]] * 3, cbs=callbacks)
        if not progress.history and not early.diverged:  # stopped in the first epoch: measure what there is
            valid_loss, accuracy = map(float, learner.validate(cbs=[arithmetic]))
            with learner.added_cbs([progress, checkpoint]):
                progress.add(valid_loss, accuracy)
                checkpoint.keep()
        if not math.isfinite(progress.history[-1]["valid_loss"] if progress.history else math.inf):
            raise BadUsage(f"The loss is no longer a number: {highest:g} is too high a learning rate, choose a lower one.")
        checkpoint.restore(learner)
        temper(learner.model, learner.dls.valid, arithmetic.precision)
    return History(progress.history, stopped or early.stopped)


@contextlib.contextmanager
def _learning(learner: fv.Learner, fresh: bool) -> Iterator[Sequence[Group]]:
    """Let the layers learn that should, each at its rate; afterwards the learner is as anybody's, and may go into an export."""
    groups = learning_groups(learner.model, fresh)
    learner.splitter = lambda model: [group.weights for group in groups]
    learner.create_opt()
    try:
        yield groups
    finally:
        learner.splitter = fv.default_split
        learner.model.requires_grad_(True)


def _look_for_rate(
    learner: fv.Learner, otherwise: float, arithmetic: PrecisionCallback, report: Report, stopping: Stopping
) -> tuple[float, bool]:
    """The highest learning rate that the finder proposes, and whether the search for it was stopped."""
    search = FinderProgress(FINDER_STEPS, report, stopping)
    found = _find(learner, otherwise, [arithmetic, search])
    learner.create_opt()  # with no memory of the search
    return found, search.stopped


def _find(learner: fv.Learner, otherwise: float, callbacks: list[fv.Callback]) -> float:
    """fastai's learning-rate finder, its files out of sight; another rate where it finds nothing."""
    with tempfile.TemporaryDirectory() as scratch, learner.added_cbs(callbacks):
        path, learner.path = learner.path, Path(scratch)
        try:
            found = learner.lr_find(1e-6, 1.0, FINDER_STEPS, show_plot=False).valley
        except (IndexError, ValueError, RuntimeError):  # too few batches to see a valley in
            found = otherwise
        learner.path, learner.dls.train.epoch = path, 0
    return found


@contextlib.contextmanager
def _quiet(learner: fv.Learner) -> Iterator[None]:
    """Train without fastai's own bars and tables: progress goes to the caller alone."""
    with learner.no_bar(), learner.no_logging(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
