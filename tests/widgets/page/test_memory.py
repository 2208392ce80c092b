"""The page's memory: what was open is open again in the next kernel, whichever part is looked at first."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import run_folders
from samples import class_folders

from model.jobs import runs
from widgets.app import CLEAN, MEASURE, TRAIN, App
from widgets.clean import panel
from widgets.page.memory import MOST_RECENT, Memory
from widgets.shared.project import Project

pytestmark = pytest.mark.usefixtures("own_runs")


class Model:
    def announced(self):
        return []

    def card(self):
        return {"classes": ["cat", "dog"]}


@pytest.fixture
def folder(tmp_path) -> Path:
    return class_folders(tmp_path / "pets", {"cat": 3, "dog": 3})


def kernel(data: str = "") -> Project:
    """A page in a new kernel, somebody looking at it."""
    project = Project(data=data)
    Memory(project).on_seen()
    return project


def test_a_reload_finds_the_folder_its_labels_and_the_run_that_were_open(folder):
    run = run_folders.trained(str(folder))
    before = kernel()
    before.choose(str(folder), str(folder / "labels.csv"))
    before.run = str(run)
    after = kernel()
    assert (after.data, after.labels, after.run) == (before.data, before.labels, before.run)
    assert after.recents == [{"data": before.data, "labels": before.labels}]


@pytest.mark.parametrize("first", [CLEAN, TRAIN, MEASURE])
def test_whichever_part_is_looked_at_first(folder, monkeypatch, first):
    class Shown(panel.ipw.Label):
        def __init__(self, data, **options):
            super().__init__()
            self.data = data

        def on_apply(self, handler):
            pass

        on_other_folder = on_apply

        def update_judge(self):
            pass

    monkeypatch.setattr(panel, "Cleaner", Shown)
    App(Model(), public=False).project.data = str(folder)
    page = App(Model(), public=False)
    page.tabs.chosen = first
    page.tabs.chosen = CLEAN
    assert page.tabs.part(CLEAN).cleaner.data == str(folder)


def test_a_kernel_that_was_made_ready_beforehand_hears_what_was_opened_meanwhile(folder, tmp_path):
    early, busy = Project(), Project()
    memory, other = Memory(early), Memory(busy)
    busy.data = str(tmp_path)
    kernel().data = str(folder)
    memory.on_seen()
    other.on_seen()
    assert (early.data, busy.data) == (str(folder), str(tmp_path))  # what a person has chosen on a page stays
    kernel().data = str(tmp_path)
    memory.on_seen()
    assert early.data == str(folder)  # a second look at the same page changes nothing


def test_what_the_page_is_started_with_comes_first_unless_its_own_page_opened_something_since(folder, tmp_path, monkeypatch):
    kernel().data = str(tmp_path)
    page = kernel(str(folder))
    assert page.data == str(folder)
    assert [recent["data"] for recent in page.recents] == [str(folder), str(tmp_path)]
    page.data = str(tmp_path)
    assert kernel(str(folder)).data == str(tmp_path)  # a reload
    monkeypatch.setattr(os, "getppid", lambda: 1)
    assert kernel(str(folder)).data == str(folder)  # the server was started again


def test_the_labels_that_a_folder_had_lately_go_with_it_when_the_page_is_started_on_it(folder):
    kernel().choose(str(folder), "/labels.csv")
    kernel().choose(str(folder.parent))
    assert kernel(str(folder)).labels == "/labels.csv"


def test_without_a_memory_the_pictures_of_the_newest_training_are_open(folder):
    run_folders.make("train", [str(folder), "--labels", "/labels.csv", "--preset", "quick"], [])
    page = kernel()
    assert (page.data, page.labels) == (str(folder), "/labels.csv")


def test_a_run_that_is_gone_or_older_than_a_training_since_is_not_looked_at_again(folder):
    run = run_folders.trained(str(folder))
    kernel().run = str(run)
    assert kernel().run == str(run)
    run_folders.make("train", [str(folder)], [], started="2999-01-01T10:00:00")
    assert kernel().run == ""
    kernel().run = "/nowhere"
    assert kernel().run == ""


@pytest.mark.parametrize("kept", ["", "[]", "{", '{"recents": 3, "data": 5}', '{"recents": [{"data": "/x"}, 3], "run": "/x"}'])
def test_a_memory_that_is_none_is_no_harm(folder, own_runs, kept):
    own_runs.mkdir()
    (own_runs / "page.json").write_text(kept)
    page = kernel()
    assert (page.data, page.run, page.recents) == ("", "", [])
    page.data = str(folder)
    assert kernel().data == str(folder)


def test_a_folder_that_is_gone_is_not_opened_again_and_few_are_remembered(folder, tmp_path, own_runs):
    page = kernel()
    for number in range(MOST_RECENT + 2):
        page.data = str(tmp_path / f"gone {number}")
    assert kernel().data == ""
    assert len(json.loads((own_runs / "page.json").read_text())["recents"]) == MOST_RECENT
    assert runs.list_runs() == []


def test_where_nothing_can_be_written_the_page_goes_on(folder, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("VOILENS_RUNS", str(tmp_path / "file" / "runs"))
    page = kernel()
    page.data = str(folder)
    assert page.data == str(folder)


def test_a_public_page_neither_remembers_nor_recalls(folder, own_runs):
    kernel().data = str(folder)
    kept = (own_runs / "page.json").read_bytes()
    page = App(Model(), public=True)
    page._on_connection_here()
    page.project.data = "/etc"
    assert page.project.recents == []
    assert (own_runs / "page.json").read_bytes() == kept
    page.project.data = ""
    assert App(Model(), public=True).project.data == ""
