"""Two models on the same pictures: better, worse, the same, or cannot tell. Knows answers, no models. Standard library only.

Pictures that both get right, or both wrong, say nothing of the difference; the others are counted. The interval of the
difference is Tango's score interval for paired proportions (Tango 1998, Statistics in Medicine 17:891), which keeps its
coverage when few pictures differ and is never of zero width; the test is McNemar's exact one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from model.errors import BadData

Verdict = Literal["better", "same", "worse", "cannot tell"]
SAME = 0.02  # a difference that nobody would mind, either way
LEVEL = 0.05
QUANTILE = 1.959963984540054  # of the normal distribution, for 95 %


@dataclass(frozen=True)
class Comparison:
    """The second model beside the first, on `count` pictures that both answered.

    `difference` is the second's accuracy less the first's, `interval` its 95 % interval; `first_only` and `second_only` count
    the pictures that only that model gets right; `p_value` is of McNemar's exact test. "better" and "worse" are said of the
    second when the interval excludes 0 and p is under LEVEL; "same" only when the interval lies within ±SAME.
    """

    count: int
    first_accuracy: float
    second_accuracy: float
    difference: float
    interval: tuple[float, float]
    first_only: int
    second_only: int
    p_value: float
    verdict: Verdict
    sentence: str

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def compare(first: Sequence[bool], second: Sequence[bool]) -> Comparison:
    """Compare which pictures each model got right, in the same order. Raises BadData when there are none."""
    if len(first) != len(second) or not len(first):
        raise BadData("Two models can be compared only on the same pictures, one at least: measure both on one folder.")
    pairs = list(zip(map(bool, first), map(bool, second), strict=True))
    first_only, second_only = pairs.count((True, False)), pairs.count((False, True))
    count, right = len(pairs), pairs.count((True, True))
    difference = (second_only - first_only) / count
    interval = paired_interval(first_only, second_only, count)
    p_value = mcnemar(first_only, second_only)
    verdict = _verdict(interval, p_value)
    return Comparison(
        count=count,
        first_accuracy=(right + first_only) / count,
        second_accuracy=(right + second_only) / count,
        difference=difference,
        interval=interval,
        first_only=first_only,
        second_only=second_only,
        p_value=p_value,
        verdict=verdict,
        sentence=_sentence(verdict, right + first_only, right + second_only, count, difference, interval),
    )


def compare_answers(first: Sequence[dict[str, Any]], second: Sequence[dict[str, Any]]) -> Comparison:
    """Compare two lists of answers ({file, label, predicted}, as in `report.json`) on the files that both hold.

    A file whose label has changed in between is judged by the second's. Raises BadData when there are none in both.
    """
    earlier = {answer["file"]: answer["predicted"] for answer in first}
    both = [answer for answer in second if answer["file"] in earlier]
    return compare(
        [earlier[answer["file"]] == answer["label"] for answer in both],
        [answer["predicted"] == answer["label"] for answer in both],
    )


def mcnemar(first_only: int, second_only: int) -> float:
    """The probability of so lopsided a split of the differing pictures, or a more lopsided one, if both models were alike.

    Two-sided and exact: twice the lower tail of a binomial distribution of even odds.
    """
    differing, fewer = first_only + second_only, min(first_only, second_only)
    term = tail = 1
    for k in range(fewer):
        term = term * (differing - k) // (k + 1)
        tail += term
    return min(1.0, 2 * tail / 2**differing)


def paired_interval(first_only: int, second_only: int, count: int) -> tuple[float, float]:
    """Tango's 95 % score interval of the difference of two paired accuracies, second less first.

    The differences are taken in that the score statistic does not reject.
    """
    middle = (second_only - first_only) / count
    upper = _bisect(lambda delta: score_statistic(first_only, second_only, count, delta) > -QUANTILE, middle, 1.0)
    lower = _bisect(lambda delta: score_statistic(first_only, second_only, count, delta) < QUANTILE, middle, -1.0)
    return lower, upper


def score_statistic(first_only: int, second_only: int, count: int, delta: float) -> float:
    """How many standard errors the observed difference lies above `delta`, the error as it is if `delta` is true.

    The share of first_only that is likeliest under `delta` is the root of Tango's quadratic equation.
    """
    a = 2 * count
    b = -second_only - first_only + (2 * count - second_only + first_only) * delta
    c = -first_only * delta * (1 - delta)
    likeliest = (math.sqrt(max(0.0, b * b - 4 * a * c)) - b) / (2 * a)
    variance = count * (2 * likeliest + delta * (1 - delta))
    distance = second_only - first_only - count * delta
    return distance / math.sqrt(variance) if variance > 1e-12 else math.copysign(math.inf, distance) if distance else 0.0


def _bisect(inside: Callable[[float], bool], start: float, end: float) -> float:
    """Where, from `start` to `end`, `inside` ceases to hold."""
    if inside(end):
        return end
    for _ in range(60):
        middle = (start + end) / 2
        start, end = (middle, end) if inside(middle) else (start, middle)
    return (start + end) / 2


def _verdict(interval: tuple[float, float], p_value: float) -> Verdict:
    low, high = interval
    if p_value < LEVEL and (low > 0 or high < 0):
        return "better" if low > 0 else "worse"
    return "same" if low > -SAME and high < SAME else "cannot tell"


def _sentence(verdict: Verdict, first: int, second: int, count: int, difference: float, interval: tuple[float, float]) -> str:
    low, high = (_points(bound) for bound in interval)
    given = f"{second} of the same {count} pictures are right instead of {first}"
    if first == second:
        given = f"{second} of the same {count} pictures are right, as with the other"
    if verdict in ("better", "worse"):
        return f"{verdict.capitalize()}: {given}, a difference of {_points(difference)} points (95 % interval {low} to {high})."
    if verdict == "same":
        return f"The same: {given}; the difference is less than {100 * SAME:.0f} points (95 % interval {low} to {high})."
    return f"Cannot tell: {given}, and on other pictures the difference could be {low} to {high} points (95 % interval)."


def _points(share: float) -> str:
    """A difference of shares in percentage points, with its sign."""
    text = f"{100 * abs(share):.1f}"
    return text if text == "0.0" else ("+" if share > 0 else "−") + text
