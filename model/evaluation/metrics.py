"""Figures that say how good answers are: intervals, calibration, precision and recall. Knows arrays, no classifier."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.stats import binomtest
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

BINS = 15


def wilson(right: int, count: int) -> tuple[float, float]:
    """The 95 % Wilson score interval of `right` out of `count`."""
    interval = binomtest(right, count).proportion_ci(0.95, method="wilson")
    return float(interval.low), float(interval.high)


def calibration_error(confidences: np.ndarray, right: np.ndarray) -> float:
    """Expected calibration error: |accuracy - confidence| over bins of equal width, weighted by their counts.

    `confidences` are the probabilities of the answers, `right` whether each is (both pictures long).
    """
    bins = np.minimum((confidences * BINS).astype(int), BINS - 1)
    gaps = (abs(right[bins == b].mean() - confidences[bins == b].mean()) * (bins == b).sum() for b in np.unique(bins))
    return float(sum(gaps) / len(confidences))


def confusion_counts(actual: Sequence[str], predicted: Sequence[str], classes: Sequence[str]) -> list[list[int]]:
    """How many pictures of each class (rows) are called each class (columns)."""
    return confusion_matrix(actual, predicted, labels=classes).tolist()


def per_class(actual: Sequence[str], predicted: Sequence[str], classes: Sequence[str]) -> dict[str, dict[str, float]]:
    """Precision, recall and the count of pictures of each class; 0 where there is nothing to divide by."""
    precision, recall, _, count = precision_recall_fscore_support(actual, predicted, labels=classes, zero_division=0)
    return {
        name: {"precision": float(p), "recall": float(r), "count": int(n)}
        for name, p, r, n in zip(classes, precision, recall, count, strict=True)
    }
