"""Heads on frozen features, each picture judged by one that never saw its label; fitted again in a moment when labels change.

The head is a kernel ridge regression on the likeness to LANDMARKS pictures (subset of regressors: Rasmussen and Williams
2006, section 8.3.1); the likeness is Gaussian in the distance of directions, of square roots of features, so that no single
one outweighs the rest. It found far more planted labels than logistic regression. One sum for each fold gives the heads of
all the others; the sums of likeness do not depend on labels, so they are made once. Knows arrays, not where they are from.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.linalg import LinAlgError, solve

from model.artifacts import softmax

LANDMARKS = 1000  # pictures that every picture is compared with
FALLOFF = 1.6  # how much likeness falls over the typical distance (e to the minus this)
RIDGE = 1.0  # the penalty of the regression: the more, the less the head follows single labels
JITTER = 1e-3  # of each landmark's penalty, so that landmarks which are copies of one another leave nothing undecided
INVERSE_TEMPERATURE = (
    5.0  # of the softmax: an answer of 1 for one class, of 0 for the others, becomes e⁵ to 1; fits TrashNet's labels best
)
BLOCK = 4096  # pictures in memory at a time
KEPT = 1 << 25  # numbers of likeness that are kept for the next fit, in single precision; more are found again each time
NONE = -1  # in the place of a label: of this picture nothing is learned


class KernelHeads:
    """The heads of the parts `held_out` (rows each; together all pictures): part by part, one that has not learned from it.

    `points` are those of `points_of` (pictures × width).
    """

    def __init__(self, points: np.ndarray, held_out: Sequence[np.ndarray], classes: int):
        self._held_out, self._classes = held_out, classes
        self._points = points
        count = len(self._points)
        self._landmarks = self._points[np.unique(np.linspace(0, count - 1, min(LANDMARKS, count)).astype(np.int64))]
        some = self._points[:: max(1, count // BLOCK)]
        self._typical = np.median(_distances(some, self._landmarks)) or 1.0
        self._kept = self._likeness_of(self._points) if count * len(self._landmarks) <= KEPT else None
        of_landmarks = self._likeness_of(self._landmarks)
        self._ridge = RIDGE * of_landmarks + JITTER * np.eye(len(self._landmarks))
        self._squares = np.stack([self._square(rows) for rows in held_out])

    def probabilities(self, labels: np.ndarray) -> np.ndarray:
        """Probabilities (pictures × classes) by `labels`, each picture's without its own; NONE labels what is left out."""
        learned = labels != NONE
        shares = np.bincount(labels[learned], minlength=self._classes) / max(1, learned.sum())
        targets = np.where(learned[:, None], np.eye(self._classes)[labels] - shares, 0).astype(np.float32)
        squares = np.stack(
            [kept - self._square(rows[~learned[rows]]) for kept, rows in zip(self._squares, self._held_out, strict=True)]
        )
        products = np.stack([self._product(rows, targets) for rows in self._held_out])
        answers = np.tile(shares, (len(labels), 1))
        for fold, rows in enumerate(self._held_out):
            left = squares.sum(axis=0) - squares[fold] + self._ridge
            try:
                weights = solve(left, products.sum(axis=0) - products[fold], assume_a="pos")
            except LinAlgError:  # nothing but copies of one picture to train on
                continue
            for block in _blocks(rows):
                answers[block] += self._likeness(block) @ weights
        return softmax(INVERSE_TEMPERATURE * answers)

    def _square(self, rows: np.ndarray) -> np.ndarray:
        """Likeness by likeness, summed over some pictures: landmarks × landmarks."""
        total = np.zeros((len(self._landmarks), len(self._landmarks)))
        for block in _blocks(rows):
            alike = self._likeness(block)
            total += alike.T @ alike
        return total

    def _product(self, rows: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Likeness by targets, summed over some pictures: landmarks × classes."""
        total = np.zeros((len(self._landmarks), targets.shape[1]))
        for block in _blocks(rows):
            total += self._likeness(block).T @ targets[block]
        return total

    def _likeness(self, rows: np.ndarray) -> np.ndarray:
        """Of some pictures to the landmarks: rows × landmarks."""
        return self._likeness_of(self._points[rows]) if self._kept is None else self._kept[rows]

    def _likeness_of(self, points: np.ndarray) -> np.ndarray:
        return np.exp(-FALLOFF * _distances(points, self._landmarks) / self._typical)


def points_of(features: np.ndarray) -> np.ndarray:
    """Points whose distances tell: directions of roots of features, or columns of one spread where some are negative."""
    features = features.astype(np.float32)
    if features.min() >= 0:
        np.sqrt(features, out=features)
        features /= np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-12)
        return features
    return (features - features.mean(axis=0)) / np.maximum(features.std(axis=0), 1e-6)


def _distances(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Squared distances between rows."""
    lengths = (first**2).sum(axis=1)[:, None] + (second**2).sum(axis=1)
    return np.maximum(lengths - 2 * (first @ second.T), 0)


def _blocks(rows: np.ndarray) -> list[np.ndarray]:
    return [rows[start : start + BLOCK] for start in range(0, len(rows), BLOCK)]
