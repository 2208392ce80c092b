"""Whether more photos would help: drawn points of classes that are learned, or cannot be, in place of pictures."""

from __future__ import annotations

import json

import numpy as np
import pytest

from model.evaluation import learning_curve

CLASSES = ["cans", "jars", "trash"]


def points(apart: float, count: int = 180, width: int = 60) -> tuple[np.ndarray, np.ndarray]:
    """Points of three classes in many dimensions, in one of which each class lies `apart` from the others."""
    noise = np.random.default_rng(3)
    labels = np.arange(count) % 3
    features = noise.normal(0, 1, (count, width)).astype(np.float32)
    features[np.arange(count), labels] += apart
    return features, labels


def test_classes_that_need_many_pictures_gain_by_more_of_them_and_the_figures_say_how_much():
    curve = learning_curve(*points(1.5), CLASSES)
    accuracies = [point.accuracy for point in curve.points]
    assert [point.photos for point in curve.points] == [36, 72, 144]
    assert accuracies[0] < accuracies[-1] < curve.doubled.accuracy
    assert all(point.interval[0] < point.accuracy < point.interval[1] for point in curve.points)
    assert 0 < curve.gain[1] < 1 - accuracies[-1]
    assert [(row.name, row.photos) for row in curve.classes] == [(name, 60) for name in CLASSES]
    assert curve.sentence.startswith("Twice as many photos of ")
    assert set(json.loads(json.dumps(curve.to_json()))) == {
        *("points", "doubled", "gain", "classes", "count", "folds", "sentence", "how"),
    }


def test_where_all_is_right_more_photos_bring_nothing():
    curve = learning_curve(*points(12.0), CLASSES)
    assert curve.points[-1].accuracy == 1
    assert curve.sentence == "Twice as many photos of every class would probably bring less than a point."


def test_labels_without_sense_are_not_learned_better_from_copies_of_the_pictures():
    features, labels = points(0.0, 60)
    twice = np.concatenate([features, features]), np.concatenate([labels, labels])
    curve = learning_curve(*twice, CLASSES, groups=np.tile(np.arange(60), 2))
    assert curve.points[-1].accuracy < 0.6  # with a copy on the other side it would be nearly 1


def test_a_class_of_few_pictures_is_in_the_curve_and_has_no_figure_of_its_own():
    features, labels = points(1.5)
    few = np.concatenate([np.flatnonzero(labels != 2), np.flatnonzero(labels == 2)[:3]])
    curve = learning_curve(features[few], labels[few], CLASSES)
    assert [row.name for row in curve.classes] == CLASSES[:2]


def test_it_tells_how_far_it_is_and_can_be_ended():
    told: list[tuple[int, int]] = []
    learning_curve(*points(1.5, 60), CLASSES, progress=lambda done, total: told.append((done, total)))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1][0] == told[-1][1]

    def end(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        learning_curve(*points(1.5, 60), CLASSES, progress=end)
