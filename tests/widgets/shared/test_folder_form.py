"""Choosing a folder, without a browser: what lies there, or why it cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser_messages import message
from samples import class_folders

from model.jobs import runs
from widgets.shared.folder_form import FolderForm
from widgets.shared.project import Project
from widgets.train.panel import TrainPanel

pytestmark = pytest.mark.usefixtures("own_runs")


@pytest.fixture
def folder(tmp_path) -> Path:
    return class_folders(tmp_path / "pets", {"cat": 9, "dog": 9})


def test_a_folder_is_looked_into_before_anything_runs(folder):
    source, heard = FolderForm(Project()), []
    source.on_data(lambda data, labels: heard.append((data, labels)))
    message(source, type="look", data=f' "{folder}" ')
    assert source.state == "ready"
    assert source.sentence.startswith("18 pictures in 2 classes: ")
    assert [row["label"] for row in source.overview["classes"]] == ["cat", "dog"]
    assert heard == [(str(folder), "")]
    assert runs.list_runs() == []  # a look leaves nothing behind


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (lambda at: None, "There is no folder"),
        (lambda at: at.mkdir(), "holds no classes"),
        (lambda at: class_folders(at, {"cat": 3}), "one class only"),
        (lambda at: class_folders(at, {"cat": 3, "dog": 1}), "at least two are needed"),
        (lambda at: class_folders(at, {"cat": 3, "Cat ": 3}), "differ only by case or spaces"),
    ],
)
def test_what_is_wrong_with_a_folder_is_a_sentence(tmp_path, made, said):
    made(tmp_path / "pets")
    source, heard = FolderForm(Project()), []
    source.on_data(lambda data, labels: heard.append((data, labels)))
    source.look(str(tmp_path / "pets"))
    assert source.state == "refused"
    assert said in source.sentence
    assert heard == []


def test_no_path_at_all_is_a_sentence_too():
    source = FolderForm(Project())
    message(source, type="look", data="  ")
    assert source.state == "refused"
    assert source.sentence.startswith("Choose a folder first")


@pytest.mark.parametrize(
    "content",
    [{}, {"type": "look"}, {"type": "look", "data": 3}, {"type": "pick", "place": 99}, {"type": "pick", "place": "x"}],
)
def test_a_crafted_message_changes_nothing(content):
    source = FolderForm(Project())
    message(source, **content)
    assert source.state == "empty"
    assert source.picked == 0


def test_a_relative_path_is_kept_absolute_for_runs_work_elsewhere(folder, monkeypatch):
    monkeypatch.chdir(folder.parent)
    project = Project()
    panel = TrainPanel(project)
    panel.source.look("pets")
    assert project.data == str(folder)
