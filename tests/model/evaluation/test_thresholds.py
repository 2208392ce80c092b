"""The thresholds of "sure" on made-up answers, of which is known what holds."""

from __future__ import annotations

import numpy as np
import pytest

from model.evaluation import Answered, choose_thresholds


def answered(confidence: np.ndarray, right: np.ndarray, similarity: np.ndarray | None = None) -> Answered:
    """Answers between two classes with these shares, right where it is said."""
    probabilities = np.stack([confidence, 1 - confidence], axis=1)
    return Answered(probabilities, np.where(right, 0, 1), similarity)


def accuracy(answers: Answered, found: dict[str, float]) -> float:
    sure = answers.best >= found["sure"]
    if answers.similarity is not None:
        sure &= answers.similarity >= found.get("close", -np.inf)
    return float(answers.right[sure].mean()) if sure.any() else 1.0


@pytest.fixture
def clean() -> Answered:
    confidence = np.linspace(0.5, 1, 400)
    return answered(confidence, (np.arange(400) % 12 != 0) | (confidence > 0.75), np.linspace(-1, 0, 400)[::-1].copy())


def test_without_copies_the_promise_is_kept_on_pictures_as_they_are(clean):
    found = choose_thresholds(clean)
    assert set(found) == {"sure", "familiar"} and accuracy(clean, found) >= 0.95
    assert (clean.similarity >= found["familiar"]).mean() == pytest.approx(0.98, abs=0.005)


def test_sure_is_raised_until_it_holds_on_copies_too(clean):
    confidence = np.linspace(0.5, 1, 200)
    dark = answered(confidence, confidence > 0.56, np.zeros(200))
    alone, found = choose_thresholds(clean), choose_thresholds(clean, [dark])
    assert accuracy(dark, alone) < 0.95 <= accuracy(dark, found)
    assert alone["sure"] < found["sure"] < 0.65, "no more than it must be"


def test_copies_that_are_wrong_where_they_are_least_alike_are_not_sure_there(clean):
    similarity = np.linspace(-1, 0, 200)
    pasted = answered(np.full(200, 0.999), similarity > -0.93, similarity)
    mixed = Answered(clean.probabilities, clean.labels, np.random.default_rng(0).uniform(-1, 0, 400))
    found = choose_thresholds(mixed, [pasted])
    assert found["close"] > found["familiar"] and accuracy(pasted, found) >= 0.95
    assert found["sure"] == choose_thresholds(mixed)["sure"], "for that a higher share would not help"


def test_what_no_threshold_saves_costs_no_more_than_a_part_of_the_sure_answers(clean):
    hopeless = answered(np.full(50, 0.999), np.zeros(50, dtype=bool), np.zeros(50))
    alone, found = choose_thresholds(clean), choose_thresholds(clean, [hopeless])
    before, after = ((clean.best >= each["sure"]) & (clean.similarity >= each.get("close", -9)) for each in (alone, found))
    assert after.mean() >= 0.8 * before.mean()


def test_an_export_that_cannot_tell_what_is_familiar_has_one_threshold(clean):
    blind = Answered(clean.probabilities, clean.labels, None)
    assert set(choose_thresholds(blind, [blind])) == {"sure"}
