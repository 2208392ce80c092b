"""Two models on the same pictures: the interval and the test against their definitions, and what is said of them."""

from __future__ import annotations

import json
import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy.optimize import minimize_scalar
from scipy.stats import binomtest, multinomial

from model.errors import BadData
from model.evaluation import paired_test

Z = 1.959963984540054


def answered(both: int, first_only: int, second_only: int, neither: int) -> tuple[list[bool], list[bool]]:
    pairs = [(True, True)] * both + [(True, False)] * first_only + [(False, True)] * second_only + [(False, False)] * neither
    random.Random(1).shuffle(pairs)
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def by_definition(first_only: int, second_only: int, count: int, delta: float) -> float:
    """The score statistic at `delta`, its nuisance share found by maximising the likelihood."""

    def unlikely(share: float) -> float:
        other, rest = share + delta, 1 - 2 * share - delta
        terms = ((first_only, share), (second_only, other), (count - first_only - second_only, rest))
        return -sum(n * math.log(max(p, 1e-300)) for n, p in terms if n)

    low, high = max(0.0, -delta), (1 - delta) / 2
    share = minimize_scalar(unlikely, bounds=(low, high), method="bounded", options={"xatol": 1e-12}).x
    return (second_only - first_only - count * delta) / math.sqrt(count * (2 * share + delta * (1 - delta)))


@pytest.mark.parametrize("counts", [(3, 12, 50), (12, 3, 50), (1, 2, 40), (30, 20, 328), (5, 0, 60), (40, 10, 60)])
def test_the_score_statistic_is_z_at_both_ends_of_the_interval(counts):
    low, high = paired_test.paired_interval(*counts)
    assert by_definition(*counts, low) == pytest.approx(Z, abs=2e-3)
    assert by_definition(*counts, high) == pytest.approx(-Z, abs=2e-3)


def test_the_interval_turns_around_with_the_models():
    low, high = paired_test.paired_interval(3, 12, 50)
    assert paired_test.paired_interval(12, 3, 50) == pytest.approx((-high, -low))


@pytest.mark.parametrize("count", [1, 10, 328, 5000])
def test_without_a_differing_picture_the_interval_still_has_a_width(count):
    low, high = paired_test.paired_interval(0, 0, count)
    assert high == pytest.approx(Z**2 / (count + Z**2), rel=1e-6), "the root of Tango's equation without differing pairs"
    assert low == pytest.approx(-high)


@pytest.mark.parametrize(("first", "second"), [(0.0, 0.03), (0.02, 0.02), (0.01, 0.05), (0.1, 0.2)])
def test_the_interval_holds_the_true_difference_about_as_often_as_it_says_though_few_pictures_differ(first, second):
    count = 60
    covered = 0.0
    for a in range(count + 1):
        for b in range(count + 1 - a):
            chance = multinomial.pmf([a, b, count - a - b], count, [first, second, 1 - first - second])
            if chance > 1e-6:
                low, high = paired_test.paired_interval(a, b, count)
                covered += chance * (low <= second - first <= high)
    assert covered > 0.93


@settings(max_examples=60)
@given(some.integers(0, 80), some.integers(0, 80))
def test_the_p_value_is_of_the_exact_binomial_test(first_only, second_only):
    differing = first_only + second_only
    expected = binomtest(first_only, differing).pvalue if differing else 1.0
    assert paired_test.mcnemar(first_only, second_only) == pytest.approx(expected)


def test_thousands_of_differing_pictures_are_no_trouble():
    assert paired_test.mcnemar(5000, 5000) == 1.0
    assert paired_test.mcnemar(4000, 6000) < 1e-80


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [
        ((250, 5, 30, 43), "better"),
        ((250, 30, 5, 43), "worse"),
        ((300, 0, 0, 28), "same"),
        ((9000, 100, 110, 790), "same"),
        ((30, 0, 0, 3), "cannot tell"),  # too few pictures to say that they are the same
        ((250, 20, 25, 33), "cannot tell"),
        ((40, 0, 5, 5), "cannot tell"),  # five out of five come by chance once in sixteen
    ],
)
def test_the_verdict_is_no_more_than_the_pictures_bear_out(counts, verdict):
    found = paired_test.compare(*answered(*counts))
    assert found.verdict == verdict
    both, first_only = counts[:2]
    assert found.count == sum(counts)
    assert found.first_accuracy == pytest.approx((both + first_only) / sum(counts))
    assert found.second_accuracy - found.first_accuracy == pytest.approx(found.difference)
    assert found.interval[0] <= found.difference <= found.interval[1]
    assert found.sentence.lower().startswith(verdict if verdict != "same" else "the same")
    assert json.loads(json.dumps(found.to_json()))["verdict"] == verdict


def test_the_sentence_counts_and_bounds():
    found = paired_test.compare(*answered(250, 5, 30, 43))
    assert "280 of the same 328 pictures are right instead of 255" in found.sentence
    assert "+7.6 points (95 % interval +4.4 to +11.4)" in found.sentence


@settings(max_examples=60)
@given(some.lists(some.tuples(some.booleans(), some.booleans()), min_size=1, max_size=200))
def test_a_comparison_the_other_way_round_says_the_opposite(pairs):
    first, second = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    there, back = paired_test.compare(first, second), paired_test.compare(second, first)
    assert {"better": "worse", "worse": "better"}.get(there.verdict, there.verdict) == back.verdict
    assert there.p_value == back.p_value


@pytest.mark.parametrize(("first", "second"), [([], []), ([True], [True, False])])
def test_without_the_same_pictures_there_is_no_comparison(first, second):
    with pytest.raises(BadData, match="only on the same pictures"):
        paired_test.compare(first, second)


def row(file: str, label: str, predicted: str) -> dict:
    return {"file": file, "label": label, "predicted": predicted}


def test_answers_are_compared_on_the_files_of_both_by_the_newer_labels():
    first = [row("a", "cat", "cat"), row("b", "cat", "dog"), row("gone", "cat", "cat")]
    second = [row("new", "cat", "dog"), row("b", "dog", "cat"), row("a", "cat", "cat")]
    found = paired_test.compare_answers(first, second)
    assert (found.count, found.first_accuracy, found.second_accuracy) == (2, 1.0, 0.5)
    with pytest.raises(BadData):
        paired_test.compare_answers(first, [row("other", "cat", "cat")])
