"""What is left of a classifier on degraded copies of pictures. Knows classifiers and pictures, not how they were trained."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from PIL import Image

from model.classifier import Classifier
from model.core import evenly
from model.evaluation.degradations import DEGRADATIONS, WORKING, degrade
from model.evaluation.evaluation import Evaluation, evaluate_views
from model.evaluation.metrics import wilson
from model.types import Item

MOST_DEGRADED = 400  # pictures, evenly drawn from more: each is looked at seven times


def evaluate_degraded(
    classifier: Classifier,
    items: Sequence[Item],
    progress: Callable[[int, int], None] = lambda done, total: None,
    most: int = MOST_DEGRADED,
) -> dict[str, Evaluation]:
    """Answers on copies of up to `most` pictures, for each of DEGRADATIONS that any of them can undergo.

    `progress` hears how many pictures are done, and of how many, and may raise to end it. Raises BadData.
    """
    some = evenly(items, most)
    views = {name: partial(_degraded, name) for name in DEGRADATIONS}
    return evaluate_views(classifier, some, views, lambda done: progress(done, len(some)))


def cross_fit_sure(clean: Evaluation, degraded: Mapping[str, Evaluation]) -> dict[str, np.ndarray]:
    """Which answers are sure by thresholds that were chosen without them: those of one half by the other half's.

    Under "" those to the pictures as they are, by name those to degraded copies; copies of a picture are in its half.
    """
    halves = {item.path: place % 2 for place, item in enumerate(clean.items)}
    every = {"": clean, **degraded}
    half_of = {name: np.array([halves[item.path] for item in found.items]) for name, found in every.items()}
    sure = {name: np.zeros(len(found.items), dtype=bool) for name, found in every.items()}
    for half in (0, 1):
        others = {name: found.where(np.flatnonzero(half_of[name] != half)) for name, found in every.items()}
        thresholds = others.pop("").thresholds(others.values())
        for name, found in every.items():
            own = half_of[name] == half
            sure[name][own] = found.sure(thresholds)[own]
    return sure


def degraded_figures(found: Mapping[str, Evaluation], sure: Mapping[str, np.ndarray] | None = None) -> list[dict[str, Any]]:
    """How the classifier bears each degradation, one row each; `sure` says of each which answers are (None: its card).

    {name, count, accuracy, interval (95 %, Wilson), answered (the share that it is sure of), answered_accuracy and
    answered_interval (of those; None where there are none), kept (of what it has right, the share that it is sure of)}.
    """
    return [{"name": name, **_figures(each, each.sure() if sure is None else sure[name])} for name, each in found.items()]


def _figures(evaluation: Evaluation, sure: np.ndarray) -> dict[str, Any]:
    right = evaluation.right
    both, total = int((right & sure).sum()), len(right)
    return {
        "count": total,
        "accuracy": float(right.mean()),
        "interval": wilson(int(right.sum()), total),
        "answered": float(sure.mean()),
        "answered_accuracy": both / int(sure.sum()) if sure.any() else None,
        "answered_interval": wilson(both, int(sure.sum())) if sure.any() else None,
        "kept": both / int(right.sum()) if right.any() else None,
    }


def _degraded(name: str, picture: Image.Image, place: int) -> Image.Image | None:
    return degrade(WORKING(picture), name, place)
