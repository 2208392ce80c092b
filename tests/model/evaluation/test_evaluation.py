"""The report of a real classifier, against figures worked out by hand from its answers."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from model.classifier import Classifier
from model.data import dataset
from model.errors import BadData
from model.evaluation import evaluate, evaluation, metrics
from model.types import EvaluationReport, Item, Prediction


@pytest.fixture(scope="module")
def classifier(tiny_export) -> Classifier:
    return Classifier(Classifier.load(tiny_export).model, {"thresholds": {"sure": 0.6}})


@pytest.fixture(scope="module")
def items(pictures) -> list[Item]:
    return dataset.read_dataset(pictures).of("all")


@pytest.fixture(scope="module")
def answers(classifier, items) -> list[Prediction]:
    return classifier.classify([item.path for item in items])


@pytest.fixture(scope="module")
def report(classifier, items) -> EvaluationReport:
    return evaluate(classifier, items).report("all")


def by_hand_wilson(right: int, count: int) -> tuple[float, float]:
    z, share = 1.959963984540054, right / count
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z / (1 + z * z / count) * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return max(0.0, middle - half), min(1.0, middle + half)


def by_hand_calibration(confidences: list[float], right: list[bool]) -> float:
    error = 0.0
    for low in range(15):
        inside = [
            n for n, confidence in enumerate(confidences) if low <= confidence * 15 < low + 1 or (low == 14 and confidence == 1)
        ]
        if inside:
            mean = sum(confidences[n] for n in inside) / len(inside)
            accuracy = sum(right[n] for n in inside) / len(inside)
            error += len(inside) / len(confidences) * abs(accuracy - mean)
    return error


@given(some.integers(1, 500).flatmap(lambda count: some.tuples(some.integers(0, count), some.just(count))))
def test_the_interval_is_wilsons(pair):
    assert metrics.wilson(*pair) == pytest.approx(by_hand_wilson(*pair), abs=1e-9)


@given(some.lists(some.tuples(some.integers(0, 1000), some.booleans()), min_size=1, max_size=60))
def test_the_calibration_error_is_the_weighted_gap_over_15_bins(pairs):
    confidences, right = [n / 1000 for n, _ in pairs], [r for _, r in pairs]
    found = metrics.calibration_error(np.array(confidences), np.array(right))
    assert found == pytest.approx(by_hand_calibration(confidences, right), abs=1e-9)


def test_an_overconfident_classifier_has_the_gap_as_its_calibration_error():
    assert metrics.calibration_error(np.full(10, 0.95), np.arange(10) < 5) == pytest.approx(0.45)


def test_accuracy_interval_and_confusion_count_the_answers(report, items, answers):
    right = sum(item.label == answer.label for item, answer in zip(items, answers, strict=True))
    assert 0 < right < len(items), "the figures must be able to differ"
    assert report.count == len(items) == 24
    assert report.accuracy == right / 24
    assert report.interval == pytest.approx(by_hand_wilson(right, 24))
    expected = [[0] * 3 for _ in range(3)]
    for item, answer in zip(items, answers, strict=True):
        expected[report.classes.index(item.label)][report.classes.index(answer.label)] += 1
    assert report.confusion == expected
    assert report.classes == ["Bär", "cat", "two words"]


def test_precision_and_recall_follow_from_the_confusion_matrix(report):
    matrix = np.array(report.confusion)
    for place, label in enumerate(report.classes):
        figures, called = report.per_class[label], matrix[:, place].sum()
        assert figures["count"] == matrix[place].sum() == 8
        assert figures["recall"] == pytest.approx(matrix[place, place] / 8)
        assert figures["precision"] == pytest.approx(matrix[place, place] / called if called else 0)


def test_calibration_and_answered_follow_from_the_answers(report, items, answers):
    right = [item.label == answer.label for item, answer in zip(items, answers, strict=True)]
    sure = [answer.probability >= 0.6 for answer in answers]
    assert 0 < sum(sure) < 24
    assert report.calibration_error == pytest.approx(by_hand_calibration([a.probability for a in answers], right))
    assert report.answered == sum(sure) / 24
    assert report.answered_accuracy == pytest.approx(sum(r for r, s in zip(right, sure, strict=True) if s) / sum(sure))


def test_without_a_sure_answer_there_is_no_accuracy_of_them(classifier, items):
    sceptic = Classifier(classifier.model, {"thresholds": {"sure": 1.01}})
    report = evaluate(sceptic, items).report("all")
    assert (report.answered, report.answered_accuracy) == (0, None)


def test_the_top_losses_are_the_pictures_that_cost_most(report, items, answers):
    losses = {str(i.path): -math.log(a.probabilities[i.label]) for i, a in zip(items, answers, strict=True)}
    worst = sorted(losses, key=losses.get, reverse=True)[: evaluation.TOP_LOSSES]
    assert [row["loss"] for row in report.top_losses] == pytest.approx([losses[file] for file in worst], abs=1e-5)
    by_file = {str(item.path): answer for item, answer in zip(items, answers, strict=True)}
    for row in report.top_losses:
        assert row["label"] == Path(row["file"]).parent.name
        assert row["predicted"] == by_file[row["file"]].label
        assert row["probability"] == pytest.approx(by_file[row["file"]].probability)


def test_one_look_gives_report_thresholds_and_answers(classifier, items, report):
    counts = []
    found = evaluate(classifier, items, counts.append)
    assert counts == [24], "one batch"
    assert found.report("all") == report
    assert found.thresholds() == evaluate(classifier, items).thresholds()
    assert found.right.tolist() == [row["predicted"] == row["label"] for row in found.answers()]


def test_the_answers_hold_each_cell_of_the_confusion_matrix(classifier, items, answers, report):
    rows = evaluate(classifier, items).answers()
    assert [row["file"] for row in rows] == [str(item.path) for item in items]
    for row, answer in zip(rows, answers, strict=True):
        assert row["predicted"] == answer.label
        assert row["probability"] == pytest.approx(answer.probability)
        assert row["loss"] == pytest.approx(-math.log(answer.probabilities[row["label"]]), abs=1e-5)
    for i, actual in enumerate(report.classes):
        for j, predicted in enumerate(report.classes):
            cell = [row for row in rows if (row["label"], row["predicted"]) == (actual, predicted)]
            assert len(cell) == report.confusion[i][j]


def test_a_report_by_thresholds_just_found_is_that_of_a_classifier_with_these_on_its_card(classifier, items):
    found = evaluate(classifier, items)
    thresholds = {"sure": 0.5}
    expected = evaluate(Classifier(classifier.model, {"thresholds": thresholds}), items).report("valid")
    assert found.report("valid", found.sure(thresholds)) == expected
    assert expected.answered != found.report("valid").answered


def test_what_hears_of_the_progress_may_end_it(classifier, items):
    def stop(count: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evaluate(classifier, items, stop)


def test_a_report_is_json(report):
    assert json.loads(json.dumps(report.to_json()))["classes"] == report.classes


def test_a_broken_picture_is_listed_and_not_counted(classifier, items, tmp_path):
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50))
    report = evaluate(classifier, [*items, Item(tmp_path / "broken.png", "cat", "valid")]).report("all")
    assert report.count == 24
    assert [row["file"] for row in report.refused] == [str(tmp_path / "broken.png")]
    assert "breaks off" in report.refused[0]["error"]


def test_broken_pictures_among_others_shift_no_answer(classifier, items, answers, tmp_path):
    (tmp_path / "broken.png").write_bytes(b"")
    broken = Item(tmp_path / "broken.png", "cat", "valid")
    found = evaluate(classifier, [broken, *items[:10], broken, *items[10:]])
    assert [row["predicted"] for row in found.answers()] == [answer.label for answer in answers]
    assert len(found.refused) == 2


def test_only_broken_pictures_are_refused_with_the_first_reason(classifier, tmp_path):
    (tmp_path / "broken.png").write_bytes(b"")
    with pytest.raises(BadData, match=r"None of the 1 pictures .*empty"):
        evaluate(classifier, [Item(tmp_path / "broken.png", "cat", "valid")]).report("valid")


def test_a_class_that_the_model_does_not_know_is_refused_by_name(classifier, items):
    with pytest.raises(BadData, match="does not know the class “dog”; it knows Bär, cat, two words"):
        evaluate(classifier, [Item(items[0].path, "dog", "valid")]).report("valid")


def test_classes_without_pictures_are_rows_of_zeros(classifier, items):
    report = evaluate(classifier, [item for item in items if item.label == "cat"]).report("all")
    assert [sum(row) for row in report.confusion] == [0, 8, 0]
    assert report.per_class["Bär"] == {"precision": 0, "recall": 0, "count": 0}


def relabelled(items, answers, wrong) -> list[Item]:
    """Items filed under the class that they are taken for, except for the places in `wrong`."""
    labels = ("Bär", "cat", "two words")
    taken = [labels.index(answer.label) for answer in answers]
    return [
        Item(item.path, labels[(n + (k in wrong)) % 3], "valid") for k, (item, n) in enumerate(zip(items, taken, strict=True))
    ]


def test_sure_is_from_even_odds_when_every_answer_is_right(classifier, items, answers):
    lowest = min(answer.probability for answer in answers)
    found = evaluate(classifier, relabelled(items, answers, set())).thresholds()
    assert found["sure"] == pytest.approx(max(0.5, lowest), abs=1e-4)


def test_sure_is_the_lowest_share_above_which_95_percent_are_right(classifier, items, answers):
    order = sorted(range(24), key=lambda n: -answers[n].probability)
    wrong = set(order[9:])  # the nine likeliest answers are right
    found = evaluate(classifier, relabelled(items, answers, wrong)).thresholds()
    assert found["sure"] == pytest.approx(max(0.5, answers[order[8]].probability), abs=1e-4)


def test_sure_is_the_best_answer_alone_when_even_that_is_wrong(classifier, items, answers):
    found = evaluate(classifier, relabelled(items, answers, set(range(24)))).thresholds()
    assert found["sure"] == pytest.approx(max(answer.probability for answer in answers), abs=1e-4)


def test_an_export_without_features_has_no_threshold_of_familiarity(classifier, items):
    assert "familiar" not in evaluate(classifier, items).thresholds()
