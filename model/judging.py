"""Every picture judged by a model that has not seen its label: out-of-fold probabilities, and verdicts by confident learning.

Knows arrays, not where they are from. The verdicts are cleanlab's (Northcutt et al. 2021, "Confident learning").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer, StandardScaler

FOLDS = 5
STRENGTH = 0.03  # of the head on frozen features: the smaller, the less it follows single pictures
SEED = 0


@dataclass(frozen=True)
class Judgement:
    """Verdicts on some pictures: `doubt` in 0 to 1, `doubtful` True where the label is likely wrong (both pictures long)."""

    doubt: np.ndarray
    doubtful: np.ndarray


def folds(labels: np.ndarray, groups: np.ndarray, count: int = FOLDS) -> list[tuple[np.ndarray, np.ndarray]]:
    """Places to learn from and places to judge, `count` times; pictures of one group are judged together, classes spread."""
    usable = min(count, len(np.unique(groups)), max(2, int(np.bincount(labels).max())))
    split = StratifiedGroupKFold(usable, shuffle=True, random_state=SEED)
    return list(split.split(np.zeros(len(labels)), labels, groups))


def by_head(features: np.ndarray, labels: np.ndarray, groups: np.ndarray, classes: int) -> np.ndarray:
    """Probabilities (pictures × classes) by a linear head on frozen features, each picture's by heads that never saw it."""
    probabilities = np.full((len(labels), classes), 1 / classes)
    for learned, judged in folds(labels, groups):
        known = np.unique(labels[learned])
        if len(known) < 2:
            continue
        head = make_pipeline(Normalizer(), StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=300))
        head.fit(features[learned], labels[learned])
        rows = np.full((len(judged), classes), 1e-6)
        rows[:, known] = head.predict_proba(features[judged])
        probabilities[judged] = rows / rows.sum(axis=1, keepdims=True)
    return probabilities


def judge(labels: np.ndarray, probabilities: np.ndarray) -> Judgement:
    """Which labels are likely wrong. Strict: both of cleanlab's prunings must name a picture."""
    from cleanlab.filter import find_label_issues
    from cleanlab.rank import get_self_confidence_for_each_label

    confidence = get_self_confidence_for_each_label(labels, probabilities)
    try:
        doubtful = find_label_issues(labels, probabilities, filter_by="both", n_jobs=1)
    except (ValueError, ZeroDivisionError):  # too few pictures to estimate anything from
        doubtful = np.zeros(len(labels), dtype=bool)
    return Judgement(doubt=1 - confidence, doubtful=np.asarray(doubtful, dtype=bool))


def numbers(names: Sequence[str], classes: Sequence[str]) -> np.ndarray:
    """Class numbers of some labels."""
    place = {name: number for number, name in enumerate(classes)}
    return np.array([place[name] for name in names], dtype=np.int64)
