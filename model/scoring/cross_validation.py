"""Cross-validated fine-tuning: several networks, each taught without a part of the pictures, which it then judges.

Knows torch and cut pictures, neither files nor the catalogue. The recipe was chosen on TrashNet with a tenth of the labels
replaced: the first layers rest, which costs nothing and saves a third of the time; small batches; four looks at a picture.
"""

from __future__ import annotations

import contextlib
import copy
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import fastai.vision.all as fv
import numpy as np
import torch
from PIL import Image
from torch import nn
from torchvision import models

from model import artifacts, training
from model.errors import BadModel, BadUsage
from model.images import Resize
from model.scoring import label_issues
from model.scoring.label_issues import SEED
from model.training import BatchLoader, TrainConfig

BATCH = 32
RATE = 8e-3  # the highest, while the head learns; afterwards half of it
SLOWER = 10 ** (1 / 2)  # times less is changed from one third of the network to the one before
RESTING = 0.6  # of the body's parts, from the first on, that stay as they were
WATCHED = 3  # of the last epochs: how each picture's own label is learned in them
LOOKING = 0.3  # of the time that learning from a picture takes: there is only a way forward
SMALLEST = 1e-7  # share, so that a logarithm stays a number

Report = Callable[[float, float], None]  # the share done, the seconds left
Stopping = Callable[[], bool]


class Kept(Protocol):
    """Where the judgement of each network is kept, so that one that was stopped goes on from there."""

    def get(self, part: int) -> np.ndarray | None: ...
    def put(self, part: int, logarithms: np.ndarray) -> None: ...


class Stopped(Exception):
    """Somebody asked for a stop; what was finished is kept."""


@dataclass(frozen=True)
class Task:
    """What is to be judged: cut pictures with their labels (numbers below `classes`) and groups of copies.

    `start` is an export or a weights file whose body every network starts from; `mirrored` whether pictures may be.
    """

    pictures: Sequence[Image.Image]
    labels: np.ndarray
    groups: np.ndarray
    classes: int
    size: int
    mirrored: bool
    start: Path
    folds: int = label_issues.FOLDS
    epochs: int = 8


def judge(task: Task, kept: Kept, report: Report, stopping: Stopping) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities (pictures × classes) by networks that never saw the label, and for each picture the share that the
    networks which were taught its label give to it, in the last epochs and afterwards (a geometric mean). Raises Stopped,
    BadModel, BadUsage.
    """
    parts = label_issues.folds(task.labels, task.groups, task.folds)
    progress = _Progress(len(parts), sum(kept.get(part) is not None for part in range(len(parts))), report)
    outside = np.full((len(task.labels), task.classes), 1 / task.classes)
    inside, times = np.zeros(len(task.labels)), np.zeros(len(task.labels))
    body = None
    for part, (learned, judged) in enumerate(parts):
        logarithms = kept.get(part)
        if logarithms is None:
            body = body or starting_body(task.start)
            logarithms = _taught_without(task, body, learned, part, progress, stopping)
            kept.put(part, logarithms)
        outside[judged] = np.exp(logarithms[judged])
        inside[learned] += logarithms[learned, task.labels[learned]]
        times[learned] += 1
    return outside / outside.sum(axis=1, keepdims=True), np.exp(inside / np.maximum(times, 1))


def starting_body(start: Path) -> nn.Module:
    """The body of an export, or of a resnet18's weights file. The caller has decided that it may be opened."""
    network = models.resnet18
    body = fv.create_body(network(weights=None), pretrained=False, cut=fv.model_meta[network]["cut"])
    try:
        training.fill_body(body, network, str(start))
    except BadUsage:  # another architecture: only an export says which
        if not start.is_file():
            raise
        body = artifacts.load_learner(start).model
        if not isinstance(body, nn.Sequential) or not isinstance(body[0], nn.Sequential):
            raise BadModel(f"{start.name} has no body of its own to start from: leave --thorough out.") from None
        body = body[0]
    return body


class _Progress:
    """How far all networks together are; the time left by what the last ones took."""

    def __init__(self, parts: int, finished: int, report: Report):
        self._parts, self._finished, self._before, self._report = parts, finished, finished, report
        self._started = time.perf_counter()

    def within(self, share: float) -> None:
        done = self._finished + share
        spent = time.perf_counter() - self._started
        self._report(done / self._parts, spent / (done - self._before) * (self._parts - done))

    def finish(self) -> None:
        self._finished += 1


class _Network:
    """A body whose first parts rest, and a new head."""

    def __init__(self, body: nn.Module, task: Task, device: torch.device):
        self.model = nn.Sequential(copy.deepcopy(body), fv.create_head(fv.num_features_model(body), task.classes)).to(device)
        fv.apply_init(self.model[1], nn.init.kaiming_normal_)
        parts = list(self.model[0].children())
        self._resting = parts[: round(RESTING * len(parts))] if len(parts) > 3 else []
        self._learning = parts[len(self._resting) :]
        self._precision = training.choose_precision(self.model, "thorough", task.size, device)
        self.model.to(memory_format=self._precision.layout)
        for part in self._resting:
            part.requires_grad_(False)

    def groups(self, rate: float, body: bool) -> list[dict[str, Any]]:
        """Parameters with their highest rates; weight decay for matrices alone."""
        middle = len(self._learning) // 3
        thirds = [self._learning[:middle], self._learning[middle:], [self.model[1]]] if body else [[self.model[1]]]
        return [
            {"params": chosen, "lr": rate / SLOWER ** (len(thirds) - 1 - number), "weight_decay": decay}
            for number, parts in enumerate(thirds)
            for matrices, decay in ((True, 0.01), (False, 0.0))
            if (chosen := [p for part in parts for p in part.parameters() if (p.ndim > 1) == matrices])
        ]

    def learn_from(self, x: torch.Tensor, targets: torch.Tensor, body: bool) -> torch.Tensor:
        """One step backward; gives the logarithms of the targets' shares. `body` says whether more than the head learns."""
        self.model.train()
        for part in self._resting if body else [self.model[0]]:
            part.eval()
        x = x.contiguous(memory_format=self._precision.layout)
        with self._precision.autocast(x.device):
            with torch.no_grad() if not body else contextlib.nullcontext():
                x = self.model[0](x)
            logits = self.model[1](x)
        losses = nn.functional.cross_entropy(logits.float(), targets, reduction="none")
        losses.mean().backward()
        return -losses.detach()

    @torch.inference_mode()
    def look(self, x: torch.Tensor) -> torch.Tensor:
        """Probabilities of a batch."""
        self.model.eval()
        with self._precision.autocast(x.device):
            logits = self.model(x.contiguous(memory_format=self._precision.layout))
        return logits.float().softmax(dim=1)


def _taught_without(
    task: Task, body: nn.Module, learned: np.ndarray, part: int, progress: _Progress, stopping: Stopping
) -> np.ndarray:
    """Logarithms of the shares (pictures × classes) that a network taught from `learned` alone gives to every picture.

    For a picture it was taught, the one of its label is the mean of what it was in the last epochs and afterwards.
    """
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.manual_seed(SEED + part)
    network = _Network(body, task, device)
    recipe = TrainConfig(min_crop_share=0.35, seed=SEED + part)
    chosen = _Chosen(task.pictures, learned)
    numbers, labels = np.arange(len(learned)), torch.from_numpy(task.labels[learned]).to(device)
    batches = BatchLoader(
        chosen, numbers, task.size, min(BATCH, max(2, len(learned))), recipe, recipe.augmentations_for(task.mirrored)
    ).to(device)
    watched, times = torch.zeros(len(learned), device=device), torch.zeros(len(learned), device=device)
    views = [_Cut(task.pictures, Resize(kind, (task.size, task.size))) for kind in ("crop", "squish")]
    share = LOOKING * len(task.pictures) * len(views) / len(learned)
    whole = LOOKING + task.epochs + share
    spent = 0.0

    def passed(cost: float) -> None:
        nonlocal spent
        spent += cost
        progress.within(min(1.0, spent / whole))
        if stopping():
            raise Stopped

    for epochs, rate, free, cost in ((1, RATE, False, LOOKING), (task.epochs, RATE / 2, True, 1.0)):
        groups = network.groups(rate, free)
        optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.99), eps=1e-5, fused=True)
        rates = torch.optim.lr_scheduler.OneCycleLR(
            optimizer,
            [group["lr"] for group in groups],
            total_steps=epochs * len(batches),
            pct_start=0.3 if free else 0.99,
            div_factor=5 if free else 25,
            final_div_factor=1e5,
            cycle_momentum=False,
        )
        for epoch in range(epochs):
            for x, rows in batches:
                own = network.learn_from(x, labels[rows], free)
                if free and epoch >= epochs - WATCHED:
                    watched[rows] += own
                    times[rows] += 1
                optimizer.step()
                optimizer.zero_grad()
                rates.step()
                passed(cost / len(batches))
    shares = np.zeros((len(task.pictures), task.classes))
    for view in views:
        done = 0
        looked = BatchLoader(view, np.zeros(len(view), dtype=np.int64), task.size, 2 * BATCH).to(device)
        for x, _ in looked:
            seen = [network.look(x), network.look(x.flip(3))] if task.mirrored else [network.look(x)]
            shares[done : done + len(x)] += sum(seen).double().cpu().numpy() / len(seen) / len(views)
            done += len(x)
            passed(share / len(views) / len(looked))
    progress.finish()
    logarithms = np.log(np.maximum(shares, SMALLEST))
    seen = (times > 0).cpu().numpy()  # an epoch leaves a few pictures out, so that its batches are of one length
    rows, own = learned[seen], (watched / times).double().cpu().numpy()[seen]
    logarithms[rows, task.labels[rows]] = (logarithms[rows, task.labels[rows]] + np.maximum(own, np.log(SMALLEST))) / 2
    return logarithms


class _Chosen(Sequence):
    """Some of the pictures."""

    def __init__(self, pictures: Sequence[Image.Image], rows: np.ndarray):
        self._pictures, self._rows = pictures, rows

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, number: int) -> Image.Image:
        return self._pictures[int(self._rows[number])]


class _Cut(Sequence):
    """All the pictures, each cut to what the network looks at."""

    def __init__(self, pictures: Sequence[Image.Image], step: Resize):
        self._pictures, self._step = pictures, step

    def __len__(self) -> int:
        return len(self._pictures)

    def __getitem__(self, number: int) -> Image.Image:
        return self._step(self._pictures[number])
