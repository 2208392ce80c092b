"""Every picture judged by a model that has not seen its label: out-of-fold probabilities, and verdicts by confident learning.

Knows arrays, not where they are from. The verdicts are cleanlab's (Northcutt et al. 2021, "Confident learning"), and of
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
NARROW = 1.6  # how much likeness falls over the typical distance (e to the minus this)
SMOOTH = 1.0  # the more, the less the head follows single labels
SHARPNESS = 5.0  # of shares: an answer of 1 for one class, of 0 for the others, becomes e⁵ to 1; fits TrashNet's labels best
BLOCK = 4096  # pictures held at a time
FAINT = 0.08  # of the predicted class's share: a label with less may be called doubtful
FAINT_LEARNED = 0.1  # the same share at most, where it is known how the label was learned


@dataclass(frozen=True)
class Judgement:
    """Verdicts on some pictures: `doubt` in 0 to 1, `doubtful` True where the label is likely wrong (both pictures long)."""

    doubt: np.ndarray
    doubtful: np.ndarray


def folds(labels: np.ndarray, groups: np.ndarray, count: int = FOLDS) -> list[tuple[np.ndarray, np.ndarray]]:
    """Places to learn from and places to judge, `count` times; pictures of one group are judged together, classes spread.

    Raises BadData where nothing would be left to learn from.
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
    marks = points[np.unique(np.linspace(0, len(labels) - 1, min(LANDMARKS, len(labels))).astype(np.int64))]
    typical = np.median(_distances(points[:: max(1, len(labels) // BLOCK)], marks)) or 1.0

    def likeness(rows: np.ndarray) -> np.ndarray:
        return np.exp(-NARROW * _distances(points[rows], marks) / typical)

    shares = np.bincount(labels, minlength=classes) / len(labels)
    targets = (np.eye(classes)[labels] - shares).astype(np.float32)
    parts = [judged for _, judged in folds(labels, groups)]
    squares = np.zeros((len(parts), len(marks), len(marks)))
    products = np.zeros((len(parts), len(marks), classes))
    for part, rows in enumerate(parts):
        for some in _blocks(rows):
            alike = likeness(some)
            squares[part] += alike.T @ alike
            products[part] += alike.T @ targets[some]
    smooth = SMOOTH * np.exp(-NARROW * _distances(marks, marks) / typical) + 1e-6 * np.eye(len(marks))
    answers = np.tile(shares, (len(labels), 1))
    for part, rows in enumerate(parts):
        try:
            weights = solve(squares.sum(axis=0) - squares[part] + smooth, products.sum(axis=0) - products[part], assume_a="pos")
        except LinAlgError:  # nothing but copies of one picture to learn from
            continue
        for some in _blocks(rows):
            answers[some] += likeness(some) @ weights
    return softmax(SHARPNESS * answers)


def blend(fine_tuned: np.ndarray, by_head: np.ndarray) -> np.ndarray:
    """Probabilities of two kinds made one, each kind out of fold: a weighted geometric mean."""
    mixed = np.maximum(fine_tuned, 1e-9) ** 0.7 * np.maximum(by_head, 1e-9) ** 0.3
    return mixed / mixed.sum(axis=1, keepdims=True)


def find_issues(labels: np.ndarray, probabilities: np.ndarray, learned: np.ndarray | None = None) -> Judgement:
    """Which labels are likely wrong, from probabilities (pictures × classes) out of fold.

    `learned`, where it is known, is the share that networks which were taught a picture's label give to it, towards the end
    of their training and afterwards: a wrong label is learned late or never (Arpit et al. 2017; Pleiss et al. 2020), which
    doubt then counts twice as much as the probability.
    """
    from cleanlab.filter import find_label_issues

    confidence = probabilities[np.arange(len(labels)), labels]
    if learned is None:
        trust, faint = confidence, FAINT * probabilities.max(axis=1)
    else:
        trust, faint = np.cbrt(confidence * learned**2), FAINT_LEARNED
    try:
        doubtful = find_label_issues(labels, probabilities, filter_by="both", n_jobs=1)
    except (ValueError, ZeroDivisionError):  # too few pictures to estimate anything from
        doubtful = np.zeros(len(labels), dtype=bool)
    return Judgement(doubt=1 - trust, doubtful=np.asarray(doubtful, dtype=bool) & (trust < faint))


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


def numbers(names: Sequence[str], classes: Sequence[str]) -> np.ndarray:
    """Class numbers of some labels."""
    place = {name: number for number, name in enumerate(classes)}
    return np.array([place[name] for name in names], dtype=np.int64)
