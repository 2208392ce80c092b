"""What the figures of a measurement say without a panel: the ladder's verdict, the mistakes of many classes, shares."""

from __future__ import annotations

import pytest

from model.core.text import tenths
from widgets.measure.baseline_ladder import BaselineLadder, verdict
from widgets.measure.confusion_matrix import LARGEST, ConfusionMatrix


def rung(accuracy: float, low: float, high: float, name: str = "linear layer", **more) -> dict:
    return {"name": name, "accuracy": accuracy, "interval": [low, high], "seconds": 1.0, "count": 100, **more}


@pytest.mark.parametrize(
    ("model", "beaten", "kind", "words"),
    [
        (rung(0.95, 0.9, 0.98), None, "good", "clearly beats"),
        (rung(0.85, 0.77, 0.91), None, "unsure", "may be chance"),
        (rung(0.8, 0.71, 0.87), None, "bad", "does not beat"),
        (rung(0.7, 0.6, 0.78), None, "bad", "does not beat"),
        (rung(0.85, 0.77, 0.91), "better", "good", "clearly beats"),
        (rung(0.95, 0.9, 0.98), "cannot tell", "unsure", "may be chance"),
        (rung(0.7, 0.6, 0.78), "worse", "bad", "does not beat"),
    ],
)
def test_whether_the_model_beats_its_baseline_is_said_in_a_sentence(model, beaten, kind, words):
    said = verdict([rung(0.8, 0.71, 0.87), rung(0.1, 0.05, 0.2, "most frequent class")], model, beaten)
    assert said["kind"] == kind
    assert words in said["sentence"]
    assert "linear layer (80.0\u00a0%)" in said["sentence"]


def test_the_models_own_rung_is_not_taken_for_a_simple_method():
    ladder = BaselineLadder()
    ladder.show([rung(0.5, 0.4, 0.6), rung(0.9, 0.8, 0.95, "fine-tuned model", key="model")], rung(0.9, 0.8, 0.95))
    assert len(ladder.baselines) == 2
    assert ladder.verdict["kind"] == "good"


def test_of_very_many_classes_the_mistakes_are_listed_instead():
    size = LARGEST + 5
    counts = [[10 if i == j else ((i + j) % 7 == 0 and i + 1) or 0 for j in range(size)] for i in range(size)]
    matrix = ConfusionMatrix()
    matrix.show({"classes": [str(n) for n in range(size)], "confusion": counts})
    assert matrix.confusion == []
    found = [pair["count"] for pair in matrix.confused_pairs]
    assert found == sorted(found, reverse=True)
    assert found[0] == size


@pytest.mark.parametrize(("share", "text"), [(1, "100.0"), (0.9999, ">99.9"), (0.9994, "99.9"), (0.0001, "<0.1"), (0, "0.0")])
def test_a_share_never_rounds_to_what_it_is_not(share, text):
    assert tenths(share) == text + "\u00a0%"
