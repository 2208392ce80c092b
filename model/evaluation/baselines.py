"""Baselines that every model must beat: simple methods, each trained on the training and measured on the validation pictures.

From the most frequent class over the mean picture of each class to the seven steps of training by hand, and last the
fine-tuned model. A model that does not beat the baselines has learned nothing worth having. The simple methods see small
pictures, kept in memory. Knows datasets and classifiers, no files of its own, no screen.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import torch
from torch import Tensor

from model.classifier import BATCH, Classifier
from model.core import evenly, listing
from model.data import check_trainable, read_dataset
from model.errors import BadData, BadImage
from model.evaluation import from_scratch
from model.evaluation.from_scratch import SgdConfig, Standardizer
from model.evaluation.metrics import wilson
from model.evaluation.paired_test import compare
from model.evaluation.provenance import measured_on
from model.images import Resize, cut_all, open_picture
from model.jobs import Event, Report, Stopping
from model.types import Item, LeftOut, Prediction

PHOTO_SIDE = 32  # pixels, of what is larger
MOST = 20_000  # training pictures that the simple methods learn from, evenly drawn from more
HIDDEN = 64  # outputs of the first of two layers
RATE = 8.0  # learning rate times pixels: every pixel adds to an output, so with more of them steps must be smaller
LINEAR, RELU = "linear layer, by hand", "two layers with a relu, by hand"


@dataclass(frozen=True)
class Baseline:
    """One method: its accuracy on `count` validation pictures with a 95 % Wilson interval, and the seconds it took.

    These are for learning and answering; for the fine-tuned model, which has learned before, for answering alone.
    """

    key: str
    name: str
    accuracy: float
    interval: tuple[float, float]
    seconds: float
    count: int


@dataclass(frozen=True)
class BaselineReport:
    """All baselines, from the simplest up; `size` is the side of the small pictures in pixels.

    `measured_on` says which pictures and which model these figures are of (see `model.evaluation.provenance`).
    `beaten` says whether the fine-tuned model is better than the best of the simple methods ("better", "same", "worse" or
    "cannot tell"; None without a model); `notes` are sentences for people.
    """

    baselines: list[Baseline]
    classes: list[str]
    size: int
    train_count: int
    left_out: list[dict[str, str]]
    beaten: str | None
    notes: list[str]
    stopped: bool
    measured_on: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """As the command prints it: the baselines are called its `ladder`."""
        document = asdict(self)
        return {"ladder": document.pop("baselines"), **document}


@dataclass(frozen=True)
class SmallPictures:
    """Small pictures of one split: pixels from 0 to 1 (pictures × pixels), and a class number each."""

    pixels: Tensor
    labels: Tensor
    items: list[Item]


class _Stopped(Exception):
    """Somebody asked for a stop."""


def run_baselines(
    data: str,
    size: int | None = None,
    classifier: Classifier | None = None,
    report: Report = lambda event: None,
    stopping: Stopping = lambda: False,
    labels: Path | None = None,
) -> BaselineReport:
    """Measure every baseline on `data`, and `classifier` where it knows the classes. Raises BadData.

    `labels` is a CSV, for a folder that is not sorted into class folders.

    Events: {"event": "baseline", "phase", "done"}, with "total" where pictures are counted. A stop keeps the baselines so far.
    """
    pictures = read_dataset(data, labels=labels)
    check_trainable(pictures)
    side = size or natural_side(pictures.of("train"))
    runner = _Runner(list(pictures.classes), report, stopping)
    try:
        train, valid = runner.read(pictures.of("train"), pictures.of("valid"), side)
        runner.measured_on = measured_on(
            pictures.root, valid.items, "valid", (classifier.card.get("sha256") or "") if classifier else ""
        )
        runner.measure("majority", "most frequent class", valid, lambda: _majority(train, valid))
        runner.measure("mean_l1", "mean picture, nearest by L1", valid, lambda: _nearest_mean(train, valid, 1))
        runner.measure("mean_l2", "mean picture, nearest by L2", valid, lambda: _nearest_mean(train, valid, 2))
        runner.measure("linear", LINEAR, valid, lambda: runner.train_by_hand(train, valid, (), LINEAR))
        runner.measure("relu", RELU, valid, lambda: runner.train_by_hand(train, valid, (HIDDEN,), RELU))
        runner.measure_fine_tuned(classifier, valid)
    except _Stopped:
        runner.stopped = True
    return runner.summarize(side)


def natural_side(items: Sequence[Item]) -> int:
    """The side of the small pictures: that of the pictures themselves where they are small, else PHOTO_SIDE."""
    sides = []
    for item in items[:: max(1, len(items) // 20)]:
        try:
            sides.append(min(open_picture(item.path).size))
        except BadImage:
            continue
    return min(PHOTO_SIDE, int(median(sides))) if sides else PHOTO_SIDE


class _Runner:
    """Measures one baseline after the other, and keeps what is known so far."""

    def __init__(self, classes: list[str], report: Report, stopping: Stopping):
        self.classes, self.report, self.stopping = classes, report, stopping
        self.baselines: list[Baseline] = []
        self.correct: dict[str, np.ndarray] = {}
        self.notes: list[str] = []
        self.left_out: list[LeftOut] = []
        self.train_count, self.stopped = 0, False
        self.measured_on: dict[str, Any] = {}

    def report_progress(self, phase: str, done: float, total: int | None = None) -> None:
        """Report how far a phase is: a share, or a count of pictures of a total."""
        if self.stopping():
            raise _Stopped
        event: Event = {"event": "baseline", "done": done, "phase": phase}
        self.report(event | ({"total": total} if total else {}))

    def read(self, train: list[Item], valid: list[Item], side: int) -> tuple[SmallPictures, SmallPictures]:
        """Open and shrink all pictures; broken ones are left out. Of very many training pictures an even part is enough."""
        some = evenly(train, MOST)
        if len(some) < len(train):
            self.notes.append(f"The simple methods learned from {len(some)} of the {len(train)} training pictures.")
        items = [*some, *valid]
        pixels: list[np.ndarray] = []
        kept: list[Item] = []
        for number, answer in enumerate(cut_all([item.path for item in items], Resize("crop", (side, side)))):
            if isinstance(answer, str):
                self.left_out.append(LeftOut(items[number].path, answer))
            else:
                pixels.append(np.frombuffer(answer[2], dtype=np.uint8))
                kept.append(items[number])
            self.report_progress("opening the pictures", number + 1, len(items))
        small: list[SmallPictures] = []
        for split in ("train", "valid"):
            rows = [number for number, item in enumerate(kept) if item.split == split]
            if not rows:
                raise BadData(f"None of the {split} pictures can be opened: {self.left_out[0].reason}")
            labels = torch.tensor([self.classes.index(kept[row].label) for row in rows])
            scaled = torch.from_numpy(np.stack([pixels[row] for row in rows])).float() / 255
            small.append(SmallPictures(scaled, labels, [kept[row] for row in rows]))
        self.train_count = len(small[0].items)
        return small[0], small[1]

    def measure(self, key: str, name: str, valid: SmallPictures, answer: Callable[[], Tensor]) -> None:
        """Measure the class numbers that a method answers for the validation pictures."""
        self.report_progress(name, 0.0)
        started = time.perf_counter()
        predicted = answer()
        self.add(key, name, (predicted == valid.labels).numpy(), time.perf_counter() - started)
        self.report_progress(name, 1.0)

    def add(self, key: str, name: str, correct: np.ndarray, seconds: float) -> None:
        interval = wilson(int(correct.sum()), len(correct))
        self.baselines.append(Baseline(key, name, float(correct.mean()), interval, round(seconds, 3), len(correct)))
        self.correct[key] = correct

    def train_by_hand(self, train: SmallPictures, valid: SmallPictures, hidden: Sequence[int], name: str) -> Tensor:
        """The seven steps: the classes that a network of these widths answers."""
        pixels = train.pixels.shape[1]
        standardize, config = Standardizer.of(train.pixels), SgdConfig(rate=min(0.1, RATE / pixels))
        with _one_thread():
            layers = from_scratch.train(
                standardize(train.pixels),
                train.labels,
                [pixels, *hidden, len(self.classes)],
                config,
                lambda epoch, loss: self.report_progress(name, (epoch - 1) / config.epochs),
            )
        return from_scratch.predict(layers, standardize(valid.pixels))[0].argmax(dim=1)

    def measure_fine_tuned(self, classifier: Classifier | None, valid: SmallPictures) -> None:
        """The model that the page answers with, where it knows the classes."""
        if classifier is None:
            return
        unknown = sorted(set(self.classes) - set(classifier.vocab))
        if unknown:
            self.notes.append(
                f"The fine-tuned model is left out: it does not know {listing(unknown, 'and')}. Train one on these pictures."
            )
            return
        name, started = "fine-tuned model", time.perf_counter()
        correct: list[bool] = []
        for start in range(0, len(valid.items), BATCH):
            self.report_progress(name, start, len(valid.items))
            some = valid.items[start : start + BATCH]
            answers = classifier.classify([item.path for item in some])
            correct += [isinstance(a, Prediction) and a.label == item.label for a, item in zip(answers, some, strict=True)]
        self.add("model", name, np.array(correct), time.perf_counter() - started)

    def summarize(self, side: int) -> BaselineReport:
        """Everything measured so far, and the fine-tuned model compared with the best of the simple methods."""
        beaten = None
        if "model" in self.correct:
            best = max(self.baselines[:-1], key=lambda baseline: baseline.accuracy)
            found = compare(self.correct[best.key].tolist(), self.correct["model"].tolist())
            beaten = found.verdict
            self.notes.append(f"The fine-tuned model beside the best of the simple ones ({best.name}): {found.sentence}")
        left_out = [{"file": str(file.path), "reason": file.reason} for file in self.left_out]
        return BaselineReport(
            self.baselines, self.classes, side, self.train_count, left_out, beaten, self.notes, self.stopped, self.measured_on
        )


@contextmanager
def _one_thread() -> Iterator[None]:
    """Use one thread: such small products are slower with several, which wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _majority(train: SmallPictures, valid: SmallPictures) -> Tensor:
    ((most, _),) = Counter(train.labels.tolist()).most_common(1)
    return torch.full_like(valid.labels, most)


def _nearest_mean(train: SmallPictures, valid: SmallPictures, power: int) -> Tensor:
    """For each picture the class whose mean picture is nearest.

    `power` 1 is by the mean absolute difference of the pixels (L1), 2 by the root of the mean squared difference (L2); sums
    in place of means give the same order.
    """
    classes = train.labels.unique()
    means = torch.stack([train.pixels[train.labels == number].mean(dim=0) for number in classes])
    return classes[torch.cdist(valid.pixels, means, p=power).argmin(dim=1)]
