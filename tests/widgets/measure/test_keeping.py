"""Trainings named, deleted and brought back in the table: nothing is lost by a click, and the one that serves stays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import run_folders
from browser_messages import message
from run_folders import REPORT

from model import jobs
from model.artifacts import serving_state
from widgets.measure.panel import MeasurePanel
from widgets.shared.project import Project

pytestmark = pytest.mark.usefixtures("own_runs")
LADDER = [{"key": "linear", "name": "linear layer", "accuracy": 0.7, "interval": [0.4, 0.89], "seconds": 3, "count": 10}]


@pytest.fixture
def older() -> Path:
    run_folders.baselines("/pictures/pets", LADDER)
    return run_folders.trained("/pictures/pets", {**REPORT, "accuracy": 0.6}, started="2026-01-01T10:00:00")


@pytest.fixture
def newer(older) -> Path:
    return run_folders.trained("/pictures/pets", REPORT, started="2026-02-01T10:00:00")


@pytest.fixture(autouse=True)
def shipped(shipped_place) -> Path:
    """The shipped export, which serves at first."""
    return run_folders.export(shipped_place.parent, b"the old model")


@pytest.fixture
def panel(newer) -> MeasurePanel:
    return MeasurePanel(Project())


def rows(panel) -> list[tuple[str, str]]:
    return [(row["folder"], row["name"]) for row in panel.history.rows]


def ask(panel, kind: str, *folders: Path, **more) -> None:
    message(panel.history, type=kind, folders=[str(folder) for folder in folders], **more)


def test_a_training_is_called_by_its_name_wherever_it_is_named(panel, newer, older):
    ask(panel, "rename", newer, name=" hands,  small ")
    assert rows(panel) == [(str(newer), "hands, small"), (str(older), "")]
    assert panel.summary.title == "“hands, small”, the model trained on “pets”, 1 Feb, 10:00"
    assert panel.history.notice == "It is called “hands, small” now."
    ask(panel, "rename", newer, name="")
    assert panel.summary.title == "The model trained on “pets”, 1 Feb, 10:00"


def test_a_deleted_training_leaves_no_figure_behind_and_comes_back_whole(panel, newer, older):
    ask(panel, "delete", newer)
    assert rows(panel) == [(str(older), "")]
    assert panel.summary.title == "The model trained on “pets”, 1 Jan, 10:00"
    assert panel.summary.headline[1].startswith("60.0")
    (deleted,) = panel.history.trash
    assert deleted["title"] == "pets, 1 Feb, 10:00"
    assert panel.history.trash_size == "0 MB"
    ask(panel, "restore", Path(deleted["folder"]))
    assert [folder for folder, _ in rows(panel)] == [str(newer), str(older)]
    assert panel.history.trash == []
    ask(panel, "show", newer)
    assert panel.summary.headline[1].startswith("80.0")


def test_the_training_that_is_looked_at_by_name_can_be_deleted_too(panel, newer, older):
    ask(panel, "show", newer)
    assert panel.project.run == str(newer)
    ask(panel, "delete", newer)
    assert panel.project.run == ""
    assert panel.summary.title == "The model trained on “pets”, 1 Jan, 10:00"


def test_the_last_training_can_be_deleted(older):
    panel = MeasurePanel(Project())
    ask(panel, "delete", older)
    assert (panel.state, panel.summary.title, panel.summary.headline, panel.ladder.baselines) == ("empty", "", [], [])
    ask(panel, "restore", Path(panel.history.trash[0]["folder"]))
    assert panel.state == "ready"


def test_the_training_whose_model_serves_is_not_deleted(panel, newer):
    serving_state.serve(newer / "export.pkl")
    ask(panel, "delete", newer)
    assert panel.history.notice.startswith("The page answers with the model of this training: use another one first")
    assert (newer / "export.pkl").is_file()
    assert panel.history.trash == []


def test_nor_where_this_page_was_told_to_answer_with_it(newer):
    panel = MeasurePanel(Project(model=str(newer / "export.pkl")))
    ask(panel, "delete", newer)
    assert (newer / "export.pkl").is_file()


def test_one_that_served_before_and_was_deleted_is_not_brought_back_to_serve(panel, newer, older, shipped):
    for export in (newer / "export.pkl", older / "export.pkl"):
        serving_state.serve(export)
    ask(panel, "delete", newer)
    assert serving_state.previous() == shipped
    message(panel.summary, type="back")
    assert serving_state.serving() == shipped


def test_what_goes_on_is_not_deleted(panel):
    going = run_folders.make("train", ["/pictures/pets"], [], alive=True, started="2026-03-01T10:00:00")
    message(panel.summary, type="shown")
    ask(panel, "delete", going)
    assert going.is_dir()
    assert "stop it first" in panel.history.notice


def test_only_emptying_the_trash_removes_something(panel, newer, older):
    ask(panel, "delete", newer)
    message(panel.history, type="empty")
    assert jobs.discarded() == []
    assert panel.history.notice == "1 training deleted for good."
    assert rows(panel) == [(str(older), "")]


@pytest.mark.parametrize("kind", ["delete", "rename", "restore", "show"])
@pytest.mark.parametrize("folders", [[], "x", ["/etc"], [3, {}], None])
def test_a_crafted_message_deletes_and_names_nothing(panel, newer, older, kind, folders):
    before = json.dumps(panel.history.rows)
    message(panel.history, type=kind, folders=folders, name="x")
    message(panel.history, type="rename", folders=[str(newer)], name=3)
    assert json.dumps(panel.history.rows) == before


def test_a_run_that_is_gone_is_not_the_end_of_the_page(older, tmp_path):
    panel = MeasurePanel(Project(run=str(tmp_path / "gone")))
    assert panel.summary.title == "The model trained on “pets”, 1 Jan, 10:00"
