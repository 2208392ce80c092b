"""From which probability an answer is "sure", and from which similarity a picture is familiar. Knows arrays, no classifier."""

from __future__ import annotations

import math

import numpy as np

SURE_ACCURACY = 0.95  # what "sure" promises: of the answers that are sure, this share is right
FAMILIAR_SHARE = 0.98  # of pictures like the training's count as familiar


def choose_thresholds(probabilities: np.ndarray, labels: np.ndarray, similarity: np.ndarray | None) -> dict[str, float]:
    """From answers that were not learned from: probabilities (pictures × classes), labels and similarity (pictures).

    `sure` is the lowest probability above which SURE_ACCURACY of the answers are right (at least even odds; when none
    reaches it, that of the single best answer); `familiar` is the similarity that FAMILIAR_SHARE of the pictures exceed.
    """
    best, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    order = np.argsort(-best)
    running = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(running >= SURE_ACCURACY)
    lowest = float(best[order][enough[-1] if len(enough) else 0])
    found = {"sure": max(0.5, math.floor(1e4 * lowest) / 1e4)}
    if similarity is not None:
        found["familiar"] = math.floor(1e4 * float(np.quantile(similarity, 1 - FAMILIAR_SHARE))) / 1e4
    return found
