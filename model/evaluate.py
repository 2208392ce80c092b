"""How good a classifier is, on pictures it has not learned from. Knows classifiers and datasets, no fastai."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.stats import binomtest
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from model.classifier import Classifier
from model.errors import BadData, BadImage
from model.form import softmax
from model.images import open_picture
from model.types import Item, Prediction, Report

SURE_ACCURACY = 0.95  # what "sure" promises: of the pictures it answers, this share is right
FAMILIAR_SHARE = 0.98  # of the validation pictures count as familiar
TOP_LOSSES = 20
BINS = 10


def report(classifier: Classifier, items: Sequence[Item], split: str) -> Report:
    """Classify `items` and measure the answers. Raises BadData for classes that the model does not know."""
    unknown = sorted({item.label for item in items} - set(classifier.vocab))
    if unknown:
        raise BadData(
            f"The model does not know the class “{unknown[0]}”; it knows {', '.join(classifier.vocab)}. Rename the "
            "folder, or train a model on these classes."
        )
    answers = classifier.classify([item.path for item in items])
    pairs = [(item, answer) for item, answer in zip(items, answers, strict=True) if isinstance(answer, Prediction)]
    refused = [
        {"file": str(item.path), "error": str(answer)}
        for item, answer in zip(items, answers, strict=True)
        if isinstance(answer, BadImage)
    ]
    if not pairs:
        raise BadData(f"None of the {len(items)} pictures can be opened: {refused[0]['error']}")
    actual = [item.label for item, _ in pairs]
    predicted = [answer.label for _, answer in pairs]
    right = np.array([a == p for a, p in zip(actual, predicted, strict=True)])
    chances = np.array([answer.probability for _, answer in pairs])
    sure = np.array([answer.status == "sure" for _, answer in pairs])
    return Report(
        split=split,
        count=len(pairs),
        accuracy=float(right.mean()),
        interval=wilson(int(right.sum()), len(pairs)),
        classes=classifier.vocab,
        confusion=confusion_matrix(actual, predicted, labels=classifier.vocab).tolist(),
        per_class=_per_class(actual, predicted, classifier.vocab),
        calibration_error=calibration_error(chances, right),
        answered=float(sure.mean()),
        answered_accuracy=float(right[sure].mean()) if sure.any() else None,
        top_losses=_top_losses(pairs),
        refused=refused,
    )


def wilson(right: int, count: int) -> tuple[float, float]:
    """The 95 % Wilson score interval of `right` out of `count`."""
    interval = binomtest(right, count).proportion_ci(0.95, method="wilson")
    return float(interval.low), float(interval.high)


def calibration_error(chances: np.ndarray, right: np.ndarray) -> float:
    """Expected calibration error: |accuracy - confidence| over bins of equal width, weighted by their counts."""
    bins = np.minimum((chances * BINS).astype(int), BINS - 1)
    gaps = (abs(right[bins == b].mean() - chances[bins == b].mean()) * (bins == b).sum() for b in np.unique(bins))
    return float(sum(gaps) / len(chances))


def thresholds(classifier: Classifier, items: Sequence[Item]) -> dict[str, float]:
    """From validation pictures: the share from which an answer is "sure", and how familiar pictures are.

    `sure` is the lowest share above which SURE_ACCURACY of the answers are right (at least even odds; when no share
    reaches it, the one of the single best answer); `familiar` is what FAMILIAR_SHARE of the pictures exceed.
    """
    form = classifier.form
    seen = form.look([form.framing(open_picture(item.path)) for item in items])
    chances = softmax(seen.logits)
    right = np.array([classifier.vocab[k] == item.label for k, item in zip(chances.argmax(1), items, strict=True)])
    best = chances.max(axis=1)
    order = np.argsort(-best)
    running = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(running >= SURE_ACCURACY)
    lowest = float(best[order][enough[-1] if len(enough) else 0])
    found = {"sure": max(0.5, math.floor(1e4 * lowest) / 1e4)}
    known = form.familiarity(seen)
    if known is not None:
        found["familiar"] = math.floor(1e4 * float(np.quantile(known, 1 - FAMILIAR_SHARE))) / 1e4
    return found


def _per_class(actual: list[str], predicted: list[str], classes: list[str]) -> dict[str, dict[str, float]]:
    precision, recall, _, count = precision_recall_fscore_support(actual, predicted, labels=classes, zero_division=0)
    return {
        name: {"precision": float(p), "recall": float(r), "count": int(n)}
        for name, p, r, n in zip(classes, precision, recall, count, strict=True)
    }


def _top_losses(pairs: Sequence[tuple[Item, Prediction]]) -> list[dict]:
    """The pictures with the largest cross-entropy loss, -log of the share given to the true class."""
    rows = [
        {
            "file": str(Path(item.path)),
            "label": item.label,
            "predicted": answer.label,
            "probability": answer.probability,
            "loss": -math.log(max(answer.probabilities[item.label], 1e-12)),
        }
        for item, answer in pairs
    ]
    return sorted(rows, key=lambda row: -row["loss"])[:TOP_LOSSES]
