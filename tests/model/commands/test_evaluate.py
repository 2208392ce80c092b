"""`python -m model evaluate` beyond the contract: comparing two exports, the run folder, looks at the test pictures."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import exports
import fastai.vision.all as fv
import pytest

from model.__main__ import main
from model.classifier import Classifier
from model.core import files
from model.data import dataset
from model.evaluation import test_set_log


@pytest.fixture
def call(capsys):
    """The command with --json: the exit status, and the document on standard output."""

    def call(*arguments) -> tuple[int, dict]:
        capsys.readouterr()
        status = main(["evaluate", "--json", *map(str, arguments)])
        return status, json.loads(capsys.readouterr().out)

    return call


@pytest.fixture(scope="module")
def other_export(pictures, tmp_path_factory) -> Path:
    """An export that gives other answers than the tiny one, because its pictures are not normalised."""
    return exports.ready(exports.export(pictures, tmp_path_factory.mktemp("other") / "other.pkl", item_tfms=fv.Resize(32)))


@pytest.fixture
def with_test(pictures, tmp_path) -> Path:
    for split in ("train", "valid", "test"):
        shutil.copytree(pictures, tmp_path / "data" / split)
    return tmp_path / "data"


def test_two_exports_are_compared_on_the_same_pictures(call, own_pictures, tiny_export, other_export):
    status, document = call(own_pictures, "--split", "all", "--model", tiny_export, "--compare", other_export)
    items = dataset.read_dataset(own_pictures).of("all")
    first, second = (
        [a.label == i.label for a, i in zip(Classifier.load(e).classify([i.path for i in items]), items, strict=True)]
        for e in (other_export, tiny_export)
    )
    found = document["comparison"]
    assert status == 0
    assert first != second, "the two must differ"
    assert found["first_only"] == sum(a and not b for a, b in zip(first, second, strict=True))
    assert found["second_only"] == sum(b and not a for a, b in zip(first, second, strict=True))
    assert (found["count"], found["second_accuracy"]) == (24, document["accuracy"])
    assert found["sentence"].startswith(("Better", "Worse", "Cannot tell", "The same"))


def test_a_model_compared_with_itself_on_few_pictures_is_no_proof_of_sameness(call, own_pictures, tiny_export, capsys):
    _, document = call(own_pictures, "--split", "all", "--model", tiny_export, "--compare", tiny_export)
    assert (document["comparison"]["difference"], document["comparison"]["verdict"]) == (0, "cannot tell")
    main(["evaluate", str(own_pictures), "--split", "all", "--model", str(tiny_export), "--compare", str(tiny_export)])
    assert capsys.readouterr().out.splitlines()[-1] == document["comparison"]["sentence"]


def test_without_another_export_there_is_no_comparison(call, own_pictures, tiny_export):
    assert "comparison" not in call(own_pictures, "--split", "all", "--model", tiny_export)[1]


def test_an_export_to_compare_with_that_is_not_there_is_a_sentence(own_pictures, tiny_export, capsys):
    assert main(["evaluate", str(own_pictures), "--model", str(tiny_export), "--compare", "nowhere.pkl"]) == 1
    assert "There is no model file at nowhere.pkl" in capsys.readouterr().err


def test_the_run_folder_gets_a_report_with_every_answer(call, own_pictures, tiny_export, tmp_path):
    _, document = call(own_pictures, "--split", "all", "--model", tiny_export, "--run", tmp_path)
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert {key: report[key] for key in document} == document
    assert "answers" not in document
    assert len(report["answers"]) == 24
    assert set(report["answers"][0]) == {"file", "label", "predicted", "probability", "loss"}
    events = [json.loads(line) for line in (tmp_path / "events.jsonl").read_text(encoding="utf-8").splitlines()]
    assert events[0] == {"event": "evaluating", "done": 24, "total": 24}
    assert events[-1] == {"event": "done", "result": report}


def test_a_stop_that_was_asked_for_ends_it(own_pictures, tiny_export, tmp_path, capsys):
    (tmp_path / "stop").touch()
    assert main(["evaluate", str(own_pictures), "--split", "all", "--model", str(tiny_export), "--run", str(tmp_path)]) == 1
    assert json.loads((tmp_path / "events.jsonl").read_text().splitlines()[-1])["event"] == "stopped"
    assert not (tmp_path / "report.json").exists()


def test_each_look_at_the_test_pictures_is_counted_and_said(call, with_test, tiny_export, other_export, capsys):
    counts = [call(with_test, "--model", tiny_export, "--split", "test")[1]["test_looks"] for _ in range(2)]
    assert counts == [1, 2]
    assert call(with_test, "--model", tiny_export, "--split", "test", "--compare", other_export)[1]["test_looks"] == 4
    assert call(with_test, "--model", tiny_export, "--split", "all")[1]["test_looks"] == 5
    kept = [use["model"] for use in test_set_log.test_uses(with_test)]
    assert kept == [files.checksum(e) for e in (tiny_export, tiny_export, tiny_export, other_export, tiny_export)]
    main(["evaluate", str(with_test), "--split", "test", "--model", str(tiny_export)])
    assert "looked at 6 times" in capsys.readouterr().err


def test_how_a_figure_was_got_stands_beside_it(call, own_pictures, with_test, tiny_export, capsys):
    how = [call(data, "--model", tiny_export)[1]["how"] for data in (own_pictures, with_test)]
    assert how[0] == "On validation pictures, not learned from, drawn by a hash of their bytes."
    assert how[1] == "On validation pictures, not learned from, in a folder of their own."
    assert "test pictures, kept for the end" in call(with_test, "--model", tiny_export, "--split", "test")[1]["how"]
    main(["evaluate", str(own_pictures), "--model", str(tiny_export), "--split", "all"])
    first, second = capsys.readouterr().out.splitlines()[:2]
    assert "95 % interval" in first
    assert second == "On all the pictures of the folder: a model that was trained on it has learned from most of them."


def test_a_look_at_validation_pictures_is_none_at_the_test_pictures(call, with_test, tiny_export):
    _, document = call(with_test, "--model", tiny_export)
    assert (document["test_looks"], document["has_test"]) == (None, True)
    assert not (with_test / ".voilens").exists()


def test_degraded_copies_are_measured_when_asked_for(call, own_pictures, tiny_export, capsys):
    status, document = call(own_pictures, "--split", "all", "--model", tiny_export, "--degraded")
    assert status == 0
    assert [row["name"] for row in document["degraded"]] == ["grey", "dark", "blurred", "turned_15", "turned_90", "tinted"]
    assert {row["count"] for row in document["degraded"]} == {24}
    assert main(["evaluate", str(own_pictures), "--split", "all", "--model", str(tiny_export), "--degraded"]) == 0
    assert "grey: " in capsys.readouterr().out
    assert "degraded" not in call(own_pictures, "--split", "all", "--model", tiny_export)[1]
