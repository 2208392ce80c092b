"""Out-of-fold judgement on points whose wrong labels are known."""

from __future__ import annotations

import numpy as np
import pytest

from model.errors import BadData
from model.scoring import label_issues


@pytest.fixture
def clouds() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features of 300 points in three clouds, their labels of which 30 are wrong, and which these are."""
    rng = np.random.default_rng(0)
    true = np.repeat([0, 1, 2], 100)
    features = rng.normal(size=(300, 8)) * 0.6
    features[np.arange(300), true] += 3
    wrong = np.zeros(300, dtype=bool)
    wrong[rng.choice(300, 30, replace=False)] = True
    return features, np.where(wrong, (true + 1) % 3, true), wrong


def test_wrong_labels_come_first_and_are_named(clouds):
    features, labels, wrong = clouds
    probabilities = label_issues.out_of_fold_probabilities(features, labels, np.arange(300), 3)
    verdict = label_issues.find_issues(labels, probabilities)
    assert wrong[np.argsort(-verdict.doubt)[:30]].mean() >= 0.95
    assert wrong[verdict.doubtful].mean() >= 0.95
    assert verdict.doubtful.sum() >= 20
    assert ((verdict.doubt >= 0) & (verdict.doubt <= 1)).all()


def test_probabilities_sum_to_one_and_right_labels_are_not_named(clouds):
    features, labels, wrong = clouds
    clean = ~wrong
    probabilities = label_issues.out_of_fold_probabilities(features[clean], labels[clean], np.arange(clean.sum()), 3)
    assert probabilities.sum(axis=1) == pytest.approx(1)
    assert label_issues.find_issues(labels[clean], probabilities).doubtful.sum() <= 2


def test_a_picture_is_never_judged_by_a_head_that_has_seen_it_or_its_copy():
    labels = np.array([0, 1] * 20)
    groups = np.repeat(np.arange(20), 2)
    judged = []
    for learned, tried in label_issues.folds(labels, groups):
        assert not set(groups[learned]) & set(groups[tried])
        judged += tried.tolist()
    assert sorted(judged) == list(range(40))


def test_a_copy_with_another_label_is_not_vouched_for_by_its_twin(clouds):
    features, labels, wrong = clouds
    place = int(np.flatnonzero(wrong)[0])
    twice = np.vstack([features, features[[place] * 20]])  # twenty copies that repeat the wrong label
    named = np.append(labels, labels[[place] * 20])
    groups = np.append(np.arange(300), [place] * 20)
    together = label_issues.find_issues(named, label_issues.out_of_fold_probabilities(twice, named, groups, 3)).doubt[place]
    apart = label_issues.find_issues(named, label_issues.out_of_fold_probabilities(twice, named, np.arange(320), 3)).doubt[
        place
    ]
    assert together > 0.9 > apart


def test_very_few_pictures_are_judged_all_the_same():
    labels = np.array([0, 0, 1, 1])
    probabilities = label_issues.out_of_fold_probabilities(np.eye(4), labels, np.arange(4), 2)
    assert probabilities.shape == (4, 2)
    assert not label_issues.find_issues(labels, probabilities).doubtful.any()


@pytest.mark.parametrize(
    ("labels", "groups", "words"),
    [
        ([0, 1, 2], [0, 1, 2], "one picture only"),
        ([0, 0, 1, 1], [7, 7, 7, 7], "copies of one"),
        ([0, 1], [7, 7], "copies of one"),
    ],
)
def test_where_nothing_is_left_to_learn_from_a_sentence_says_what_to_do(labels, groups, words):
    with pytest.raises(BadData, match=f"{words}.*add"):
        label_issues.out_of_fold_probabilities(np.eye(len(labels)), np.array(labels), np.array(groups), 3)


def test_two_pictures_in_one_class_are_enough_to_judge():
    labels = np.array([0, 0, 1])
    assert len(label_issues.folds(labels, np.arange(3))) == 2
