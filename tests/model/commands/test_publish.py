"""`python -m model publish`: what it compares by, and how it is called."""

from __future__ import annotations

import argparse
import json

import pytest
from samples import class_folders

from model.__main__ import main
from model.commands.publish import _validation
from model.core import PROJECT


def options(data=None, labels=None) -> argparse.Namespace:
    return argparse.Namespace(data=data, labels=labels)


def run_of(folder, data) -> None:
    about = {
        "kind": "train",
        "arguments": [str(data), "--preset", "instant"],
        "pid": 1,
        "begun": None,
        "started": "2026-01-01T00:00:00",
    }
    (folder / "run.json").write_text(json.dumps(about))


def test_the_validation_pictures_are_those_that_the_run_of_a_model_did_not_learn_from(tmp_path):
    data = class_folders(tmp_path / "animals", {"cat": 12, "dog": 12})
    run_of(tmp_path, data)
    found = _validation(options(), tmp_path / "export.pkl")
    assert found
    assert {item.split for item in found} == {"valid"}
    assert [item.path for item in found] == [item.path for item in _validation(options(str(data)), PROJECT / "export.pkl")]


def test_there_are_none_where_the_folder_is_gone_or_nothing_says_which_it_was(tmp_path):
    assert _validation(options(), tmp_path / "export.pkl") == []
    run_of(tmp_path, tmp_path / "gone")
    assert _validation(options(), tmp_path / "export.pkl") == []


def test_examples_without_pictures_are_refused_with_what_to_do(capsys, tmp_path):
    assert main(["publish", "static", "--examples", "--out", str(tmp_path / "site"), "--json"]) == 2
    assert "--data" in json.loads(capsys.readouterr().out)["error"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("wrong", [["publish"], ["publish", "nowhere"], ["publish", "static", "--pictures", "0"]])
def test_wrong_usage_has_status_2(wrong, capsys):
    with pytest.raises(SystemExit) as ended:
        main(wrong)
    assert ended.value.code == 2
