"""The way of the preset instant: the body rests, a head is fitted to what it sees, in seconds; again after cleaning, at once.

    look -> fit the head: that is the figure -> fit it to degraded copies too -> what it may be sure of -> export

What the body sees in a picture is kept by content (`model.features`). The head learns from the training pictures alone;
its temperature and its thresholds are from answers out of fold on these, so that the validation pictures judge them too.
No exporter runs: the head is written into the body's ONNX file. fastai is loaded only for the export.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from model import artifacts, evaluation
from model.artifacts import graft_safe_model, registry, softmax
from model.classifier import Classifier
from model.core import checksum
from model.data import Dataset, check_trainable
from model.evaluation import Answered, Evaluation, Familiarity, LinearHead
from model.features import FrozenBody, Looked, frozen_body, look_at
from model.jobs import Report, Stopping
from model.training import degraded_rows
from model.training.config import TrainConfig
from model.training.safekeeping import check_room
from model.training.trained import Export, Measured
from model.types import Item, LeftOut

if TYPE_CHECKING:
    import fastai.vision.all as fv

FAMILIAR_EVERY = 6  # pictures to one degraded copy, where it is learned what is familiar
ROOM = 60_000_000  # bytes: an export, the same once more while it is kept, its safe form


@dataclass(frozen=True)
class Rows:
    """What a head learns from: `features` and `middle` of pictures, their `labels` by number.

    Rows with one number of `groups` show the same picture, or another view of it: none of them judges the others.
    """

    features: np.ndarray
    middle: np.ndarray
    labels: np.ndarray
    groups: np.ndarray

    def none(self) -> Rows:
        """No rows, as wide as these."""
        return Rows(self.features[:0], self.middle[:0], self.labels[:0], self.groups[:0])

    def with_more(self, others: Rows) -> Rows:
        """These and others, which may be views of the same pictures."""
        names = ("features", "middle", "labels", "groups")
        return Rows(*(np.concatenate([getattr(self, name), getattr(others, name)]) for name in names))


@dataclass(frozen=True)
class Pictures:
    """The dataset without its broken pictures (`model.training.trained.Material`)."""

    dataset: Dataset
    size: int
    left_out: list[LeftOut]
    refused: list[LeftOut]
    notes: list[str]


@dataclass(frozen=True)
class Copies:
    """Degraded copies of some of the pictures: their `rows`, and of which kind each is."""

    rows: Rows
    kinds: np.ndarray


@dataclass(frozen=True)
class Fits:
    """The head fitted to the pictures, and then to degraded copies too, as epochs (`model.training.trained.Epochs`)."""

    epochs: list[dict[str, Any]]
    stopped: bool

    @property
    def best(self) -> dict[str, Any]:
        return self.epochs[-1]


@dataclass(frozen=True)
class Judged:
    """The answers to training pictures by heads that have not learned from them, and the temperature that suits these."""

    temperature: float
    thresholds: dict[str, float]


@dataclass(frozen=True)
class Instant:
    """A head on the general body (`model.training.trained.Trained`). `looked` says how long the looking took."""

    material: Pictures
    history: Fits
    config: TrainConfig
    body: FrozenBody
    fitted: LinearHead
    rows: Rows
    copies: Copies
    valid: Rows
    looked: dict[str, Any]
    started_from: str = "ImageNet"
    mirrored: None = None

    @property
    def recipe(self) -> dict[str, Any]:
        return {
            "preset": self.config.preset,
            "head": "logistic regression on the features of the body, which rests",
            "temperature": round(self.judged.temperature, 4),
            "thresholds": f"out of fold, on {len(np.unique(self.rows.groups))} training pictures",
        }

    @property
    def told(self) -> dict[str, Any]:
        everything = self.rows.with_more(self.valid)
        if len(everything.labels) >= evaluation.SMALL:
            return {"looked": self.looked}
        classes = len(self.material.dataset.classes)
        judged = evaluation.cross_validate(everything.features, everything.labels, classes, everything.groups)
        return {"looked": self.looked, "cross_validated": judged}

    @cached_property
    def judged(self) -> Judged:
        return judge(self.rows, self.copies, len(self.material.dataset.classes))

    @cached_property
    def head(self) -> LinearHead:
        return self.fitted.tempered(self.judged.temperature)

    @cached_property
    def familiarity(self) -> Familiarity:
        rows, learned = self.rows.with_more(self.copies.rows), familiar_by(self.rows, self.copies)
        return evaluation.fit_familiarity(rows.middle[learned], rows.labels[learned])

    @cached_property
    def learner(self) -> fv.Learner:
        from model.training.head_learner import learner_with

        return learner_with(self.head)

    def export(self, folder: Path) -> Export:
        from model.training.head_learner import PIXELS

        file = artifacts.to_stock_export(
            self.learner,
            folder / registry.EXPORT,
            classes=self.material.dataset.classes,
            picture=self.material.dataset.items[0].path,
            cut=self.body.cut,
            pixels=PIXELS,
            familiarity=self.familiarity.arrays(),
        )
        made = Export(file, checksum(file))
        graft_safe_model(self.learner, made.sha256, self.body.file)
        return made

    def measure(self, made: Export, report: Report, stopping: Stopping) -> Measured:
        classifier = Classifier(artifacts.load_safe_model(made.file, made.sha256), {})
        items = self.material.dataset.of("valid")
        answers = self._answers(classifier, "", items, self.valid.features, self.valid.middle)
        report({"event": "measuring", "done": len(items), "total": len(items)})
        copies = degraded_rows.copies_of(items, self.material.dataset.root, self.body, report, stopping)
        degraded = {
            name: self._answers(classifier, name, looked.items, looked.seen.features, looked.seen.middle)
            for name, looked in copies.items()
        }
        return Measured.at(answers, degraded, self.judged.thresholds)

    def _answers(
        self, classifier: Classifier, name: str, items: list[Item], features: np.ndarray, middle: np.ndarray
    ) -> Evaluation:
        """The answers to pictures, or to copies of one kind, by `name`."""
        probabilities, familiar = softmax(self.head.logits(features)), self.familiarity.scores(middle)
        return Evaluation(classifier, items, probabilities, familiar, [], evaluation.conditions_in(name, len(items)))


def learn(dataset: Dataset, config: TrainConfig, out: Path, folder: Path | None, report: Report, stopping: Stopping) -> Instant:
    """Look at the pictures of a dataset and fit a head. Events: those of `look_at`, and two epochs. Raises AppError."""
    started = time.perf_counter()
    check_trainable(dataset)
    check_room({out.parent, folder or out.parent}, ROOM)
    body = frozen_body()
    looked = look_at([*dataset.of("train"), *dataset.of("valid")], dataset.root, body, report, stopping)
    seconds = time.perf_counter() - started
    left_out = [*dataset.left_out, *looked.left_out]
    usable = replace(dataset, items=tuple(looked.items), left_out=tuple(left_out))
    check_trainable(usable)
    classes, groups = len(usable.classes), {content: number for number, content in enumerate(dict.fromkeys(looked.contents))}
    rows, valid = (rows_of(looked, usable, groups, split) for split in ("train", "valid"))
    head = evaluation.fit_head(rows.features, rows.labels, classes)
    epochs = [_epoch(1, head, rows, valid, time.perf_counter() - started)]
    report({"event": "epoch", **epochs[0]})
    seen = degraded_rows.copies_to_learn_from(usable.of("train"), usable.root, body, report, stopping)
    copies = Copies(rows.none(), np.array([], dtype=str))
    if seen is not None and seen.items:
        kinds = np.array([evaluation.any_of(content) for content in seen.contents])
        copies = Copies(rows_of(seen, usable, groups, "train"), kinds)
        every = rows.with_more(copies.rows)
        head = evaluation.fit_head(every.features, every.labels, classes)
    epochs.append(_epoch(2, head, rows, valid, time.perf_counter() - started))
    report({"event": "epoch", **epochs[1]})
    return Instant(
        material=Pictures(usable, body.side, left_out, [*dataset.refused, *looked.left_out], []),
        history=Fits(epochs, stopped=seen is None),
        config=config,
        body=body,
        fitted=head,
        rows=rows,
        copies=copies,
        valid=valid,
        looked={"pictures": looked.fresh, "seconds": round(seconds, 2)},
    )


def rows_of(looked: Looked, dataset: Dataset, groups: Mapping[str, int], split: str) -> Rows:
    """The rows of one side; copies of a picture, by its content, are one of the `groups`."""
    places = [place for place, item in enumerate(looked.items) if item.split == split]
    numbers = {label: number for number, label in enumerate(dataset.classes)}
    return Rows(
        looked.seen.features[places],
        looked.seen.middle[places],
        np.array([numbers[looked.items[place].label] for place in places]),
        np.array([groups[looked.contents[place]] for place in places]),
    )


def familiar_by(rows: Rows, copies: Copies) -> np.ndarray:
    """From which of the rows and copies it is learned what is familiar: pictures, and to every sixth of them a copy.

    With none, all that is dark or blurred counts as unfamiliar; with more, so does less of what is drawn.
    """
    count = len(copies.kinds)
    every = max(1, FAMILIAR_EVERY * count // max(1, len(rows.labels)))
    return np.concatenate([np.ones(len(rows.labels), dtype=bool), np.arange(count) % every == 0])


def judge(rows: Rows, copies: Copies, classes: int) -> Judged:
    """What a head fitted to these may be sure of, and what is familiar, by answers out of fold; the temperature is that of
    pictures as they are.
    """
    every, count = rows.with_more(copies.rows), len(rows.labels)
    logits = evaluation.cross_fit_head(every.features, every.labels, classes, every.groups)
    if not logits.any():  # too few pictures: nobody knows how sure it may be
        return Judged(1.0, {"sure": 1.0})
    temperature = evaluation.fit_temperature(logits[:count], rows.labels)
    familiar = evaluation.cross_fit_familiarity(every.middle, every.labels, every.groups, familiar_by(rows, copies))
    probabilities = softmax(logits / temperature)

    def answered(name: str, places: np.ndarray) -> Answered:
        seen = evaluation.conditions_in(name, len(places))
        return Answered(probabilities[places], every.labels[places], familiar[places], seen)

    degraded = [answered(kind, count + np.flatnonzero(copies.kinds == kind)) for kind in np.unique(copies.kinds)]
    return Judged(temperature, evaluation.choose_thresholds(answered("", np.arange(count)), degraded))


def _epoch(number: int, head: LinearHead, rows: Rows, valid: Rows, seconds: float) -> dict[str, Any]:
    """The figures of the fitting, as those of an epoch."""
    logits = head.logits(valid.features)
    return {
        "epoch": number,
        "epochs": 2,
        "train_loss": evaluation.cross_entropy(head.logits(rows.features), rows.labels),
        "valid_loss": evaluation.cross_entropy(logits, valid.labels),
        "accuracy": float((logits.argmax(axis=1) == valid.labels).mean()),
        "seconds": round(seconds, 2),
        "lr": 0.0,
        "work": 0,
        "best": True,
    }
