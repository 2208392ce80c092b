"""How a real classifier bears degraded copies, against answers to the same copies, asked one by one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw

from model.classifier import Classifier
from model.data import dataset
from model.evaluation import (
    DEGRADATIONS,
    Evaluation,
    cross_fit_sure,
    degrade,
    degraded_figures,
    evaluate,
    evaluate_degraded,
)
from model.images import open_picture
from model.types import Item

THRESHOLDS = {"sure": 0.6}


@pytest.fixture(scope="module")
def classifier(tiny_export) -> Classifier:
    return Classifier(Classifier.load(tiny_export).model, {"thresholds": THRESHOLDS})


@pytest.fixture(scope="module")
def items(pictures) -> list[Item]:
    return dataset.read_dataset(pictures).of("all")


def test_the_figures_count_the_answers_to_the_copies(classifier, items):
    rows = {row["name"]: row for row in degraded_figures(evaluate_degraded(classifier, items))}
    assert list(rows) == [name for name in DEGRADATIONS if name != "background"], "these have no card to be cut out of"
    for name, row in rows.items():
        copies = [degrade(open_picture(item.path), name, place) for place, item in enumerate(items)]
        answers = list(zip(items, classifier.classify(copies), strict=True))
        right = [answer for item, answer in answers if answer.label == item.label]
        sure = [answer for _, answer in answers if answer.status == "sure"]
        both = [answer for answer in right if answer.status == "sure"]
        assert (row["count"], row["accuracy"], row["answered"]) == (len(items), len(right) / len(items), len(sure) / len(items))
        assert row["answered_accuracy"] == (len(both) / len(sure) if sure else None)
        assert row["kept"] == (len(both) / len(right) if right else None)
        assert row["interval"][0] <= row["accuracy"] <= row["interval"][1]
    assert len({row["accuracy"] for row in rows.values()}) > 1, "the figures must be able to differ"


def test_what_it_is_never_sure_of_has_no_figure_among_the_sure(classifier, items):
    grey = {"grey": evaluate_degraded(classifier, items[:4])["grey"]}
    (row,) = degraded_figures(grey, {"grey": grey["grey"].sure({"sure": 1.1})})
    assert (row["answered"], row["answered_accuracy"], row["answered_interval"], row["kept"]) in [
        (0.0, None, None, 0.0),
        (0.0, None, None, None),
    ]


def test_of_many_pictures_an_even_part_is_looked_at_and_it_can_be_stopped(classifier, items):
    heard: list[tuple[int, int]] = []

    def stop_soon(done: int, total: int) -> None:
        heard.append((done, total))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evaluate_degraded(classifier, items, stop_soon, most=5)
    assert heard == [(5, 5)]


def test_only_pictures_with_an_object_on_card_count_on_another_background(classifier, items, tmp_path):
    picture = Image.new("RGB", (120, 100), (235, 233, 228))
    ImageDraw.Draw(picture).ellipse((30, 20, 90, 80), fill=(150, 20, 30))
    picture.save(tmp_path / "ball.png")
    ball = Item(tmp_path / "ball.png", items[0].label, "valid")
    found = evaluate_degraded(classifier, [items[0], ball, items[1]])
    assert found["background"].items == [ball] and len(found["grey"].items) == 3


def test_what_is_called_sure_is_chosen_without_the_picture_itself(classifier, items):
    clean, copies = evaluate(classifier, items), evaluate_degraded(classifier, items)
    before = cross_fit_sure(clean, copies)

    def relabelled(found: Evaluation, half: int) -> Evaluation:
        """With the pictures of one half under the classes that they are taken for."""
        mine, taken = {item.path for item in clean.items[half::2]}, found.probabilities.argmax(axis=1)
        pairs = zip(found.items, taken, strict=True)
        return replace(found, items=[replace(i, label=classifier.vocab[n]) if i.path in mine else i for i, n in pairs])

    others_changed = False

    for half in (0, 1):
        changed = {name: relabelled(found, half) for name, found in copies.items()}
        after = cross_fit_sure(relabelled(clean, half), changed)
        for name, found in {"": clean, **copies}.items():
            mine = np.array([clean.items.index(item) % 2 == half for item in found.items])
            assert (after[name][mine] == before[name][mine]).all(), "its own labels have no say"
            others_changed |= bool((after[name] != before[name]).any())
    assert others_changed, "the other half's have"
