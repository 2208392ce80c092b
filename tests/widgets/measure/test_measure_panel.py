"""The measure panel without a browser: reports shown, cells chosen, ladders judged, models used and compared."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest
import run_folders
from browser_messages import message
from run_folders import REPORT
from samples import class_folders

from model import jobs
from model.artifacts import serving_state
from model.core.text import percent_interval, percent_tenths
from model.jobs import runs
from widgets.measure.panel import MeasurePanel
from widgets.shared.project import Project

LADDER = [
    {"key": "majority", "name": "most frequent class", "accuracy": 0.5, "interval": [0.24, 0.76], "seconds": 0.01, "count": 10},
    {"key": "linear", "name": "linear layer, by hand", "accuracy": 0.7, "interval": [0.4, 0.89], "seconds": 3, "count": 10},
]


pytestmark = pytest.mark.usefixtures("own_runs")


@pytest.fixture
def folder(tmp_path) -> Path:
    return class_folders(tmp_path / "pets", {"cat": 5, "dog": 5})


@pytest.fixture
def report(folder) -> dict:
    """A report with the answers for these very pictures: one cat is called a dog, and the other way round."""
    answers = []
    for label, other in (("cat", "dog"), ("dog", "cat")):
        for number, file in enumerate(sorted((folder / label).iterdir())):
            share = 0.2 if number == 0 else 0.9
            predicted = other if number == 0 else label
            row = {"file": str(file), "label": label, "predicted": predicted, "probability": max(share, 1 - share)}
            answers.append({**row, "loss": -math.log(share)})
    top = sorted(answers, key=lambda answer: -answer["loss"])
    return {**REPORT, "answers": answers, "top_losses": top}


@pytest.fixture
def page(shipped_place) -> Path:
    """The shipped export, which serves at first."""
    return run_folders.export(shipped_place.parent, b"the old model")


@pytest.fixture
def panel(folder, report, page) -> MeasurePanel:
    """A panel that looks at a measured training, with its ladder."""
    run = run_folders.trained(str(folder), report)
    result = {"ladder": LADDER, "beaten": "cannot tell"}
    run_folders.make("baselines", [str(folder), "--model", str(run / "export.pkl")], [{"event": "done", "result": result}])
    return MeasurePanel(Project(data=str(folder), run=str(run)))


# ---- the report


def test_without_a_model_the_panel_says_what_to_do():
    panel = MeasurePanel(Project())
    assert panel.state == "empty"
    assert panel.summary.sentence.startswith("There is no trained model yet")
    assert panel.ladder.state == "empty"


def test_a_report_is_shown_in_sentences(panel):
    assert panel.state == panel.summary.state == "ready"
    said = "".join(panel.summary.headline).replace("\u00a0", " ")
    assert said == "80.0 % of 10 validation pictures are right (95 % interval 49.0 % to 94.3 %)."
    facts = [fact["sentence"] for fact in panel.summary.facts]
    assert facts[0] == "It is sure of 60 % of them, and 100 % of those answers are right."
    assert facts[1].startswith("Its shares are 10.0 points off on average")
    assert panel.summary.facts[2]["word"] == "underfitting"


def test_a_report_that_lacks_something_is_shown_all_the_same(folder, page):
    bare = {key: REPORT[key] for key in ("split", "count", "accuracy", "interval", "classes", "confusion")}
    run = run_folders.trained(str(folder), bare)
    run_folders.make("baselines", [str(folder)], [{"event": "done", "result": {"ladder": LADDER}}])
    panel = MeasurePanel(Project(run=str(run)))
    assert panel.state == "ready"
    assert panel.matrix.per_class == []
    assert panel.losses.pictures == []


def test_the_report_of_an_earlier_measurement_is_found_again(folder, report, page):
    run = run_folders.trained(str(folder))
    arguments = [str(folder), "--model", str(run / "export.pkl"), "--split", "valid"]
    run_folders.make("evaluate", arguments, [{"event": "done", "result": report}])
    run_folders.make("baselines", [str(folder)], [{"event": "done", "result": {"ladder": LADDER}}])
    panel = MeasurePanel(Project(run=str(run)))
    assert panel.state == "ready"
    assert len(runs.list_runs("evaluate")) == 1


def test_a_model_that_could_not_be_measured_is_a_sentence_and_is_tried_again_only_when_asked(folder, page, monkeypatch):
    run = run_folders.trained(str(folder))
    arguments = [str(folder), "--model", str(run / "export.pkl"), "--split", "valid"]
    failed = run_folders.make("evaluate", arguments, [{"event": "failed", "sentence": "This is no model."}])
    asked = []
    monkeypatch.setattr(jobs, "start", lambda *what: asked.append(what) or runs.find(failed))
    panel = MeasurePanel(Project(run=str(run)))
    assert (panel.state, panel.summary.sentence) == ("failed", "This is no model.")
    assert asked == []
    message(panel.summary, type="again")
    assert asked == [("evaluate", arguments)]


def test_a_newer_model_is_found_when_the_page_is_shown_later(folder, report, page):
    panel = MeasurePanel(Project())
    run_folders.make("baselines", [str(folder)], [{"event": "done", "result": {"ladder": LADDER}}])
    run_folders.trained(str(folder), report)
    message(panel.summary, type="shown")
    assert panel.state == "ready"


# ---- the ladder


def test_the_ladder_ends_with_the_model_as_it_was_measured_here(panel):
    names = [baseline["name"] for baseline in panel.ladder.baselines]
    assert names == ["most frequent class", "linear layer, by hand", "your model"]
    assert panel.ladder.baselines[-1]["text"] == percent_interval(0.8, [0.49, 0.943])
    assert panel.ladder.verdict["kind"] == "unsure"


def test_a_ladder_that_failed_is_a_sentence(folder, report, page):
    run = run_folders.trained(str(folder), report)
    arguments = [str(folder), "--model", str(run / "export.pkl")]
    run_folders.make("baselines", arguments, [{"event": "failed", "sentence": "No room."}])
    panel = MeasurePanel(Project(run=str(run)))
    assert (panel.ladder.state, panel.ladder.sentence) == ("failed", "No room.")


# ---- the confusion matrix and the top losses


def test_a_cell_tells_of_the_very_pictures_that_are_in_it(panel, folder):
    heard = []
    panel.on_cell(lambda data, **cell: heard.append((data, cell)))
    message(panel.matrix, type="cell", row=0, column=1)
    assert heard == [(str(folder), {"label": "cat", "split": "valid", "files": ["cat/000.png"]})]
    assert panel.matrix.cell["count"] == 1
    assert panel.matrix.cell["pictures"][0]["name"] == "000.png"
    assert panel.matrix.cell["pictures"][0]["thumbnail"].startswith("data:image/png")


def test_the_cleaner_takes_what_a_cell_tells(panel):
    from model.catalog.filters import Filter

    heard = []
    panel.on_cell(lambda _data, **cell: heard.append(Filter.from_json(cell)))
    message(panel.matrix, type="cell", row=1, column=0)
    assert heard[0].files == ("dog/000.png",)


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"type": "cell"},
        {"type": "cell", "row": 5, "column": 0},
        {"type": "cell", "row": -1, "column": 0},
        {"type": "cell", "row": "0"},
    ],
)
def test_a_crafted_cell_changes_nothing(panel, content):
    message(panel.matrix, **content)
    assert panel.matrix.cell == {}


def test_top_losses_are_wrong_answers_with_picture_label_prediction_and_loss(panel):
    assert [(p["label"], p["predicted"]) for p in panel.losses.pictures] == [("cat", "dog"), ("dog", "cat")]
    first = panel.losses.pictures[0]
    assert (first["loss"], first["probability"]) == ("1.61", percent_tenths(0.8))


# ---- use, bring back, compare


def test_use_this_model_lets_it_serve_and_the_one_before_comes_back_by_a_click(panel, page):
    heard = []
    panel.on_use(lambda: heard.append(serving_state.serving()))
    mine = Path(panel.project.run, "export.pkl")
    assert (panel.summary.used, panel.summary.replaced) == (False, False)
    message(panel.summary, type="use")
    assert (panel.summary.used, panel.summary.replaced) == (True, True)
    assert "can be brought back" in panel.summary.notice
    message(panel.summary, type="back")
    assert (panel.summary.used, panel.summary.replaced) == (False, True)
    message(panel.summary, type="back")
    assert heard == [mine, page, mine]
    assert page.read_bytes() == b"the old model"
    assert panel.project.export == mine


def test_a_page_that_was_opened_with_a_model_keeps_to_it_and_says_so(panel, tmp_path):
    (tmp_path / "named").mkdir()
    panel.project.model = str(run_folders.export(tmp_path / "named"))
    message(panel.summary, type="use")
    assert serving_state.serving() == Path(panel.project.run, "export.pkl")
    assert "opened with another model" in panel.summary.notice
    assert not panel.summary.used


def test_a_model_that_cannot_be_used_is_a_sentence(panel, page):
    Path(panel.project.run, "export.pkl").write_bytes(b"changed since")
    message(panel.summary, type="use")
    assert "is not the file that its card describes" in panel.summary.notice
    assert page.read_bytes() == b"the old model"


def test_the_history_lists_the_trainings_newest_first_and_says_which_is_used(panel, folder, page):
    newer = run_folders.trained(str(folder), started="2026-02-01T10:00:00")
    run_folders.make("train", [str(folder)], [{"event": "failed", "sentence": "No."}], started="2026-03-01T10:00:00")
    serving_state.serve(newer / "export.pkl")
    message(panel.summary, type="shown")
    rows = panel.history.rows
    assert [row["state"] for row in rows] == ["failed", "done", "done"]
    assert [row["used"] for row in rows] == [False, True, False]
    assert [row["chosen"] for row in rows] == [False, False, True]
    assert (rows[1]["time"], rows[1]["data"], rows[1]["preset"]) == ("1 Feb, 10:00", "pets", "quick")
    assert rows[1]["accuracy"] == percent_interval(0.8, [0.49, 0.943])


def test_another_training_can_be_looked_at(panel, folder, report):
    other = run_folders.trained(str(folder), {**report, "accuracy": 0.9}, started="2026-02-01T10:00:00")
    message(panel.summary, type="shown")
    message(panel.history, type="show", folders=[str(other)])
    assert panel.project.run == str(other)
    assert panel.summary.headline[1] == percent_tenths(0.9)


@pytest.mark.parametrize("folders", [[], "x", ["/etc"], [3, {}]])
def test_a_crafted_choice_of_runs_does_nothing(panel, folders):
    before = panel.project.run
    message(panel.history, type="show", folders=folders)
    message(panel.history, type="compare", folders=folders)
    assert panel.project.run == before
    assert panel.history.state == "idle"


def test_models_of_different_pictures_are_not_compared(panel, tmp_path):
    other = run_folders.trained(str(tmp_path / "plants"), started="2026-02-01T10:00:00")
    message(panel.summary, type="shown")
    message(panel.history, type="compare", folders=[panel.project.run, str(other)])
    assert panel.history.state == "failed"
    assert "learned from different folders" in panel.history.comparison["sentence"]


@pytest.mark.parametrize(
    ("verdict", "kind"), [("better", "good"), ("worse", "bad"), ("same", "unsure"), ("cannot tell", "unsure")]
)
def test_a_comparison_is_shown_by_its_sentence(panel, folder, verdict, kind):
    done = run_folders.make(
        "evaluate", [], [{"event": "done", "result": {"comparison": {"verdict": verdict, "sentence": "So."}}}]
    )
    panel._comparing.follow(runs.find(done))
    assert panel.history.state == "compared"
    assert panel.history.comparison == {"kind": kind, "sentence": "So."}


def test_the_test_pictures_are_looked_at_only_when_asked_for_and_the_looks_are_counted(folder, report, page):
    from model.evaluation import test_set_log

    run = run_folders.trained(str(folder), {**report, "has_test": True})
    run_folders.make("baselines", [str(folder)], [{"event": "done", "result": {"ladder": LADDER}}])
    panel = MeasurePanel(Project(run=str(run)))
    assert panel.summary.testable
    assert panel.summary.test_uses == "Nobody has looked at them yet."
    arguments = [str(folder), "--model", str(run / "export.pkl"), "--split", "test"]
    run_folders.make("evaluate", arguments, [{"event": "done", "result": {**report, "split": "test", "accuracy": 0.75}}])
    test_set_log.log_test_use(folder, "a model")
    message(panel.summary, type="split", split="test")
    assert (panel.split, panel.summary.split) == ("test", "test")
    assert panel.summary.headline[1] == percent_tenths(0.75)
    assert "first look" in panel.summary.test_uses
    assert panel.ladder.state == "empty"  # which is of validation pictures
    message(panel.summary, type="split", split="valid")
    assert panel.summary.headline[1] == percent_tenths(0.8)
    assert panel.summary.test_uses == "Looked at so far: 1 ×."


def test_rows_and_reports_are_json(panel):
    json.dumps([panel.history.rows, panel.matrix.confused_pairs, panel.ladder.baselines, panel.summary.facts])
