"""Cross-validated fine-tuning: several networks, each trained without a part of the pictures, which it then predicts.

Knows torch and cut pictures, neither files nor the catalog. The recipe was chosen on TrashNet with a tenth of the labels
replaced: the first layers are frozen, which costs nothing and saves a third of the time; small batches; four views of a
picture.
"""

from __future__ import annotations

import contextlib
import copy
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import fastai.vision.all as fv
import numpy as np
import torch
from torch import nn

from model import artifacts, training
from model.backbones import DEFAULT, find_backbone
from model.errors import BadModel
from model.images import Resize
from model.jobs import Stopping
from model.scoring import label_issues
from model.scoring.label_issues import SEED
from model.scoring.views import Subset, View
from model.training import BatchLoader, Pictures, TrainConfig

BATCH = 32
RATE = 8e-3  # the highest, while the head is trained; afterwards half of it
RATE_RATIO = 10 ** (1 / 2)  # of the learning rates of one third of the network and of the third before it
FROZEN = 0.6  # of the body's parts, from the first on, that stay as they were
SCORED_EPOCHS = 3  # the last ones: how well each picture's own label is learned in them
FORWARD_COST = 0.3  # of the time of a training step: there is no way back
MIN_PROBABILITY = 1e-7  # so that a logarithm is finite
VIEWS = ("crop", "squish")  # the kinds of cuts of each picture that are predicted
VIEW_COST = FORWARD_COST * len(VIEWS)  # of predicting as many pictures as are trained on, in epochs

Progress = Callable[[float, float], None]  # the share done, the seconds left


class FoldStore(Protocol):
    """Where the log-probabilities of each fold's network are kept, so that work that was stopped goes on from there."""

    def get(self, fold: int) -> np.ndarray | None: ...
    def put(self, fold: int, log_probabilities: np.ndarray) -> None: ...


class Stopped(Exception):
    """Somebody asked for a stop; what was finished is kept."""


@dataclass(frozen=True)
class Task:
    """What is cross-validated: cut pictures with their labels (numbers below `classes`) and groups of copies.

    `start` is an export or a weights file whose body every network starts from; `mirror` whether pictures may be mirrored.
    """

    pictures: Pictures
    labels: np.ndarray
    groups: np.ndarray
    classes: int
    size: int
    mirror: bool
    start: Path
    folds: int = label_issues.FOLDS
    epochs: int = 8


@dataclass(frozen=True)
class TrainingScores:
    """How well the labels were learned: `rows` are the places of training pictures, `log_probabilities` those of their own
    labels, each a mean over the last epochs (both pictures long).
    """

    rows: np.ndarray
    log_probabilities: np.ndarray


def cross_validate(task: Task, store: FoldStore, report: Progress, stopping: Stopping) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities (pictures × classes) by networks that never saw the label, and for each picture the probability of its
    label by the networks that were trained with it, in the last epochs and afterwards (a geometric mean). Raises Stopped,
    BadModel, BadUsage.
    """
    folds = label_issues.folds(task.labels, task.groups, task.folds)
    finished = sum(store.get(fold) is not None for fold in range(len(folds)))
    progress = _Progress(len(folds), finished, report, stopping)
    out_of_fold = np.full((len(task.labels), task.classes), 1 / task.classes)
    trained, times = np.zeros(len(task.labels)), np.zeros(len(task.labels))
    body = None
    for fold, (rows, held_out) in enumerate(folds):
        log_probabilities = store.get(fold)
        if log_probabilities is None:
            body = body or starting_body(task.start)
            log_probabilities = run_fold(task, body, rows, fold, progress)
            store.put(fold, log_probabilities)
        out_of_fold[held_out] = np.exp(log_probabilities[held_out])
        trained[rows] += log_probabilities[rows, task.labels[rows]]
        times[rows] += 1
    return out_of_fold / out_of_fold.sum(axis=1, keepdims=True), np.exp(trained / np.maximum(times, 1))


def run_fold(task: Task, body: nn.Module, rows: np.ndarray, fold: int, progress: _Progress) -> np.ndarray:
    """Log-probabilities (pictures × classes) of every picture, by a network trained on `rows` alone.

    For a picture it was trained on, that of its label is the mean of what it was in the last epochs and afterwards.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.manual_seed(SEED + fold)
    network = _Network(body, task, device)
    views = VIEW_COST * len(task.pictures) / len(rows)
    progress.start_fold(FORWARD_COST + task.epochs + views)
    scores = train_fold(network, task, rows, fold, progress)
    probabilities = predict_views(network, task, views, progress)
    progress.finish_fold()
    return blend_training_scores(np.log(np.maximum(probabilities, MIN_PROBABILITY)), scores, task.labels)


def train_fold(network: _Network, task: Task, rows: np.ndarray, fold: int, progress: _Progress) -> TrainingScores:
    """Train the network on `rows`, its head for an epoch and then more of it; give how well each label was learned."""
    config = TrainConfig(min_crop_share=0.35, seed=SEED + fold)
    labels = torch.from_numpy(task.labels[rows]).to(network.device)
    batches = BatchLoader(
        Subset(task.pictures, rows),
        range(len(rows)),
        task.size,
        min(BATCH, max(2, len(rows))),
        config,
        config.augmentations_for(task.mirror),
    ).to(network.device)
    sums, times = torch.zeros(len(rows), device=network.device), torch.zeros(len(rows), device=network.device)
    for phase in (_Phase(1, RATE, body=False), _Phase(task.epochs, RATE / 2, body=True)):
        optimizer = torch.optim.AdamW(network.groups(phase), betas=(0.9, 0.99), eps=1e-5, fused=True)
        schedule = phase.schedule(optimizer, phase.epochs * len(batches))
        for epoch in range(phase.epochs):
            for pictures, chosen in batches:
                own = network.learn_from(pictures, labels[chosen], phase.body)
                if phase.body and epoch >= phase.epochs - SCORED_EPOCHS:
                    sums[chosen] += own
                    times[chosen] += 1
                optimizer.step()
                optimizer.zero_grad()
                schedule.step()
                progress.advance((1.0 if phase.body else FORWARD_COST) / len(batches))
    scored = (times > 0).cpu().numpy()  # an epoch leaves a few pictures out, so that its batches are of one length
    return TrainingScores(rows[scored], (sums / times).double().cpu().numpy()[scored])


def predict_views(network: _Network, task: Task, cost: float, progress: _Progress) -> np.ndarray:
    """Probabilities (pictures × classes), a mean over the views of each picture; all of it advances by `cost` epochs."""
    probabilities = np.zeros((len(task.pictures), task.classes))
    for kind in VIEWS:
        view = View(task.pictures, Resize(kind, (task.size, task.size)))
        batches = BatchLoader(view, [0] * len(view), task.size, 2 * BATCH).to(network.device)
        done = 0
        for pictures, _ in batches:
            total = network.predict(pictures)
            if task.mirror:
                total = total + network.predict(pictures.flip(3))
            mean = total.double().cpu().numpy() / (2 if task.mirror else 1)
            probabilities[done : done + len(pictures)] += mean / len(VIEWS)
            done += len(pictures)
            progress.advance(cost / len(VIEWS) / len(batches))
    return probabilities


def blend_training_scores(log_probabilities: np.ndarray, scores: TrainingScores, labels: np.ndarray) -> np.ndarray:
    """Log-probabilities (pictures × classes) where those of the labels trained on are means with their training scores."""
    blended, rows = log_probabilities.copy(), scores.rows
    own = np.maximum(scores.log_probabilities, np.log(MIN_PROBABILITY))
    blended[rows, labels[rows]] = (blended[rows, labels[rows]] + own) / 2
    return blended


def starting_body(start: Path) -> nn.Module:
    """The body of an export, or of a weights file of the default architecture or a resnet18. The caller trusts it."""
    weights = training.weights_in(start)
    for name in (DEFAULT, "resnet18"):
        body = find_backbone(name).build(pretrained=False)
        if training.fill_body(body, weights):
            return body
    model = artifacts.load_learner(start).model  # another architecture: only an export says which
    if not isinstance(model, nn.Sequential) or not isinstance(model[0], nn.Sequential):
        raise BadModel(f"{start.name} has no body of its own to start from: leave --thorough out.")
    return model[0]


class _Progress:
    """How far all folds together are, and the time left by what the last ones took; ends the work where a stop is asked for."""

    def __init__(self, folds: int, finished: int, report: Progress, stopping: Stopping):
        self._folds, self._finished, self._before = folds, finished, finished
        self._report, self._stopping = report, stopping
        self._started = time.perf_counter()
        self._cost = self._spent = 0.0

    def start_fold(self, cost: float) -> None:
        """Begin a fold that costs as much as so many epochs."""
        self._cost, self._spent = cost, 0.0

    def advance(self, cost: float) -> None:
        """Tell that a part of the fold is done. Raises Stopped."""
        self._spent += cost
        done = self._finished + min(1.0, self._spent / self._cost)
        seconds = time.perf_counter() - self._started
        self._report(done / self._folds, seconds / (done - self._before) * (self._folds - done))
        if self._stopping():
            raise Stopped

    def finish_fold(self) -> None:
        self._finished += 1


@dataclass(frozen=True)
class _Phase:
    """Some epochs of training at one highest rate; `body` says whether more than the head is trained."""

    epochs: int
    rate: float
    body: bool

    def schedule(self, optimizer: torch.optim.Optimizer, steps: int) -> torch.optim.lr_scheduler.OneCycleLR:
        """The learning rate over so many steps."""
        return torch.optim.lr_scheduler.OneCycleLR(
            optimizer,
            [group["lr"] for group in optimizer.param_groups],
            total_steps=steps,
            pct_start=0.3 if self.body else 0.99,
            div_factor=5 if self.body else 25,
            final_div_factor=1e5,
            cycle_momentum=False,
        )


class _Network:
    """A body whose first parts are frozen, and a new head."""

    def __init__(self, body: nn.Module, task: Task, device: torch.device):
        self.device = device
        self.model = nn.Sequential(copy.deepcopy(body), fv.create_head(fv.num_features_model(body), task.classes)).to(device)
        fv.apply_init(self.model[1], nn.init.kaiming_normal_)
        parts = list(self.model[0].children())
        self._frozen = parts[: round(FROZEN * len(parts))] if len(parts) > 3 else []
        self._trained = parts[len(self._frozen) :]
        self._precision = training.choose_precision(self.model, "thorough", task.size, device)
        self.model.to(memory_format=self._precision.layout)
        for part in self._frozen:
            part.requires_grad_(False)

    def groups(self, phase: _Phase) -> list[dict[str, Any]]:
        """Parameters with their highest rates; weight decay for matrices alone."""
        middle = len(self._trained) // 3
        head = [self.model[1]]
        thirds = [self._trained[:middle], self._trained[middle:], head] if phase.body else [head]
        return [
            {"params": chosen, "lr": phase.rate / RATE_RATIO ** (len(thirds) - 1 - number), "weight_decay": decay}
            for number, parts in enumerate(thirds)
            for matrices, decay in ((True, 0.01), (False, 0.0))
            if (chosen := [p for part in parts for p in part.parameters() if (p.ndim > 1) == matrices])
        ]

    def learn_from(self, pictures: torch.Tensor, labels: torch.Tensor, body: bool) -> torch.Tensor:
        """One step backward; gives the labels' log-probabilities. `body` says whether more than the head is trained."""
        self.model.train()
        for part in self._frozen if body else [self.model[0]]:
            part.eval()
        x = pictures.contiguous(memory_format=self._precision.layout)
        with self._precision.autocast(x.device):
            with torch.no_grad() if not body else contextlib.nullcontext():
                x = self.model[0](x)
            logits = self.model[1](x)
        losses = nn.functional.cross_entropy(logits.float(), labels, reduction="none")
        losses.mean().backward()
        return -losses.detach()

    @torch.inference_mode()
    def predict(self, pictures: torch.Tensor) -> torch.Tensor:
        """Probabilities of a batch."""
        self.model.eval()
        with self._precision.autocast(pictures.device):
            logits = self.model(pictures.contiguous(memory_format=self._precision.layout))
        return logits.float().softmax(dim=1)
