"""Would more photos help? A head fitted to fewer of them tells what each doubling brings, and so what the next one would.

Errors fall as a power of the number of pictures (Hestness et al. 2017, "Deep learning scaling is predictable, empirically"):
what the last doubling left of them, the next one leaves again. Knows arrays and names, no network.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from model.evaluation.linear_head import fit_head, folds_of
from model.evaluation.metrics import wilson
from model.evaluation.small_folders import SMALL

SHARES = (0.25, 0.5, 1.0)  # of the pictures to learn from
FOLDS, SMALL_FOLDS = 3, 5  # folds of a folder, of one that is SMALL
MOST_CLASSES = 12  # that are looked at one by one: those with the most errors
DRAWS, SEED = 1000, 0
PROBABLY = (0.1, 0.9)  # quantiles between which a gain probably is
LEAST_LEFT = 0.25  # of the errors is left by a doubling, whatever a few pictures say
NOTICED = 0.005  # a gain that is worth a word
FEWEST = 8  # pictures of a class, of which half can be left out

Progress = Callable[[int, int], None]
Range = tuple[float, float]


@dataclass(frozen=True)
class Point:
    """How many are right (of all, out of fold) after learning from `photos`; `interval` is the 95 % Wilson interval."""

    photos: int
    accuracy: float
    interval: Range


@dataclass(frozen=True)
class ClassGain:
    """A class: its photos, the share of them that is right, and between what more of them right twice as many would bring."""

    name: str
    photos: int
    right: float
    gain: Range


@dataclass(frozen=True)
class MorePhotos:
    """The learning curve: its points, what twice as many photos would bring (shares of 1), of all and of single classes."""

    points: list[Point]
    doubled: Point
    gain: Range
    classes: list[ClassGain]
    count: int
    folds: int

    @property
    def sentence(self) -> str:
        """What it says, in one or two sentences."""
        most = max(self.classes, key=lambda each: sum(each.gain), default=None)
        said = f"Twice as many photos of every class would probably {_bring(self.gain)}."
        if most is None or most.gain[1] < NOTICED or sum(most.gain) <= sum(self.gain):
            return said
        return f"Twice as many photos of {most.name} would probably {_bring(most.gain)}; of every class, {_points(self.gain)}."

    @property
    def how(self) -> str:
        return (
            f"A last layer on the resting body, fitted to a quarter, a half and all; each of {self.count:,} pictures is "
            f"judged by one that had not seen it ({self.folds} folds). A guess from the last doubling, with 80 % intervals."
        )

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "sentence": self.sentence, "how": self.how}


def learning_curve(
    features: np.ndarray,
    labels: np.ndarray,
    classes: Sequence[str],
    groups: Sequence[int] | np.ndarray | None = None,
    progress: Progress = lambda done, total: None,
) -> MorePhotos:
    """The curve of pictures (features: pictures × width; labels by number); those of one of the `groups` stay together.

    `progress` hears how many of the heads are fitted, and may raise to end it.
    """
    draw = np.random.default_rng(SEED)
    count = SMALL_FOLDS if len(labels) < SMALL else FOLDS
    folds = folds_of(labels, groups, count)
    whole = len(SHARES) - 1
    right = np.zeros((len(SHARES), len(labels)), dtype=bool)
    total, done = len(folds) * (len(SHARES) + min(MOST_CLASSES, len(classes))), 0

    def judge(kept: np.ndarray, held_out: np.ndarray, fewer: Sequence[int], share: float) -> np.ndarray:
        nonlocal done
        some = _some(kept, labels, fewer, share, draw)
        logits = fit_head(features, labels, len(classes), some).logits(features[held_out])
        before, now = (np.bincount(labels[rows], minlength=len(classes)) for rows in (kept, some))
        logits += np.log(np.maximum(before, 1) / np.maximum(now, 1))  # a class is not rarer because less of it was learned
        done += 1
        progress(done, total)
        return logits.argmax(axis=1) == labels[held_out]

    for kept, held_out in folds:
        for place, share in enumerate(SHARES):
            right[place, held_out] = judge(kept, held_out, range(len(classes)), share)
    shown = sorted(range(len(classes)), key=lambda label: -int((~right[whole, labels == label]).sum()))[:MOST_CLASSES]
    gains = []
    for label in sorted(shown):
        of_class = labels == label
        if of_class.sum() < FEWEST:
            continue
        fewer = np.zeros(len(labels), dtype=bool)
        for kept, held_out in folds:
            fewer[held_out] = judge(kept, held_out, [label], 0.5)
        gain = _gain(fewer[of_class], right[whole, of_class], draw)
        gains.append(ClassGain(classes[label], int(of_class.sum()), float(right[whole, of_class].mean()), gain))
    progress(total, total)
    photos = len(labels) - len(labels) // max(1, len(folds))
    points = [
        Point(round(share * photos), float(row.mean()), wilson(int(row.sum()), len(row)))
        for share, row in zip(SHARES, right, strict=True)
    ]
    gain, now = _gain(right[whole - 1], right[whole], draw), points[-1].accuracy
    doubled = Point(2 * photos, min(1.0, now + sum(gain) / 2), (min(1.0, now + gain[0]), min(1.0, now + gain[1])))
    return MorePhotos(points, doubled, gain, gains, len(labels), len(folds))


def _some(kept: np.ndarray, labels: np.ndarray, fewer: Sequence[int], share: float, draw: np.random.Generator) -> np.ndarray:
    """The rows that are `kept`, of the classes `fewer` only a share of them, one at least."""
    if share == 1.0:
        return kept
    taken = [kept[~np.isin(labels[kept], list(fewer))]]
    for label in fewer:
        rows = kept[labels[kept] == label]
        taken.append(draw.permutation(rows)[: max(1, round(share * len(rows)))])
    return np.sort(np.concatenate(taken))


def _gain(before: np.ndarray, after: np.ndarray, draw: np.random.Generator) -> Range:
    """Between what share of pictures more would be right after another doubling, from who was right before and after one.

    Drawn again and again from the pictures; what a doubling leaves of the errors is at most all and at least LEAST_LEFT.
    """
    cells = np.bincount(2 * before + after, minlength=4)  # wrong both times, learned, forgotten, right both times
    drawn = draw.multinomial(len(after), cells / len(after), DRAWS) / len(after)
    wrong_before, wrong_after = drawn[:, 0] + drawn[:, 1], drawn[:, 0] + drawn[:, 2]
    left = np.clip((wrong_after + 0.5 / len(after)) / (wrong_before + 0.5 / len(after)), LEAST_LEFT, 1.0)
    low, high = np.quantile(wrong_after * (1 - left), PROBABLY)
    return float(low), float(high)


def _points(gain: Range) -> str:
    low, high = (round(100 * bound) for bound in gain)
    if high == 0:
        return "less than a point"
    if low == high:
        return f"about {high} {'point' if high == 1 else 'points'}"
    return f"{low} to {high} points"


def _bring(gain: Range) -> str:
    return "bring less than a point" if round(100 * gain[1]) == 0 else f"bring {_points(gain)}"
