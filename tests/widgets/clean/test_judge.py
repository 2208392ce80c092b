"""Which model looks: the one trained on this folder, else the page's; named, with what it was taught; and what it found."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import run_folders
from cleaners import LABELS, play, scored

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


def test_the_model_trained_on_this_folder_looks_the_newest_of_them(page):
    run_folders.trained("/pictures/pets", started="2026-01-01T10:00:00")
    newest = run_folders.trained("/pictures/pets", started="2026-02-01T10:00:00")
    run_folders.trained("/pictures/plants", started="2026-03-01T10:00:00")
    run_folders.make("train", ["/pictures/pets"], [{"event": "failed", "sentence": "No."}], started="2026-04-01T10:00:00")
    found = judge.choose("/pictures/pets", "", str(page))
    assert found.arguments == ["--model", str(newest / "export.pkl")]
    assert found.name == "the model trained on “pets”, 1 Feb, 10:00"
    assert found.strange(["cat", "dog"]) == ""


def test_of_several_trained_on_this_folder_the_one_that_the_page_answers_with_looks(page):
    used = run_folders.trained("/pictures/pets", started="2026-01-01T10:00:00")
    run_folders.trained("/pictures/pets", started="2026-02-01T10:00:00")
    page.write_bytes((used / "export.pkl").read_bytes())
    model_card.write(page, replace(model_card.read(used / "export.pkl"), file=page.name))
    assert judge.choose("/pictures/pets", "", str(page)).export == used / "export.pkl"


def test_the_labels_of_a_folder_are_part_of_what_a_model_was_trained_on(page):
    run_folders.trained("/pictures/pets")
    assert judge.choose("/pictures/pets", "/pictures/labels.csv", str(page)).export == page


def test_else_the_pages_model_looks_and_what_it_was_taught_is_said(page):
    found = judge.choose("/pictures/cats-dogs", "", str(page))
    assert found.export == page
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
    found = judge.choose("/pictures/pets", "", None)
    assert (found.arguments, found.name) == ([], "the shipped model")
    assert "paper" in found.classes


def test_a_search_takes_the_model_that_there_is_when_it_begins(page, monkeypatch, tmp_path):
    asked = []

    def start(kind: str, arguments: list[str]) -> None:
        asked.append(arguments)
        raise BadUsage("One moment.")

    monkeypatch.setattr(jobs, "start", start)
    runs = BackgroundRuns(str(tmp_path), None, None, str(page))
    for model in (page, None):
        model = model or run_folders.trained(str(tmp_path)) / "export.pkl"
        with pytest.raises(BadUsage):
            runs.start("score")
        assert asked[-1] == [str(tmp_path), "--model", str(model)]


@pytest.mark.parametrize("doubtful", [0, 1, 3])
def test_what_was_found_never_reads_as_if_the_rest_were_fine(doubtful):
    said = guidance.found(doubtful, 60, "the model trained on “pets”, 1 Feb, 10:00", stopped=False)
    assert "the model trained on “pets”" in said
    assert "does not mean that all are right" in said if not doubtful else "It does not see every mistake" in said


def test_the_cleaner_says_who_judged_and_who_would(pictures, tmp_path, page):
    root = scored(pictures, tmp_path / "animals")
    run = run_folders.trained(str(root))

    def noted(**fact) -> None:
        database = open_database(root)
        database.execute("INSERT OR REPLACE INTO facts VALUES ('judge', ?)", [json.dumps(fact)])
        database.close()

    async def story(person):
        await person.until(lambda: person.cleaner.judge)

    noted(model=model_card.read(page).sha256, export=str(page), name="signs")
    said = play(root, story).judge
    assert said["sentence"] == (
        "Judged by a model trained on “signs”. Scored again, the model trained on “animals”, 2 Jan, 03:04 would look."
    )
    assert said["warning"].startswith("It was taught other things (it knows fist, palm and thumb)")
    export = run / "export.pkl"
    model_card.write(export, replace(model_card.read(export), classes=sorted(LABELS)))
    noted(model=model_card.read(export).sha256, export=str(export), name="animals", thorough=True)
    said = play(root, story).judge
    assert said == {
        "sentence": "Judged by the model trained on “animals”, 2 Jan, 03:04, and by five networks that had not seen what "
        "they judge.",
        "warning": "",
    }
