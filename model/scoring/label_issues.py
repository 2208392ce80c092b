"""Labels that are likely wrong: out-of-fold probabilities, by models that have not seen the label, and confident learning.

Knows arrays, not where they are from. The issues are cleanlab's (Northcutt et al. 2021, "Confident learning"), and of
these only the plainest: a list that cries wolf is not read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg import LinAlgError, solve
from sklearn.model_selection import StratifiedGroupKFold

from model.artifacts import softmax
from model.errors import BadData

FOLDS = 5
SEED = 0
LANDMARKS = 1000  # pictures that every picture is compared with
FALLOFF = 1.6  # how much likeness falls over the typical distance (e to the minus this)
RIDGE = 1.0  # the penalty of the regression: the more, the less the head follows single labels
INVERSE_TEMPERATURE = (
    5.0  # of the softmax: an answer of 1 for one class, of 0 for the others, becomes e⁵ to 1; fits TrashNet's labels best
)
BLOCK = 4096  # pictures in memory at a time
MAX_TRUST = 0.08  # of the predicted class's probability: a label with less may be called doubtful
MAX_TRUST_TRAINED = 0.1  # the trust itself at most, where it is known how well the label was learned


@dataclass(frozen=True)
class LabelIssues:
    """What is wrong with labels: `doubt` in 0 to 1, `doubtful` True where the label is likely wrong (both pictures long)."""

    doubt: np.ndarray
    doubtful: np.ndarray


def folds(labels: np.ndarray, groups: np.ndarray, count: int = FOLDS) -> list[tuple[np.ndarray, np.ndarray]]:
    """Rows to train on and rows held out, `count` times; pictures of one group are held out together, classes spread.

    Raises BadData where nothing would be left to train on.
    """
    different, largest = len(np.unique(groups)), int(np.bincount(labels).max())
    if different < 2:
        raise BadData("All the pictures are copies of one, so no label can be judged: add others, of every class.")
    if largest < 2:
        raise BadData("Every class has one picture only, so no label can be judged: add some more to each class.")
    usable = min(count, different, largest)
    split = StratifiedGroupKFold(usable, shuffle=True, random_state=SEED)
    return list(split.split(np.zeros(len(labels)), labels, groups))


def out_of_fold_probabilities(features: np.ndarray, labels: np.ndarray, groups: np.ndarray, classes: int) -> np.ndarray:
    """Probabilities (pictures × classes) by heads on frozen features, each picture's by one that never saw its label.

    The head is a kernel ridge regression on the likeness to LANDMARKS pictures (subset of regressors: Rasmussen and Williams
    2006, section 8.3.1); the likeness is Gaussian in the distance of directions, of square roots of features, so that no
    single one outweighs the rest. It found far more planted labels than logistic regression. One sum for each fold gives
    the heads of all the others.
    """
    points = _points(features)
    landmarks = points[np.unique(np.linspace(0, len(labels) - 1, min(LANDMARKS, len(labels))).astype(np.int64))]
    typical = np.median(_distances(points[:: max(1, len(labels) // BLOCK)], landmarks)) or 1.0

    def likeness(rows: np.ndarray) -> np.ndarray:
        return np.exp(-FALLOFF * _distances(points[rows], landmarks) / typical)

    shares = np.bincount(labels, minlength=classes) / len(labels)
    targets = (np.eye(classes)[labels] - shares).astype(np.float32)
    held_out = [rows for _, rows in folds(labels, groups)]
    squares = np.zeros((len(held_out), len(landmarks), len(landmarks)))
    products = np.zeros((len(held_out), len(landmarks), classes))
    for fold, rows in enumerate(held_out):
        for some in _blocks(rows):
            alike = likeness(some)
            squares[fold] += alike.T @ alike
            products[fold] += alike.T @ targets[some]
    ridge = RIDGE * np.exp(-FALLOFF * _distances(landmarks, landmarks) / typical) + 1e-6 * np.eye(len(landmarks))
    answers = np.tile(shares, (len(labels), 1))
    for fold, rows in enumerate(held_out):
        try:
            weights = solve(squares.sum(axis=0) - squares[fold] + ridge, products.sum(axis=0) - products[fold], assume_a="pos")
        except LinAlgError:  # nothing but copies of one picture to train on
            continue
        for some in _blocks(rows):
            answers[some] += likeness(some) @ weights
    return softmax(INVERSE_TEMPERATURE * answers)


def blend(fine_tuned: np.ndarray, from_head: np.ndarray) -> np.ndarray:
    """Probabilities of two kinds made one, each kind out of fold: a weighted geometric mean."""
    mixed = np.maximum(fine_tuned, 1e-9) ** 0.7 * np.maximum(from_head, 1e-9) ** 0.3
    return mixed / mixed.sum(axis=1, keepdims=True)


def find_issues(labels: np.ndarray, probabilities: np.ndarray, training_scores: np.ndarray | None = None) -> LabelIssues:
    """Which labels are likely wrong, from probabilities (pictures × classes) out of fold.

    `training_scores`, where they are known, are the probabilities of the labels by networks trained with them, towards the
    end of their training and afterwards: a wrong label is learned late or never (Arpit et al. 2017; Pleiss et al. 2020),
    which then counts twice as much as the out-of-fold probability.
    """
    from cleanlab.filter import find_label_issues

    confidence = probabilities[np.arange(len(labels)), labels]
    if training_scores is None:
        trust, most = confidence, MAX_TRUST * probabilities.max(axis=1)
    else:
        trust, most = np.cbrt(confidence * training_scores**2), MAX_TRUST_TRAINED
    try:
        doubtful = find_label_issues(labels, probabilities, filter_by="both", n_jobs=1)
    except (ValueError, ZeroDivisionError):  # too few pictures to estimate anything from
        doubtful = np.zeros(len(labels), dtype=bool)
    return LabelIssues(doubt=1 - trust, doubtful=np.asarray(doubtful, dtype=bool) & (trust < most))


def _points(features: np.ndarray) -> np.ndarray:
    """Points whose distances tell: directions of roots of features, or columns of one spread where some are negative."""
    features = features.astype(np.float32)
    if features.min() >= 0:
        rooted = np.sqrt(features)
        return rooted / np.maximum(np.linalg.norm(rooted, axis=1, keepdims=True), 1e-12)
    return (features - features.mean(axis=0)) / np.maximum(features.std(axis=0), 1e-6)


def _distances(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Squared distances between rows."""
    lengths = (first**2).sum(axis=1)[:, None] + (second**2).sum(axis=1)
    return np.maximum(lengths - 2 * (first @ second.T), 0)


def _blocks(rows: np.ndarray) -> list[np.ndarray]:
    return [rows[start : start + BLOCK] for start in range(0, len(rows), BLOCK)]


def class_indices(names: Sequence[str], classes: Sequence[str]) -> np.ndarray:
    """The place of each label among the classes."""
    index = {name: number for number, name in enumerate(classes)}
    return np.array([index[name] for name in names], dtype=np.int64)
