"""From where an answer is "sure" and a picture familiar, on degraded copies too. Knows arrays, no classifier."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from model.artifacts import model_card
from model.images import CONDITIONS

AIM = 0.96  # of the answers that are sure are to be right, so that of other pictures at least 0.95 are, as "sure" promises
AIM_IF = 0.965  # the same where a condition is seen: of such pictures there are fewer to choose by
FAMILIAR_SHARE = 0.98  # of pictures like the training's count as familiar
KEPT = 0.97  # of the sure answers to pictures as they are, at the least, whatever is aimed at for copies
LEVELS = 24  # of the probability that are tried
UNLIKE_SHARES = (0.05, 0.1, 0.15, 0.2)  # of pictures like the training's, the least like them, of which more is asked
SURER = (0.7, 0.8, 0.85, 0.9, 0.95, 1.01)  # what is asked of these; the last: nothing is ever sure
ENOUGH = 12  # answers, that something be chosen by them


@dataclass(frozen=True)
class Answered:
    """Answers to pictures that were not learned from: probabilities (pictures × classes), labels by number, similarity, and
    which of `model.images.CONDITIONS` hold (pictures × conditions; None: none of them).
    """

    probabilities: np.ndarray
    labels: np.ndarray
    similarity: np.ndarray | None = None
    conditions: np.ndarray | None = None

    @cached_property
    def best(self) -> np.ndarray:
        return self.probabilities.max(axis=1)

    @cached_property
    def right(self) -> np.ndarray:
        return self.probabilities.argmax(axis=1) == self.labels

    @cached_property
    def held(self) -> np.ndarray:
        """The conditions, as booleans (pictures × conditions)."""
        if self.conditions is None:
            return np.zeros((len(self.labels), len(CONDITIONS)), dtype=bool)
        return np.asarray(self.conditions, dtype=bool).reshape(len(self.labels), len(CONDITIONS))

    def unlike(self, close: float) -> np.ndarray:
        """Which pictures are less like those learned from than `close`."""
        return np.zeros(len(self.labels), dtype=bool) if self.similarity is None else self.similarity < close

    def where(self, places: np.ndarray) -> Answered:
        """Some of the answers."""
        similarity = None if self.similarity is None else self.similarity[places]
        return Answered(self.probabilities[places], self.labels[places], similarity, self.held[places])


def choose_thresholds(clean: Answered, degraded: Sequence[Answered] = ()) -> dict[str, float]:
    """From answers to pictures as they are, and to each kind of degraded copies; keys as of a card's `thresholds`.

    `familiar` is the similarity that FAMILIAR_SHARE of the pictures exceed. `sure` is the lowest probability from which AIM of
    the answers are right (at least even odds; where none is, that of the single best answer). Where there are copies, it is
    raised, and with `close` and `sure_unlike` more is asked of pictures that are unlike those learned from, until this holds
    on each kind of copies in which no condition is seen, or as nearly as can be had for KEPT of the sure answers: of what does,
    most pictures stay sure. Of pictures in which a condition is seen, as much is asked as the answers to such ones need for
    AIM_IF; one that holds for most pictures as they are is none.
    """
    found: dict[str, float] = {}
    if clean.similarity is not None:
        found["familiar"] = familiar = _quantile(clean.similarity, 1 - FAMILIAR_SHARE)
        clean, *degraded = (kind.where(~kind.unlike(familiar)) for kind in (clean, *degraded))
    usual = clean.held.mean(axis=0) > 0.5
    clean, *degraded = (replace(kind, conditions=kind.held & ~usual) for kind in (clean, *degraded))
    plain = [kind.where(np.flatnonzero(~kind.held.any(axis=1))) for kind in (clean, *degraded)]
    plain = [plain[0], *(kind for kind in plain[1:] if len(kind.labels) >= ENOUGH)]
    chosen = _Bar(_lowest(plain[0]))
    if len(plain) > 1:
        closest = [] if clean.similarity is None else [_quantile(clean.similarity, share) for share in UNLIKE_SHARES]
        chosen = _raised(plain, chosen.sure, closest)
    found["sure"] = chosen.sure
    if math.isfinite(chosen.close):
        found |= {"close": chosen.close, model_card.sure_if(model_card.UNLIKE): chosen.unlike}
    for place, name in enumerate(CONDITIONS):
        seen = _together(kind.where(kind.held[:, place]) for kind in (clean, *degraded))
        if len(seen.labels) >= ENOUGH:
            found[model_card.sure_if(name)] = max(chosen.sure, _lowest(seen.where(chosen.sure_of(seen)), AIM_IF))
    return found


@dataclass(frozen=True)
class _Bar:
    """From where an answer is sure: from `sure` on, from `unlike` on where the similarity is below `close`."""

    sure: float
    close: float = -math.inf
    unlike: float = math.inf

    def sure_of(self, answers: Answered) -> np.ndarray:
        needed = np.where(answers.unlike(self.close), max(self.sure, self.unlike), self.sure)
        return answers.best >= needed

    def accuracy(self, answers: Answered) -> float:
        sure = self.sure_of(answers)
        return float(answers.right[sure].mean()) if sure.any() else 1.0


def _raised(kinds: Sequence[Answered], lowest: float, closest: Sequence[float]) -> _Bar:
    """What keeps the promise on all `kinds`, the first of which are the pictures as they are."""
    clean = kinds[0]
    sure = clean.best[clean.best >= lowest]
    levels = {lowest, *(_rounded(level) for level in np.quantile(sure, np.linspace(0, 0.5, LEVELS)))} if len(sure) else {lowest}
    tried = [_Bar(level) for level in sorted(levels)]
    tried += [_Bar(*each) for each in itertools.product(sorted(levels), closest, SURER) if each[2] > each[0]]
    least = KEPT * tried[0].sure_of(clean).mean()

    def worth(bar: _Bar) -> tuple[float, float]:
        answered = float(bar.sure_of(clean).mean())
        return (min(AIM, *map(bar.accuracy, kinds)), answered) if answered >= least else (-1.0, answered)

    return max(tried, key=worth)


def _lowest(answers: Answered, aim: float = AIM) -> float:
    """The lowest probability from which `aim` of the answers are right; even odds of no answers."""
    if not len(answers.labels):
        return 0.5
    best = answers.best
    order = np.argsort(-best)
    running = np.cumsum(answers.right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(running >= aim)
    return max(0.5, _rounded(best[order][enough[-1] if len(enough) else 0]))


def _together(kinds: Iterable[Answered]) -> Answered:
    some = list(kinds)
    similarity = None if some[0].similarity is None else np.concatenate([each.similarity for each in some])
    names = ("probabilities", "labels", "held")
    probabilities, labels, held = (np.concatenate([getattr(each, name) for each in some]) for name in names)
    return Answered(probabilities, labels, similarity, held)


def _quantile(similarity: np.ndarray, share: float) -> float:
    return _rounded(np.quantile(similarity, share))


def _rounded(value: float) -> float:
    """Down to four decimals, as it is written into a card."""
    return math.floor(1e4 * float(value)) / 1e4
