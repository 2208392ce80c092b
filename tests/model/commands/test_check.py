"""python -m model check, as a person and as a program call it."""

from __future__ import annotations

import json

import pytest

from model.__main__ import main


def test_check_says_what_an_export_is_and_runs_nothing_of_it(tiny_export, capsys):
    assert main(["check", "--json", str(tiny_export)]) == 0
    document = json.loads(capsys.readouterr().out)
    assert set(document) == {"safe", "classes", "imports", "problems"}
    assert document["safe"] is True
    assert document["classes"] == ["Bär", "cat", "two words"]
    assert document["problems"] == []
    assert main(["check", str(tiny_export)]) == 0
    said = capsys.readouterr()
    assert "fastai.learner.Learner" in said.out
    assert said.err == ""


def test_check_ends_with_1_where_there_are_problems(tmp_path, capsys):
    file = tmp_path / "e.pkl"
    file.write_bytes(b"cos\nsystem\n(S'touch ran'\ntR.")
    assert main(["check", "--json", str(file)]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["safe"] is False
    assert document["imports"] == ["os.system"]
    assert "os.system" in document["problems"][0]
    assert main(["check", str(file)]) == 1
    assert "os.system" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["check"], ["check", "a.pkl", "b.pkl"]])
def test_check_takes_one_file(arguments):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2


def test_check_of_a_file_that_is_not_there_is_one_sentence(tmp_path, capsys):
    assert main(["check", str(tmp_path / "nowhere.pkl")]) == 1
    assert "There is no model file" in capsys.readouterr().err
