"""The thresholds of "sure" on made-up answers, of which is known what holds."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from model.classifier import Classifier
from model.evaluation import Answered, choose_thresholds, conditions_in


def answered(confidence: np.ndarray, right: np.ndarray, similarity: np.ndarray | None = None) -> Answered:
    """Answers between two classes with these shares, right where it is said."""
    probabilities = np.stack([confidence, 1 - confidence], axis=1)
    return Answered(probabilities, np.where(right, 0, 1), similarity)


def accuracy(answers: Answered, found: dict[str, float]) -> float:
    sure = answers.best >= found["sure"]
    if answers.similarity is not None:
        sure &= answers.similarity >= found["familiar"]
        sure &= (answers.similarity >= found.get("close", -np.inf)) | (answers.best >= found.get("sure_unlike", np.inf))
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
    confident = answered(1 - 0.5 * np.linspace(0, 1, 400) ** 9, np.ones(400, dtype=bool), np.zeros(400))
    confidence = np.linspace(0.5, 1, 200)
    turned = answered(confidence, confidence > 0.56, np.zeros(200))
    alone, found = choose_thresholds(confident), choose_thresholds(confident, [turned])
    assert accuracy(turned, alone) < 0.95 <= accuracy(turned, found)
    assert alone["sure"] < found["sure"] < 0.6, "no more than it must be"


def test_copies_that_are_wrong_where_they_are_least_alike_are_not_sure_there(clean):
    similarity = np.linspace(-1, 0, 200)
    pasted = answered(np.full(200, 0.62), similarity > -0.93, similarity)
    mixed = Answered(clean.probabilities, clean.labels, np.random.default_rng(0).uniform(-1, 0, 400))
    found = choose_thresholds(mixed, [pasted])
    assert found["close"] > found["familiar"] and found["sure_unlike"] > 0.62 and accuracy(pasted, found) >= 0.95
    assert found["sure"] == choose_thresholds(mixed)["sure"], "others pay nothing"


def test_what_no_threshold_saves_costs_no_more_than_a_part_of_the_sure_answers(clean):
    hopeless = answered(np.full(50, 0.999), np.zeros(50, dtype=bool), np.zeros(50))
    alone, found = choose_thresholds(clean), choose_thresholds(clean, [hopeless])
    before, after = ((clean.best >= each["sure"]) & (clean.similarity >= each.get("close", -9)) for each in (alone, found))
    assert after.mean() >= 0.8 * before.mean()


def test_an_export_that_cannot_tell_what_is_familiar_has_one_threshold(clean):
    blind = Answered(clean.probabilities, clean.labels, None)
    assert set(choose_thresholds(blind, [blind])) == {"sure"}


def seen(answers: Answered, name: str) -> Answered:
    """The same answers, to pictures in which a condition is seen."""
    return replace(answers, conditions=conditions_in(name, len(answers.labels)))


def test_more_is_asked_of_pictures_in_which_a_condition_is_seen_and_of_these_alone(clean):
    confidence = np.linspace(0.5, 1, 200)
    blurred = answered(confidence, confidence > 0.8, np.zeros(200))
    found = choose_thresholds(clean, [seen(blurred, "blurred")])
    alone = choose_thresholds(clean)
    assert found["sure"] == alone["sure"], "pictures as they are pay nothing"
    assert 0.78 < found["sure_blurred"] < 0.8
    assert "sure_dark" not in found and "sure_grey" not in found


def test_a_condition_that_most_pictures_have_as_they_are_is_none(clean):
    grey = seen(clean, "grey")
    assert choose_thresholds(grey, [grey]).keys() == choose_thresholds(clean, [clean]).keys()


def test_of_a_few_answers_nothing_is_chosen(clean):
    few = answered(np.full(5, 0.9), np.zeros(5, dtype=bool), np.zeros(5))
    assert choose_thresholds(clean, [seen(few, "dark")]) == choose_thresholds(clean)


def test_a_classifier_with_these_on_its_card_is_sure_of_what_was_counted_as_sure(clean):
    generator = np.random.default_rng(1)
    dark = seen(answered(generator.uniform(0.5, 1, 100), generator.random(100) < 0.9, generator.uniform(-1, 0, 100)), "dark")
    pasted = answered(generator.uniform(0.5, 1, 100), generator.random(100) < 0.8, generator.uniform(-1.2, -0.4, 100))
    found = choose_thresholds(clean, [dark, pasted])
    classifier = Classifier(SimpleNamespace(labels=["a", "b"]), {"thresholds": found})
    for kind in (clean, dark, pasted):
        statuses = [p.status for p in classifier.to_predictions(kind.probabilities, kind.similarity, kind.conditions)]
        sure = np.array(statuses) == "sure"
        assert (sure.any() and kind.right[sure].mean() >= 0.95) or kind is pasted
    (one,) = classifier.to_predictions(dark.probabilities[:1], np.array([0.0]), [(False, True, False)])
    needed = found["sure_dark"]
    assert (one.status == "sure") == (one.probability >= needed)
