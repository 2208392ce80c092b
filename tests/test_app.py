"""The page without a browser: what one part says to another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import run_folders
from samples import class_folders

from widgets import clean
from widgets.app import CLEAN, MEASURE, App

pytestmark = pytest.mark.usefixtures("own_runs")


class Client:
    """A client of no model."""

    def announced(self) -> list[str]:
        return ["cat", "dog"]

    def card(self) -> dict[str, Any]:
        return {"classes": self.announced()}


class Shown(clean.ipw.Label):
    """In place of a cleaner: the folder it was opened on, and what it was told to show."""

    def __init__(self, data: str):
        super().__init__()
        self.data, self.query = data, {}

    def on_apply(self, handler: Any) -> None:
        pass

    def show(self, **query: Any) -> None:
        self.query = query


@pytest.fixture
def folder(tmp_path) -> Path:
    return class_folders(tmp_path / "pets", {"cat": 12, "dog": 12})


@pytest.mark.parametrize("before", ["", "plants"])
def test_a_cell_of_the_matrix_opens_the_cleaner_on_the_folder_that_was_measured(folder, tmp_path, monkeypatch, before):
    monkeypatch.setattr(clean, "Cleaner", Shown)
    run_folders.measured(folder, "cat", "dog", mistakes=1)
    elsewhere = class_folders(tmp_path / before, {"fern": 2, "moss": 2}) if before else ""
    app = App(Client(), data=elsewhere, export=tmp_path / "export.pkl", public=False)
    app.pages.chosen = MEASURE
    matrix = app.pages.part(MEASURE).matrix
    matrix._on_browser_message(matrix, {"type": "cell", "row": 0, "column": 1}, [])
    cleaner = app.pages.part(CLEAN).cleaner
    assert app.pages.chosen == CLEAN
    assert app.project.data == cleaner.data == str(folder)
    assert len(cleaner.query["files"]) == 1
    assert cleaner.query["label"] == "cat"
