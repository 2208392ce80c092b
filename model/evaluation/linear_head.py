"""A last layer on frozen features: logistic regression, and the answers of heads that have not seen a picture's label.

Knows arrays, no network. Features are pictures × width; out come the weights of a linear layer that takes them as
they are.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

INVERSE_PENALTY = 0.01  # of the squared weights, for features of one spread (scikit-learn's C)
TOLERANCE = 1e-3
STEPS = 200
FOLDS, SEED = 5, 0


@dataclass(frozen=True)
class LinearHead:
    """A linear layer: `weight` (classes × width) and `bias` (classes)."""

    weight: np.ndarray
    bias: np.ndarray

    def logits(self, features: np.ndarray) -> np.ndarray:
        """Pictures × classes."""
        return features @ self.weight.T + self.bias

    def tempered(self, temperature: float) -> LinearHead:
        """The same answers, less sure by `temperature` (Guo et al. 2017)."""
        return LinearHead(self.weight / temperature, self.bias / temperature)


def fit_head(features: np.ndarray, labels: np.ndarray, classes: int, rows: np.ndarray | None = None) -> LinearHead:
    """Fit the head on all pictures, or on some `rows`; a class without any of them is never answered."""
    x, y = (features, labels) if rows is None else (features[rows], labels[rows])
    mean, spread = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-6)
    scaled = ((x - mean) / spread).astype(np.float32)
    present = np.unique(y)
    weight, bias = np.zeros((classes, x.shape[1])), np.full(classes, -30.0)
    if len(present) == 1:
        bias[present] = 0.0
    else:
        found = LogisticRegression(C=INVERSE_PENALTY, max_iter=STEPS, tol=TOLERANCE).fit(scaled, y)
        coefficients, intercept = found.coef_, found.intercept_
        if len(present) == 2:  # one row for the second class, against the first
            coefficients, intercept = np.vstack([-coefficients, coefficients]) / 2, np.hstack([-intercept, intercept]) / 2
        weight[present], bias[present] = coefficients / spread, intercept - coefficients @ (mean / spread)
    return LinearHead(weight.astype(np.float32), bias.astype(np.float32))


def cross_fit_head(
    features: np.ndarray, labels: np.ndarray, classes: int, groups: Sequence[int] | np.ndarray | None = None, folds: int = FOLDS
) -> np.ndarray:
    """Logits (pictures × classes) of each picture by a head that was fitted without it, nor any other of its group."""
    logits = np.zeros((len(labels), classes), dtype=np.float32)
    for kept, held_out in folds_of(labels, groups, folds):
        logits[held_out] = fit_head(features, labels, classes, kept).logits(features[held_out])
    return logits


def folds_of(
    labels: np.ndarray, groups: Sequence[int] | np.ndarray | None = None, folds: int = FOLDS
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Rows to learn from and rows held out, for each of some folds; classes are spread over them, a group stays together.

    None where every class has one picture, or all are copies of one.
    """
    groups = np.arange(len(labels)) if groups is None else np.asarray(groups)
    count = min(folds, len(np.unique(groups)), int(np.bincount(labels).max()))
    if count < 2:
        return []  # one picture of each class, or copies of one: nothing is known of any without itself
    split = StratifiedGroupKFold(count, shuffle=True, random_state=SEED)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a class with fewer pictures than folds is held out in some of them only
        return list(split.split(np.zeros(len(labels)), labels, groups))
