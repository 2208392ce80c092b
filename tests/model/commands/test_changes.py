"""`python -m model changes` as people and programs call it."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from model.__main__ import main
from model.core import PROJECT
from model.journal.journal import Journal


@pytest.fixture
def folder(tmp_path) -> Path:
    for file in ("cat/1.jpg", "cat/2.jpg", "dog/1.jpg"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text(file)
    return tmp_path


@pytest.fixture
def marked(folder) -> Path:
    with closing(Journal(folder)) as log:
        log.mark(["cat/1.jpg"], "relabel", "dog")
        log.mark(["cat/2.jpg"], "delete")
    return folder


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.glob("*/*.jpg"))


def test_changes_are_listed_applied_and_undone_as_one_json_document_each(marked, capsys):
    def call(what: str) -> dict:
        assert main(["changes", str(marked), what, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    relabel = {"file": str(marked / "cat/1.jpg"), "action": "relabel", "label": "dog", "to": None}
    delete = {"file": str(marked / "cat/2.jpg"), "action": "delete", "label": None, "to": None}
    assert call("list") == {"pending": [relabel, delete]}
    applied = call("apply")["applied"]
    assert applied[0] == relabel | {"to": str(marked / "dog/1-2.jpg")}
    assert Path(applied[1]["to"]).read_text() == "cat/2.jpg"
    assert files(marked) == ["dog/1-2.jpg", "dog/1.jpg"]
    assert call("apply") == {"applied": []}
    assert call("list") == {"pending": []}
    assert call("undo") == {"undone": applied}
    assert files(marked) == ["cat/1.jpg", "cat/2.jpg", "dog/1.jpg"]
    assert call("list") == {"pending": [relabel, delete]}
    assert call("undo") == {"undone": []}


def test_what_was_deleted_is_removed_for_good_on_demand_alone(marked, capsys):
    main(["changes", str(marked), "apply"])
    capsys.readouterr()
    assert main(["changes", str(marked), "empty-trash", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"removed": 1}
    assert not list((marked / ".voilens").glob("trash/**/*.jpg"))
    main(["changes", str(marked), "empty-trash"])
    assert capsys.readouterr().err == "0 deleted pictures are removed for good.\n"
    main(["changes", str(marked), "undo", "--json"])
    assert [change["file"] for change in json.loads(capsys.readouterr().out)["undone"]] == [str(marked / "cat/1.jpg")]


def test_files_are_printed_as_the_folder_was_named(marked):
    command = [sys.executable, "-m", "model", "changes", marked.name, "list", "--json"]
    done = subprocess.run(command, cwd=marked.parent, capture_output=True, text=True, env={"PYTHONPATH": str(PROJECT)})
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["pending"][0]["file"] == str(Path(marked.name, "cat", "1.jpg"))


def test_for_people_each_change_is_a_line_that_says_when_a_name_was_taken(marked, capsys):
    assert main(["changes", str(marked), "list"]) == 0
    assert capsys.readouterr().out == "cat/1.jpg: relabel dog\ncat/2.jpg: delete\n"
    assert main(["changes", str(marked), "apply"]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first == "cat/1.jpg: relabel dog → dog/1-2.jpg (1.jpg was taken)"
    assert second.startswith("cat/2.jpg: delete → .voilens/trash/")
    assert main(["changes", str(marked), "undo"]) == 0
    assert capsys.readouterr().out.startswith("cat/1.jpg: relabel dog ← dog/1-2.jpg")


@pytest.mark.parametrize("what", ["list", "apply", "undo"])
def test_where_nothing_is_to_be_done_that_is_said(folder, what, capsys):
    assert main(["changes", str(folder), what]) == 0
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(("No changes", "There was nothing"))


def test_a_refusal_is_status_1_and_a_sentence_that_lists_the_files(marked, capsys):
    (marked / "cat" / "1.jpg").write_text("edited since")
    assert main(["changes", str(marked), "apply", "--json"]) == 1
    printed = capsys.readouterr()
    assert json.loads(printed.out) == {"error": printed.err.strip()}
    assert "cat/1.jpg" in printed.err
    assert files(marked) == ["cat/1.jpg", "cat/2.jpg", "dog/1.jpg"]


def test_labels_of_a_csv_are_cleaned_in_a_copy_that_is_named(folder, capsys):
    labels = folder / "labels.csv"
    labels.write_text("file,label\ncat/1.jpg,tabby\ncat/2.jpg,tabby\n")
    with closing(Journal(folder, labels)) as log:
        log.mark(["cat/1.jpg"], "relabel", "tiger")
    assert main(["changes", str(folder), "apply", "--labels", str(labels), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    file = str(folder / "cat/1.jpg")
    assert document["applied"] == [{"file": file, "action": "relabel", "label": "tiger", "to": file}]
    assert Path(document["labels"]).read_text() == "file,label\ncat/1.jpg,tiger\ncat/2.jpg,tabby\n"
    assert main(["changes", str(folder), "undo", "--labels", str(labels)]) == 0
    assert f"labels are now in {labels}" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["."], [".", "dance"], ["list"], [".", "list", "more"]])
def test_wrong_usage_is_status_2(arguments, capsys):
    with pytest.raises(SystemExit) as end:
        main(["changes", *arguments])
    assert end.value.code == 2
    assert capsys.readouterr().out == ""


def test_a_folder_that_is_not_there_is_said(tmp_path, capsys):
    assert main(["changes", str(tmp_path / "nowhere"), "list"]) == 1
    assert "There is no folder" in capsys.readouterr().err
