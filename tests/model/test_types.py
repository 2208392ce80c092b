import dataclasses
import json
from pathlib import Path

import pytest

from model.types import EvaluationReport, Item, Prediction

ANSWER = Prediction("Bär", 0.7, {"two words": 0.1, "Bär": 0.7, "cat": 0.2}, "sure", 0.02)


def test_a_prediction_survives_the_way_through_json():
    assert Prediction.from_json(json.loads(json.dumps(ANSWER.to_json()))) == ANSWER


def test_a_prediction_keeps_the_order_of_the_vocabulary():
    assert list(ANSWER.to_json()["probabilities"]) == ["two words", "Bär", "cat"]


def test_a_prediction_ranks_its_classes_likeliest_first():
    assert ANSWER.ranked() == [("Bär", 0.7), ("cat", 0.2), ("two words", 0.1)]


def test_a_prediction_ignores_fields_that_a_later_server_adds():
    assert Prediction.from_json({**ANSWER.to_json(), "heatmap": []}) == ANSWER


def test_a_note_travels_where_there_is_one_and_is_no_field_of_older_answers():
    assert "note" not in ANSWER.to_json()
    noted = dataclasses.replace(ANSWER, note="The lower part is missing.")
    assert Prediction.from_json(noted.to_json()) == noted


def test_a_prediction_without_a_field_is_an_error():
    data = ANSWER.to_json()
    del data["status"]
    with pytest.raises(KeyError):
        Prediction.from_json(data)


@pytest.mark.parametrize("thing", [ANSWER, Item(Path("a.jpg"), "cat", "train")])
def test_what_travels_cannot_be_changed(thing):
    with pytest.raises(dataclasses.FrozenInstanceError):
        thing.label = "dog"


def test_a_report_turns_into_json_with_every_field():
    report = EvaluationReport("valid", 1, 1.0, (0.2, 1.0), ["a", "b"], [[1, 0], [0, 0]], {}, 0.1, 1.0, None, [], [])
    data = json.loads(json.dumps(report.to_json()))
    assert set(data) == {field.name for field in dataclasses.fields(EvaluationReport)}
    assert data["answered_accuracy"] is None
