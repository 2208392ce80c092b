"""Which model looks: the general body, else the one that was named, with what it was taught; and what it found."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import run_folders
from cleaners import play, scored

from model import jobs
from model.artifacts import model_card
from model.catalog.database import open_database
from model.errors import BadUsage
from widgets.clean import guidance, judge
from widgets.clean.background_runs import BackgroundRuns

pytestmark = pytest.mark.usefixtures("own_runs")


@pytest.fixture
def page(tmp_path) -> Path:
    """The page's own export, which was taught hand signs."""
    (tmp_path / "page").mkdir()
    export = run_folders.export(tmp_path / "page", b"hand signs")
    card = replace(model_card.read(export), classes=["fist", "palm", "thumb"], data={"name": "signs"})
    model_card.write(export, card)
    return export


def test_the_general_body_looks_unless_an_export_is_named(page, monkeypatch):
    asked = []

    def start(kind: str, arguments: list[str]) -> None:
        asked.append(arguments)
        raise BadUsage("One moment.")

    monkeypatch.setattr(jobs, "start", start)
    for model in (None, str(page)):
        with pytest.raises(BadUsage):
            BackgroundRuns("/pictures/pets", None, model).start("score")
    assert asked == [["/pictures/pets"], ["/pictures/pets", "--model", str(page)]]


def test_what_a_named_model_was_taught_is_said(page):
    found = judge.of_export(page)
    assert found.name == "a model trained on “signs”"
    assert found.strange(["cat", "dog"]).startswith("It was taught other things (it knows fist, palm and thumb)")
    assert found.strange(["fist", "palm", "dog"]).startswith("It was taught no dog (it knows fist, palm and thumb)")
    assert found.strange(["fist", "palm"]) == ""


def test_a_page_model_that_is_that_of_a_training_is_called_so(page):
    run = run_folders.trained("/pictures/pets")
    page.write_bytes((run / "export.pkl").read_bytes())
    model_card.write(page, replace(model_card.read(run / "export.pkl"), file=page.name))
    assert judge.of_export(page).name == "the model trained on “pets”, 2 Jan, 03:04"


def test_the_shipped_model_is_called_so_and_its_classes_are_known():
    found = judge.of_export(None)
    assert found.name == "the shipped model"
    assert "paper" in found.classes


@pytest.mark.parametrize("doubtful", [0, 1, 3])
def test_what_was_found_never_reads_as_if_the_rest_were_fine(doubtful):
    said = guidance.found(doubtful, 60, "the model trained on “pets”, 1 Feb, 10:00", stopped=False)
    assert "the model trained on “pets”" in said
    assert "does not mean that all are right" in said if not doubtful else "It does not see every mistake" in said


def test_the_cleaner_says_who_judged_and_who_would(pictures, tmp_path, page):
    root = scored(pictures, tmp_path / "animals")
    run = run_folders.trained(str(root))

    def noted(**facts) -> None:
        database = open_database(root)
        rows = [(key, json.dumps(fact)) for key, fact in facts.items()]
        database.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", rows)
        database.close()

    async def story(person):
        await person.until(lambda: person.cleaner.judge)

    noted(judge={"model": model_card.read(page).sha256, "export": str(page), "name": "signs"})
    said = play(root, story).judge
    assert said["sentence"] == "Judged by a model trained on “signs”. Scored again, the general body would look."
    assert said["warning"].startswith("It was taught other things (it knows fist, palm and thumb)")
    export = run / "export.pkl"
    answering = {"model": model_card.read(export).sha256, "export": str(export), "name": "animals"}
    noted(judge={"export": "", "name": "general", "model": "general-1"}, answering=answering)
    assert play(root, story).judge == {
        "sentence": "Judged by the general body. It has learned from ordinary photos, not from this folder, and does not see "
        "every mistake. What the model trained on “animals”, 2 Jan, 03:04 says stands beside it.",
        "warning": "",
    }
