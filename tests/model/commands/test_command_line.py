"""`python -m model ...` as people and programs call it: exit status, one JSON document, sentences."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from samples import encoded, photo

from model.__main__ import _parser, main
from model.artifacts import model_card
from model.classifier import Classifier
from model.core import PROJECT, files


class Done:
    def __init__(self, status: int, out: str, err: str):
        self.status, self.out, self.err = status, out, err

    @property
    def document(self) -> dict:
        """Standard output, which must be one JSON document and nothing else."""
        return json.loads(self.out)


@pytest.fixture
def run(capfd):
    """The command line in this process; what it prints is caught below Python."""

    def call(*arguments: str) -> Done:
        capfd.readouterr()
        try:
            status = main([str(argument) for argument in arguments])
        except SystemExit as end:
            status = end.code
        return Done(status, *capfd.readouterr())

    return call


@pytest.fixture
def picture(tmp_path) -> Path:
    file = tmp_path / "häuser am see.png"
    photo().save(file)
    return file


def test_predict_gives_one_result_per_picture(run, tiny_export, picture):
    done = run("predict", "--json", "--model", tiny_export, picture, picture)
    assert done.status == 0
    results = done.document["results"]
    assert [result["file"] for result in results] == [str(picture)] * 2
    expected = Classifier.load(tiny_export).classify([picture])[0]
    assert {"file", "label", "probability", "probabilities", "status"} <= set(results[0])
    assert results[0]["probabilities"] == pytest.approx(expected.probabilities)
    assert list(results[0]["probabilities"]) == ["Bär", "cat", "two words"]


def test_a_refused_picture_has_its_sentence_in_its_place_and_status_1(run, tiny_export, picture, tmp_path):
    (tmp_path / "text.jpg").write_text("no picture")
    done = run("predict", "--json", "--model", tiny_export, tmp_path / "text.jpg", picture, tmp_path / "nowhere.png")
    assert done.status == 1
    refused, good, missing = done.document["results"]
    assert set(refused) == set(missing) == {"file", "error"}
    assert "not a picture" in refused["error"]
    assert "nowhere.png" in missing["error"]
    assert "label" in good


def test_predict_notes_what_was_made_of_a_file_that_breaks_off(run, tiny_export, tmp_path):
    (tmp_path / "half.jpg").write_bytes(encoded(photo(320, 240), "JPEG", quality=85)[:-2500])
    done = run("predict", "--json", "--model", tiny_export, tmp_path / "half.jpg")
    assert done.status == 0
    assert "lower part is missing" in json.loads(done.out)["results"][0]["note"]
    assert "lower part is missing" in done.err


def test_predict_says_why_in_pictures_and_writes_over_none(run, explaining_export, picture, tmp_path):
    (tmp_path / "text.jpg").write_text("no picture")
    why = tmp_path / "why"
    for _ in range(2):
        done = run("predict", "--json", "--model", explaining_export, "--explain", why, picture, tmp_path / "text.jpg")
        assert done.status == 1
        explained, refused = done.document["results"]
    assert "explanation" not in refused
    found = explained["explanation"]
    assert found["label"] == explained["label"]
    assert sorted(file.name for file in why.iterdir()) == sorted(
        f"{picture.stem}-{name}.jpg" for name in ("heat", "heat-2", "seen", "seen-2")
    )
    assert found["heat"] == str(why / f"{picture.stem}-heat-2.jpg")
    assert found["similar"] == []


def test_predict_says_where_it_cannot_write_why(run, explaining_export, picture, tmp_path):
    (tmp_path / "why").write_text("a file")
    done = run("predict", "--model", explaining_export, "--explain", tmp_path / "why", picture)
    assert done.status == 2
    assert "name a folder that you may write to" in done.err


def test_predict_without_json_is_a_line_for_people(run, tiny_export, picture, tmp_path):
    (tmp_path / "text.jpg").write_text("no picture")
    done = run("predict", "--model", tiny_export, picture, tmp_path / "text.jpg")
    assert done.status == 1
    assert done.out.count("\n") == 1
    assert done.out.startswith(f"{picture}: ") and "%" in done.out
    assert "text.jpg: This file is not a picture" in done.err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["predict"],
        ["dance"],
        ["train"],
        ["train", "digits", "--epochs", "0"],
        ["train", "digits", "--size", "big"],
        ["evaluate", "digits", "--split", "half"],
        ["train", "digits", "--arch", "resnet19"],
        ["train", "digits", "--out", "nowhere/at/all.pkl"],
        ["serve", "--port", "99999"],
        ["serve", "--port", "0"],
        ["serve", "--idle", "-1"],
        ["serve", "--idle", "nan"],
    ],
)
def test_wrong_usage_is_status_2_and_silent_on_standard_output(run, arguments):
    done = run(*arguments)
    assert done.status == 2
    assert done.out == ""
    assert done.err


def test_an_error_is_one_sentence_on_standard_error_and_a_json_document_where_asked(run, tmp_path):
    for arguments in (["predict", "--model", tmp_path / "nowhere.pkl", "a.png"], ["evaluate", tmp_path / "nowhere"]):
        done = run(*arguments)
        assert (done.status, done.out) == (1, "")
        assert "There is no" in done.err
        assert "Traceback" not in done.err
        asked = run(*arguments, "--json")
        assert asked.status == 1
        assert asked.document == {"error": done.err.strip()}


def test_the_default_model_is_opened_only_as_its_card_says(run, tiny_export, picture, shipped_place):
    export = Path(shutil.copy(tiny_export, shipped_place))
    refused = run("predict", "--json", picture)
    assert refused.status == 1
    assert "--model" in refused.document["error"]
    model_card.write(export, model_card.ModelCard(sha256=files.checksum(export)))
    assert run("predict", "--json", picture).status == 0


def test_evaluate_has_the_keys_of_the_contract(run, tiny_export, own_pictures):
    done = run("evaluate", "--json", "--model", tiny_export, own_pictures, "--split", "all")
    assert done.status == 0
    keys = "accuracy interval confusion classes per_class calibration_error answered answered_accuracy top_losses"
    assert set(keys.split()) <= set(done.document)
    assert sum(map(sum, done.document["confusion"])) == 24


def test_evaluate_takes_validation_pictures_and_test_pictures_only_when_asked(run, tiny_export, pictures, tmp_path):
    for split in ("train", "valid"):
        shutil.copytree(pictures, tmp_path / "data" / split)
    shutil.copytree(pictures / "cat", tmp_path / "data" / "test" / "cat")
    done = run("evaluate", "--json", "--model", tiny_export, tmp_path / "data")
    assert (done.document["split"], done.document["count"]) == ("valid", 24)
    assert not (tmp_path / "data" / ".voilens" / "test-looks.json").exists()
    done = run("evaluate", "--json", "--model", tiny_export, tmp_path / "data", "--split", "test")
    assert (done.document["split"], done.document["count"]) == ("test", 8)


def test_evaluate_with_a_broken_picture_is_status_1_and_still_measures_the_rest(run, tiny_export, own_pictures):
    (own_pictures / "cat" / "broken.png").write_bytes(encoded(photo())[:300])
    done = run("evaluate", "--json", "--model", tiny_export, own_pictures, "--split", "all")
    assert done.status == 1
    assert done.document["count"] == 24
    assert "broken.png" in done.err


@pytest.mark.parametrize("command", [["evaluate", "--split", "all"], ["score"]])
def test_a_file_that_is_no_picture_is_told_and_is_no_failure(run, tiny_export, own_pictures, command):
    (own_pictures / "README.txt").write_text("about these pictures")
    (own_pictures / "cat" / "notes.txt").write_text("cats are nice")
    done = run(*command, "--json", "--model", tiny_export, own_pictures)
    assert (done.status, done.document["refused"]) == (0, [])
    assert {Path(file["file"]).name for file in done.document["left_out"]} == {"README.txt", "notes.txt"}
    assert "README.txt: lies beside the class folders" in done.err


def test_evaluate_with_a_file_that_is_called_a_picture_and_is_none_is_status_1_and_names_it(run, tiny_export, own_pictures):
    (own_pictures / "cat" / "notes.jpg").write_text("no picture")
    done = run("evaluate", "--json", "--model", tiny_export, own_pictures, "--split", "all")
    assert done.status == 1
    assert done.document["count"] == 24
    assert done.document["refused"] == [{"file": str(own_pictures / "cat" / "notes.jpg"), "error": "is not a picture"}]
    assert "notes.jpg: is not a picture" in done.err


@pytest.mark.parametrize("json", [[], ["--json"]])
def test_score_is_status_1_where_a_file_cannot_be_taken_for_a_picture(run, tiny_export, own_pictures, json):
    assert run("score", *json, "--model", tiny_export, own_pictures).status == 0
    (own_pictures / "cat" / "broken.png").write_bytes(encoded(photo())[:300])
    done = run("score", *json, "--model", tiny_export, own_pictures)
    assert done.status == 1
    assert done.out
    assert "broken.png: This picture breaks off" in done.err
    (own_pictures / "cat" / "broken.png").write_bytes(b"no picture")
    done = run("score", *json, "--model", tiny_export, own_pictures)
    assert done.status == 1
    assert "broken.png: is not a picture" in done.err


def test_evaluate_without_json_is_a_sentence_and_a_table(run, tiny_export, own_pictures):
    done = run("evaluate", "--model", tiny_export, own_pictures, "--split", "all")
    lines = done.out.splitlines()
    assert "of 24 all pictures right" in lines[0]
    assert [line.split()[0] for line in lines[2:]] == ["Bär", "cat", "two"]


def test_a_file_name_that_is_no_text_is_answered_too(tiny_export, tmp_path):
    name = b"caf\xe9.png"
    try:
        (tmp_path / "x.png").write_bytes(encoded(photo()))
        (tmp_path / "x.png").rename(tmp_path / name.decode(errors="surrogateescape"))
    except OSError:
        pytest.skip("this file system takes no such names")
    command = [sys.executable, "-m", "model", "predict", "--json", "--model", str(tiny_export), name]  # as seen from there
    done = subprocess.run(command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(PROJECT)}, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    assert "label" in json.loads(done.stdout)["results"][0]


@pytest.mark.slow
def test_digits_are_trained_on_and_measured_from_anywhere(run, tmp_path):
    """The real program, from the command line to the figures, with what libraries print kept off standard output."""
    out = tmp_path / "digits.pkl"
    command = [sys.executable, "-m", "model", "train", "digits", "--json", "--out", str(out), "--init", "scratch"]
    command += ["--arch", "squeezenet1_1", "--size", "32", "--epochs", "1", "--seed", "1"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    keys = "accuracy error_rate valid_loss classes train_count valid_count seconds out history"
    assert set(keys.split()) <= set(result)
    assert result["classes"] == list("0123456789")
    assert "epoch 1 of 1" in done.stderr
    assert model_card.read(out).sha256 == files.checksum(out)

    measured = run("evaluate", "--json", "digits", "--model", out, "--split", "valid").document
    assert measured["accuracy"] == pytest.approx(result["accuracy"])
    assert measured["count"] == result["valid_count"]


@pytest.mark.parametrize("command", ["train", "evaluate", "baselines", "overview", "scan", "score", "changes"])
def test_every_command_that_takes_a_folder_takes_the_labels_of_a_csv_too(command):
    more = ["list"] if command == "changes" else []
    assert _parser().parse_args([command, "pictures", *more, "--labels", "a.csv"]).labels == Path("a.csv")


def test_a_flat_folder_is_told_what_to_give_and_that_can_be_given(run, tmp_path):
    (tmp_path / "images").mkdir()
    for number in range(12):
        (tmp_path / "images" / f"{number}.png").write_bytes(encoded(photo(16, 16, seed=number)))
    rows = [f"{number};{'ab'[number % 2]}" for number in range(12)]
    (tmp_path / "labels.csv").write_text("\n".join(["\ufeffId;Breed", *rows]), encoding="utf-8")
    told = run("train", tmp_path, "--out", tmp_path / "new.pkl")
    assert told.status == 1
    given = [tmp_path, "--labels", tmp_path / "labels.csv"]
    assert f"Give it as {' '.join(map(str, given))}." in told.err
    assert [row["label"] for row in run("overview", *given, "--json").document["classes"]] == ["a", "b"]
    assert run("scan", *given, "--json").document == {"pictures": 12, "left_out": [], "refused": []}
    ladder = run("baselines", *given, "--json").document
    assert ladder["classes"] == ["a", "b"]
    assert run("changes", *given[:1], "list", *given[1:], "--json").document == {"pending": [], "labels": str(given[2])}
