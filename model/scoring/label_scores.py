"""The labels of a folder judged by features: a score for each picture. Knows features and names, no files and no catalog."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from model.scoring import label_issues
from model.scoring.results import ScoredItem
from model.types import Score

LEAST = 1e-12  # a probability whose logarithm is taken


def judge(items: Sequence[ScoredItem], features: np.ndarray, groups: np.ndarray) -> list[Score]:
    """Scores of pictures that can be opened; copies (of one group) share a fold, so that none vouches for another."""
    classes = classes_of(items)
    labels = label_issues.class_indices([item.label for item in items], classes)
    return scores(items, label_issues.out_of_fold_probabilities(features, labels, groups, len(classes)))


def classes_of(items: Sequence[ScoredItem]) -> list[str]:
    """The classes of a folder, in the order of probabilities."""
    return sorted({item.label for item in items})


def scores(items: Sequence[ScoredItem], probabilities: np.ndarray) -> list[Score]:
    """What probabilities (items × classes) out of fold say of the labels."""
    classes = classes_of(items)
    labels = label_issues.class_indices([item.label for item in items], classes)
    issues = label_issues.find_issues(labels, probabilities)
    best = probabilities.argmax(axis=1)
    losses = -np.log(np.maximum(probabilities[np.arange(len(labels)), labels], LEAST))
    return [
        Score(
            file=item.file,
            label=item.label,
            predicted=classes[best[row]],
            probability=float(probabilities[row, best[row]]),
            loss=float(losses[row]),
            doubt=float(issues.doubt[row]),
            suggested=classes[best[row]] if issues.doubtful[row] and best[row] != labels[row] else None,
            doubtful=bool(issues.doubtful[row]),
            split=item.split,
        )
        for row, item in enumerate(items)
    ]


def group_numbers(items: Sequence[ScoredItem], group_of: Mapping[str, int]) -> np.ndarray:
    """One number for each group of copies, which `group_of` gives by file, and one for each picture that has none."""
    first = max(group_of.values(), default=-1) + 1
    return np.array([group_of.get(item.file, first + row) for row, item in enumerate(items)])
