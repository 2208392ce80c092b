"""From where an answer is "sure" and a picture familiar, on degraded copies too. Knows arrays, no classifier."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

SURE_ACCURACY = 0.95  # what "sure" promises: of the answers that are sure, this share is right
FAMILIAR_SHARE = 0.98  # of pictures like the training's count as familiar
KEPT = 0.85  # of the sure answers to pictures as they are, at the least, whatever else is promised
LEVELS = 60  # of the probability that are tried
CLOSE_SHARES = (0.98, 0.95, 0.92, 0.89, 0.86, 0.83, 0.8)  # of pictures like the training's that are close enough to be sure


@dataclass(frozen=True)
class Answered:
    """Answers to pictures that were not learned from: probabilities (pictures × classes), labels by number, similarity."""

    probabilities: np.ndarray
    labels: np.ndarray
    similarity: np.ndarray | None

    @property
    def best(self) -> np.ndarray:
        return self.probabilities.max(axis=1)

    @property
    def right(self) -> np.ndarray:
        return self.probabilities.argmax(axis=1) == self.labels


def choose_thresholds(clean: Answered, degraded: Sequence[Answered] = ()) -> dict[str, float]:
    """From answers to pictures as they are, and to each kind of degraded copies.

    `familiar` is the similarity that FAMILIAR_SHARE of the pictures exceed. `sure` is the lowest probability above which
    SURE_ACCURACY of the answers are right (at least even odds; when none reaches it, that of the single best answer). Where
    there are degraded copies, `sure` is raised, and with `close` a similarity below which nothing is sure, until this holds on
    each kind of them, or as nearly as can be had for KEPT of the sure answers: of what does, most pictures stay sure.
    """
    sure = _lowest(clean)
    if clean.similarity is None:
        return {"sure": _raised(clean, degraded, sure, [-math.inf])[0]}
    places = [_rounded(float(np.quantile(clean.similarity, 1 - share))) for share in (FAMILIAR_SHARE, *CLOSE_SHARES)]
    if not degraded:
        return {"sure": sure, "familiar": places[0]}
    sure, close = _raised(clean, degraded, sure, places[1:])
    return {"sure": sure, "familiar": places[0], "close": close}


def _lowest(clean: Answered) -> float:
    """The lowest probability from which the promise holds on pictures as they are."""
    best = clean.best
    order = np.argsort(-best)
    running = np.cumsum(clean.right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(running >= SURE_ACCURACY)
    return max(0.5, _rounded(float(best[order][enough[-1] if len(enough) else 0])))


def _raised(clean: Answered, degraded: Sequence[Answered], sure: float, closest: Sequence[float]) -> tuple[float, float]:
    """The probability, from `sure` on, and the similarity, of `closest`, that keep the promise on degraded copies too."""
    higher = np.quantile(clean.best[clean.best >= sure], np.linspace(0, 0.5, LEVELS)) if (clean.best >= sure).any() else []
    tried = [sure, *(_rounded(float(level)) for level in higher if level > sure)]
    least = KEPT * _answered(clean, sure, closest[0]).mean()

    def worth(pair: tuple[float, float]) -> tuple[float, float]:
        answered = _answered(clean, *pair).mean()
        worst = min((_accuracy(kind, *pair) for kind in [clean, *degraded]), default=1.0)
        return (min(worst, SURE_ACCURACY), answered) if answered >= least else (-1.0, answered)

    return max(itertools.product(tried, closest), key=worth)


def _answered(answers: Answered, sure: float, close: float) -> np.ndarray:
    near = True if answers.similarity is None else answers.similarity >= close
    return (answers.best >= sure) & near


def _accuracy(answers: Answered, sure: float, close: float) -> float:
    answered = _answered(answers, sure, close)
    return float(answers.right[answered].mean()) if answered.any() else 1.0


def _rounded(value: float) -> float:
    """Down to four decimals, as it is written into a card."""
    return math.floor(1e4 * value) / 1e4
