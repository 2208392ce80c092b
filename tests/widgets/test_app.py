"""The page without a browser: what one part says to another."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
import run_folders
from samples import class_folders

from model.types import Prediction
from widgets.app import CLEAN, LABEL, MEASURE, App
from widgets.clean import panel

pytestmark = pytest.mark.usefixtures("own_runs")


class Model:
    """A client whose model can be replaced by one of other classes."""

    def __init__(self, *classes: str):
        self.classes = list(classes)

    def announced(self):
        return self.classes

    def card(self):
        return {"classes": self.classes}

    def classify(self, picture, waiting=lambda sentence: None, wanted=lambda: True):
        return Prediction("glass", 0.9, {"glass": 0.9, "paper": 0.1}, "sure", 0.01)


class Shown(panel.ipw.Label):
    """In place of a cleaner: the folder it was opened on, and what it was told to show."""

    def __init__(self, data: str, **_options: Any):
        super().__init__()
        self.data, self.query = data, {}

    def on_apply(self, handler: Any) -> None:
        pass

    on_other_folder = on_apply

    def update_judge(self) -> None:
        pass

    def show(self, **query: Any) -> None:
        self.query = query


@pytest.fixture
def folder(tmp_path) -> Path:
    return class_folders(tmp_path / "pets", {"cat": 12, "dog": 12})


@pytest.mark.parametrize("before", ["", "plants"])
def test_a_cell_of_the_matrix_opens_the_cleaner_on_the_folder_that_was_measured(folder, tmp_path, monkeypatch, before):
    monkeypatch.setattr(panel, "Cleaner", Shown)
    run_folders.measured(folder, "cat", "dog", mistakes=1)
    elsewhere = class_folders(tmp_path / before, {"fern": 2, "moss": 2}) if before else ""
    app = App(Model("cat", "dog"), data=elsewhere, export=tmp_path / "export.pkl", public=False)
    app.tabs.chosen = MEASURE
    matrix = app.tabs.part(MEASURE).matrix
    matrix._on_browser_message(matrix, {"type": "cell", "row": 0, "column": 1}, [])
    cleaner = app.tabs.part(CLEAN).cleaner
    assert app.tabs.chosen == CLEAN
    assert app.project.data == cleaner.data == str(folder)
    assert len(cleaner.query["files"]) == 1
    assert cleaner.query["label"] == "cat"


@pytest.mark.parametrize("public", [False, True])
def test_the_labels_of_a_visitors_photos_are_corrected_by_the_classes_of_the_model(public):
    async def until(condition):
        deadline = time.monotonic() + 20
        while not condition():
            assert time.monotonic() < deadline
            await asyncio.sleep(0.01)

    async def story():
        model = Model("glass", "paper", "train")
        page = App(model, public=public)
        page.visitor_folder.add(b"bottle", "a.jpg", model.classify(b""))
        page.tabs.chosen = LABEL
        (cleaner,) = page.tabs.part(LABEL).content.children
        try:
            await until(lambda: cleaner.classes == ["glass", "paper", "train-class"])
            model.classes = ["wood", "stone"]
            page.classify.refresh()
            await until(lambda: cleaner.classes == ["wood", "stone", "glass"])
        finally:
            cleaner.close()
            page.visitor_folder.end()

    asyncio.run(story())


def test_the_end_of_a_training_that_another_page_began_is_seen_among_the_trainings(own_runs):
    own_runs.mkdir()
    run = run_folders.make("train", ["/pictures/pets"], [], alive=True)
    app = App(Model("cat", "dog"))
    app.activity.look()
    app.tabs.chosen = MEASURE
    (row,) = app.tabs.part(MEASURE).history.rows
    assert row["state"] == "running"
    run_folders.add(run, {"event": "done", "result": run_folders.RESULT})
    app.activity.look()
    (row,) = app.tabs.part(MEASURE).history.rows
    assert row["state"] == "done"
