"""python -m model train and augment, in this process; test_command_line.py has a whole training in one of its own."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
import run_folders
from PIL import Image
from samples import class_folders, photo
from small_networks import SMALL

from model import jobs
from model.__main__ import main
from model.artifacts import model_card, serving_state
from model.commands.augment import add as add_augment
from model.commands.train import add as add_train
from model.commands.train import config_from
from model.training.config import PRESETS, TrainConfig


@pytest.fixture
def model(capfd):
    """The command line in this process: its exit status, and what it printed, caught below Python."""

    def call(*arguments: object) -> tuple[int, str, str]:
        capfd.readouterr()
        return main(list(map(str, arguments))), *capfd.readouterr()

    return call


def parsed(*arguments: str) -> TrainConfig:
    import argparse

    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers()
    add_train(commands)
    add_augment(commands)
    return config_from(parser.parse_args(arguments))


def test_without_options_the_recipe_is_the_instant_preset_and_pictures_are_shown_as_the_quick_one_sees_them():
    assert parsed("train", "digits") == PRESETS["instant"]
    assert parsed("train", "digits", "--epochs", "5") == TrainConfig(epochs=5)


def test_each_option_changes_the_recipe():
    recipe = parsed(
        *("train", "digits", "--preset", "thorough", "--arch", "resnet34", "--size", "64", "--epochs", "3", "--lr", "0.01"),
        *("--crop", "pad", "--augment", "rotate, flip", "--init", "scratch", "--seed", "7", "--patience", "2"),
    )
    assert (recipe.preset, recipe.arch, recipe.size, recipe.epochs) == ("thorough", "resnet34", 64, 3)
    assert (recipe.learning_rate, recipe.crop, recipe.augment) == (0.01, "pad", ("rotate", "flip"))
    assert (recipe.init, recipe.seed, recipe.patience) == ("scratch", 7, 2)
    assert parsed("train", "digits", "--lr", "find").learning_rate == "find"
    assert parsed("train", "digits", "--augment", "none").augment == ()
    assert parsed("train", "digits").preset == "instant"
    assert parsed("train", "digits", "--preset", "quick").mirror is None
    assert [parsed("train", "digits", "--mirror", word).mirror for word in ("yes", "no")] == [True, False]
    assert parsed("augment", "a.jpg", "--out", "shown", "--mirror", "no").mirror is False


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--preset", "slow"),
        ("--crop", "round"),
        ("--augment", "flip,melt"),
        ("--mirror", "maybe"),
        ("--lr", "0"),
        ("--lr", "nan"),
        ("--lr", "high"),
        ("--seed", "-1"),
        ("--patience", "0"),
        ("--size", "0"),
    ],
)
def test_a_value_that_makes_no_sense_is_wrong_usage(option, value, capsys):
    with pytest.raises(SystemExit) as ended:
        parsed("train", "digits", option, value)
    assert ended.value.code == 2
    assert option in capsys.readouterr().err


TINY = ("--init", "scratch", "--arch", SMALL, "--size", "32", "--epochs", "1")


def test_a_run_keeps_its_events_report_history_export_and_card_in_its_folder(model, own_pictures, tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    status, out, err = model("train", own_pictures, *TINY, "--epochs", "2", "--run", folder, "--json")
    assert status == 0, err
    names = {path.name for path in folder.iterdir()}
    assert names == {"events.jsonl", "report.json", "history.csv", "export.pkl", "model-card.json"}
    result, report = json.loads(out), json.loads((folder / "report.json").read_text())
    assert result["out"] == str(folder / "export.pkl")
    assert model_card.admit(folder / "export.pkl", named=False)
    assert "answers" not in result
    assert {**result, "answers": report["answers"]} == report
    with (folder / "history.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["epoch"]) for row in rows] == [1, 2]
    assert [float(row["valid_loss"]) for row in rows] == [epoch["valid_loss"] for epoch in result["history"]]
    assert json.loads((folder / "events.jsonl").read_text().splitlines()[-1]) == {"event": "done", "result": result}


def test_without_a_place_the_export_lies_in_a_run_which_the_page_finds_and_serves_only_when_asked(
    model, own_pictures, own_runs, shipped_place, monkeypatch
):
    run_folders.export(shipped_place.parent, b"the shipped model")
    before = {file.name: file.read_bytes() for file in shipped_place.parent.iterdir()}
    (own_pictures / "README.txt").write_text("about these pictures")
    monkeypatch.chdir(own_pictures.parent)
    status, out, err = model("train", own_pictures.name, *TINY)
    (run,) = jobs.list_runs("train")
    assert status == 0, err
    assert "README.txt: lies beside the class folders" in err
    assert f"--model {run.folder / 'export.pkl'}" in out
    assert (run.state, run.arguments[0], run.option("--preset")) == ("done", str(own_pictures), "quick")
    assert {"report.json", "history.csv", "export.pkl", "model-card.json"} <= {file.name for file in run.folder.iterdir()}
    assert serving_state.serving() == shipped_place
    status, out, _ = model("train", own_pictures, *TINY, "--use", "--json")
    newest = jobs.latest("train")
    assert json.loads(out)["out"] == str(newest.folder / "export.pkl")
    assert serving_state.serving() == newest.folder / "export.pkl"
    assert serving_state.previous() == shipped_place
    assert {file.name: file.read_bytes() for file in shipped_place.parent.iterdir()} == before


def test_a_training_that_comes_to_nothing_leaves_no_run(model, own_runs, tmp_path):
    assert model("train", tmp_path / "nowhere")[0] == 1
    assert model("train", class_folders(tmp_path / "one", {"a": 3}), *TINY)[0] == 1
    assert jobs.list_runs() == []
    assert list(own_runs.iterdir()) == []


def test_a_broken_picture_is_status_1_and_a_file_that_is_none_is_not(model, own_pictures, tmp_path):
    (own_pictures / "cat" / "notes.txt").write_text("cats are nice")
    status, out, err = model("train", own_pictures, *TINY, "--out", tmp_path / "a.pkl", "--json")
    assert (status, json.loads(out)["refused"]) == (0, [])
    assert "notes.txt: is not a picture" in err
    (own_pictures / "cat" / "page.jpg").write_text("<html>")
    status, out, _ = model("train", own_pictures, *TINY, "--out", tmp_path / "a.pkl", "--json")
    page = {"file": str(own_pictures / "cat" / "page.jpg"), "error": "is not a picture"}
    assert (status, json.loads(out)["refused"]) == (1, [page])


def test_letters_are_not_mirrored_which_is_said_and_can_be_said_otherwise(model, tmp_path):
    letters = class_folders(tmp_path / "letters", {"A": 6, "B": 6})
    options = [*TINY, "--out", tmp_path / "a.pkl", "--json"]
    _, guessed, guessed_told = model("train", letters, *options)
    _, chosen, chosen_told = model("train", letters, *options, "--mirror", "yes")
    assert "These look like signs or letters: not mirrored. Where that is wrong: --mirror yes." in guessed_told
    assert "not mirrored" not in chosen_told
    assert [json.loads(out)["mirrored"] for out in (guessed, chosen)] == [False, True]
    assert model_card.read(tmp_path / "a.pkl").recipe["mirror"] is True


def test_there_must_be_something_to_compare_with(model, pictures, tmp_path):
    status, out, _ = model("train", pictures, "--compare", tmp_path / "nothing.pkl", "--out", tmp_path / "new.pkl", "--json")
    assert status == 2
    assert "There is no export" in json.loads(out)["error"]


def test_augment_writes_as_many_pictures_of_the_recipe_s_size_as_were_asked_for(model, tmp_path):
    photo(200, 150).save(tmp_path / "one.png")
    status, out, err = model("augment", tmp_path / "one.png", "--out", tmp_path / "shown", "--count", 3, "--size", 64, "--json")
    assert status == 0, err
    files = json.loads(out)["files"]
    assert [str(path) for path in sorted((tmp_path / "shown").iterdir())] == files
    assert [Image.open(file).size for file in files] == [(64, 64)] * 3
    assert len({Path(file).read_bytes() for file in files}) == 3


def test_augment_refuses_what_is_no_picture_in_a_sentence(model, tmp_path):
    (tmp_path / "notes.txt").write_text("not a picture")
    status, out, err = model("augment", tmp_path / "notes.txt", "--out", tmp_path / "shown", "--json")
    assert status == 1
    assert "not a picture" in json.loads(out)["error"]
    assert "Traceback" not in err
