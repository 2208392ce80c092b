"""The clean panel without a browser: which folder its cleaner is opened on, and when it asks for one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ipywidgets as ipw
import pytest
from browser_messages import message
from samples import class_folders

from widgets.clean import panel
from widgets.clean.panel import CleanPanel
from widgets.shared.project import Project

pytestmark = pytest.mark.usefixtures("own_runs")


class Shown(ipw.Label):
    """In place of a cleaner: what it was opened on, and the click on "Another folder"."""

    def __init__(self, data: str, labels: Path | None = None, page: str | None = None, explain: Any = None):
        super().__init__()
        self.opened = data, labels

    def on_apply(self, handler: Any) -> None:
        self.applied = handler

    def on_other_folder(self, handler: Any) -> None:
        self.ask = handler

    def update_judge(self) -> None:
        pass


@pytest.fixture(autouse=True)
def cleaners(monkeypatch):
    monkeypatch.setattr(panel, "Cleaner", Shown)


@pytest.fixture
def folder(tmp_path) -> Path:
    return class_folders(tmp_path / "pets", {"cat": 3, "dog": 3})


def visible(*parts: ipw.DOMWidget) -> list[bool]:
    return [part.layout.display != "none" for part in parts]


def test_a_folder_is_asked_for_described_and_opened_once_the_person_says_so(folder):
    project = Project()
    clean = CleanPanel(project)
    assert (clean.cleaner, visible(clean.form)) == (None, [True])
    clean.form.look(str(folder))
    assert clean.cleaner is None
    message(clean.form, type="take")
    assert project.data == str(folder)
    assert clean.cleaner.opened == (str(folder), None)
    assert visible(clean.form, clean.cleaner) == [False, True]


def test_another_folder_can_be_asked_for_and_the_one_before_comes_back_as_it_was(folder):
    clean = CleanPanel(Project(data=str(folder)))
    before = clean.cleaner
    before.ask()
    assert visible(clean.form, before) == [True, False]
    assert clean.form.back == "pets"
    message(clean.form, type="back")
    assert clean.cleaner is before
    assert visible(clean.form, before) == [False, True]
    before.ask()
    clean.form.look(str(folder))
    message(clean.form, type="take")  # the same one again
    assert clean.cleaner is before
    assert visible(clean.form, before) == [False, True]


def test_the_labels_of_a_csv_go_to_the_cleaner_and_a_folder_is_opened_once(folder, tmp_path, monkeypatch):
    project = Project(data=str(folder))
    clean = CleanPanel(project)
    opened: list[tuple] = []
    monkeypatch.setattr(panel, "Cleaner", lambda *given, **options: opened.append((*given, options["labels"])) or Shown(*given))
    project.choose(str(tmp_path), str(tmp_path / "train.csv"))
    assert opened == [(str(tmp_path), tmp_path / "train.csv")]
    assert clean.cleaner is not None


def test_training_again_is_offered_after_an_apply_and_no_longer_once_that_is_undone(folder):
    clean = CleanPanel(Project(data=str(folder)))
    clean.cleaner.applied([], False)
    assert visible(clean.retrain) == [True] and "Does it help?" in clean.notice.value
    clean.cleaner.applied([], True)
    assert visible(clean.retrain) == [False] and clean.notice.value == ""
