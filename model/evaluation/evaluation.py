"""How good a classifier is, on pictures it has not learned from. Knows classifiers and datasets, no fastai."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import binomtest
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from model.artifacts import softmax
from model.classifier import BATCH, Classifier
from model.errors import BadData, BadImage
from model.images import open_picture
from model.types import EvaluationReport, Item

SURE_ACCURACY = 0.95  # what "sure" promises: of the pictures it answers, this share is right
FAMILIAR_SHARE = 0.98  # of the validation pictures count as familiar
TOP_LOSSES = 20
BINS = 10


@dataclass(frozen=True)
class Evaluation:
    """What a classifier made of some pictures, in one pass; reports, thresholds and answers follow from it.

    `items` are those that could be opened; `chances` is their probabilities, items × classes, and `known` how familiar each
    is (None where the export cannot tell); `refused` are the files that could not be opened, with the reason.
    """

    classifier: Classifier
    items: list[Item]
    chances: np.ndarray
    known: np.ndarray | None
    refused: list[dict[str, str]]

    @property
    def right(self) -> np.ndarray:
        """Which pictures are called by their label."""
        return self.chances.argmax(axis=1) == self._actual

    @property
    def losses(self) -> np.ndarray:
        """The cross-entropy of each picture: -log of the share given to its label."""
        return -np.log(np.maximum(self.chances[np.arange(len(self.items)), self._actual], 1e-12))

    @property
    def _actual(self) -> np.ndarray:
        places = {label: place for place, label in enumerate(self.classifier.vocab)}
        return np.array([places[item.label] for item in self.items])

    def answers(self) -> list[dict[str, Any]]:
        """One row a picture, {file, label, predicted, probability, loss}: what is in the cells of the confusion matrix."""
        rows = zip(self.items, self.chances.argmax(axis=1), self.chances.max(axis=1), self.losses, strict=True)
        return [
            {
                "file": str(item.path),
                "label": item.label,
                "predicted": self.classifier.vocab[predicted],
                "probability": float(probability),
                "loss": float(loss),
            }
            for item, predicted, probability, loss in rows
        ]

    def report(self, split: str, thresholds: dict[str, float] | None = None) -> EvaluationReport:
        """The figures; with other thresholds than those of the classifier's card where they are given."""
        judge = self.classifier
        if thresholds is not None:
            judge = Classifier(judge.model, {"thresholds": thresholds})
        classes, right, rows = judge.vocab, self.right, self.answers()
        sure = np.array([answer.status == "sure" for answer in judge.to_predictions(self.chances, self.known)])
        actual, predicted = ([row[key] for row in rows] for key in ("label", "predicted"))
        return EvaluationReport(
            split=split,
            count=len(rows),
            accuracy=float(right.mean()),
            interval=wilson(int(right.sum()), len(rows)),
            classes=classes,
            confusion=confusion_matrix(actual, predicted, labels=classes).tolist(),
            per_class=_per_class(actual, predicted, classes),
            calibration_error=calibration_error(self.chances.max(axis=1), right),
            answered=float(sure.mean()),
            answered_accuracy=float(right[sure].mean()) if sure.any() else None,
            top_losses=sorted(rows, key=lambda row: -row["loss"])[:TOP_LOSSES],
            refused=self.refused,
        )

    def thresholds(self) -> dict[str, float]:
        """From validation pictures: the share from which an answer is "sure", and how familiar pictures are.

        `sure` is the lowest share above which SURE_ACCURACY of the answers are right (at least even odds; when no share
        reaches it, the one of the single best answer); `familiar` is what FAMILIAR_SHARE of the pictures exceed.
        """
        best = self.chances.max(axis=1)
        order = np.argsort(-best)
        running = np.cumsum(self.right[order]) / np.arange(1, len(order) + 1)
        enough = np.flatnonzero(running >= SURE_ACCURACY)
        lowest = float(best[order][enough[-1] if len(enough) else 0])
        found = {"sure": max(0.5, math.floor(1e4 * lowest) / 1e4)}
        if self.known is not None:
            found["familiar"] = math.floor(1e4 * float(np.quantile(self.known, 1 - FAMILIAR_SHARE))) / 1e4
        return found


def evaluate(classifier: Classifier, items: Sequence[Item], looked: Callable[[int], None] = lambda count: None) -> Evaluation:
    """Open and classify `items` once; `looked` hears after each batch how many are done, and may raise to end it.

    Raises BadData for classes that the model does not know, or when no picture can be opened.
    """
    unknown = sorted({item.label for item in items} - set(classifier.vocab))
    if unknown:
        raise BadData(
            f"The model does not know the class “{unknown[0]}”; it knows {', '.join(classifier.vocab)}. Rename the "
            "folder, or train a model on these classes."
        )
    kept: list[Item] = []
    refused: list[dict[str, str]] = []
    chances, known = [], []
    for start in range(0, len(items), BATCH):
        framed = []
        for item in items[start : start + BATCH]:
            try:
                framed.append(classifier.model.framing(open_picture(item.path)))
                kept.append(item)
            except BadImage as error:
                refused.append({"file": str(item.path), "error": str(error)})
        if framed:
            seen = classifier.model.run(framed)
            chances.append(softmax(seen.logits))
            known.append(seen.similarity)
        looked(min(start + BATCH, len(items)))
    if not kept:
        raise BadData(f"None of the {len(items)} pictures can be opened: {refused[0]['error']}")
    familiar = None if known[0] is None else np.concatenate(known)
    return Evaluation(classifier, kept, np.concatenate(chances), familiar, refused)


def report(classifier: Classifier, items: Sequence[Item], split: str) -> EvaluationReport:
    """Classify `items` and measure the answers. Raises BadData, as `look` does."""
    return evaluate(classifier, items).report(split)


def thresholds(classifier: Classifier, items: Sequence[Item]) -> dict[str, float]:
    """The thresholds that `items`, validation pictures, give. Raises BadData, as `look` does."""
    return evaluate(classifier, items).thresholds()


def wilson(right: int, count: int) -> tuple[float, float]:
    """The 95 % Wilson score interval of `right` out of `count`."""
    interval = binomtest(right, count).proportion_ci(0.95, method="wilson")
    return float(interval.low), float(interval.high)


def calibration_error(chances: np.ndarray, right: np.ndarray) -> float:
    """Expected calibration error: |accuracy - confidence| over bins of equal width, weighted by their counts."""
    bins = np.minimum((chances * BINS).astype(int), BINS - 1)
    gaps = (abs(right[bins == b].mean() - chances[bins == b].mean()) * (bins == b).sum() for b in np.unique(bins))
    return float(sum(gaps) / len(chances))


def _per_class(actual: list[str], predicted: list[str], classes: list[str]) -> dict[str, dict[str, float]]:
    precision, recall, _, count = precision_recall_fscore_support(actual, predicted, labels=classes, zero_division=0)
    return {
        name: {"precision": float(p), "recall": float(r), "count": int(n)}
        for name, p, r, n in zip(classes, precision, recall, count, strict=True)
    }
