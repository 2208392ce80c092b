"""Labels that are likely wrong: out-of-fold probabilities, by models that have not seen the label, and confident learning.

Knows arrays, not where they are from. The issues are cleanlab's (Northcutt et al. 2021, "Confident learning"), and of
these only the plainest: a list that cries wolf is not read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold

from model.errors import BadData
from model.scoring.kernel_heads import KernelHeads, points_of

FOLDS = 5
SEED = 0
MAX_TRUST = 0.08  # of the predicted class's probability: a label with less may be called doubtful


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


def out_of_fold_heads(points: np.ndarray, labels: np.ndarray, groups: np.ndarray, classes: int) -> KernelHeads:
    """Heads on `points_of` features that judge each picture without having seen its label, nor a copy's. Raises BadData."""
    return KernelHeads(points, [rows for _, rows in folds(labels, groups)], classes)


def out_of_fold_probabilities(features: np.ndarray, labels: np.ndarray, groups: np.ndarray, classes: int) -> np.ndarray:
    """Probabilities (pictures × classes) by such heads. Raises BadData."""
    return out_of_fold_heads(points_of(features), labels, groups, classes).probabilities(labels)


def find_issues(labels: np.ndarray, probabilities: np.ndarray) -> LabelIssues:
    """Which labels are likely wrong, from probabilities (pictures × classes) out of fold."""
    from cleanlab.filter import find_label_issues

    trust = probabilities[np.arange(len(labels)), labels]
    try:
        doubtful = find_label_issues(labels, probabilities, filter_by="both", n_jobs=1)
    except (ValueError, ZeroDivisionError):  # too few pictures to estimate anything from
        doubtful = np.zeros(len(labels), dtype=bool)
    plain = trust < MAX_TRUST * probabilities.max(axis=1)
    return LabelIssues(doubt=1 - trust, doubtful=np.asarray(doubtful, dtype=bool) & plain)


def class_indices(names: Sequence[str], classes: Sequence[str]) -> np.ndarray:
    """The place of each label among the classes."""
    index = {name: number for number, name in enumerate(classes)}
    return np.array([index[name] for name in names], dtype=np.int64)
