"""The measure panel without a browser: reports shown, cells chosen, ladders judged, models used and compared."""

from __future__ import annotations

import asyncio
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
from widgets.measure.trained_model import TrainedModel
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
    run_folders.baselines(str(folder), LADDER, run / "export.pkl", beaten="cannot tell")
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
    run_folders.baselines(str(folder), LADDER)
    panel = MeasurePanel(Project(run=str(run)))
    assert panel.state == "ready"
    assert panel.matrix.per_class == []
    assert panel.losses.pictures == []


def test_the_report_of_an_earlier_measurement_is_found_again(folder, report, page):
    run = run_folders.trained(str(folder))
    arguments = [str(folder), "--model", str(run / "export.pkl"), "--split", "valid"]
    run_folders.make("evaluate", arguments, [{"event": "done", "result": run_folders.of(report, run / "export.pkl")}])
    run_folders.baselines(str(folder), LADDER)
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
    run_folders.baselines(str(folder), LADDER)
    run_folders.trained(str(folder), report)
    message(panel.summary, type="shown")
    assert panel.state == "ready"


DEGRADED = [
    {
        "name": name,
        "count": 10,
        "accuracy": 0.8,
        "interval": [0.49, 0.94],
        "answered": among and 0.6,
        "answered_accuracy": among or None,
        "answered_interval": [0.4, 0.97] if among else None,
        "kept": 0.5,
    }
    for name, among in (("grey", 0.9), ("background", 0.7), ("dark", 0.0))
]


def test_degraded_copies_are_a_table_with_the_weakest_said_first(folder, report, page):
    run = run_folders.trained(str(folder), {**report, "degraded": DEGRADED})
    panel = MeasurePanel(Project(data=str(folder), run=str(run)))
    assert "another background, 70.0" in panel.degraded.sentence
    first, _, last = panel.degraded.rows
    assert first["copies"] == "black and white (10)" and first["among"].replace("\u00a0", " ") == "90.0 % (40.0 to 97.0 %)"
    assert last["sure"] == "0 %" and last["among"] == "sure of none"


def test_a_later_measurement_of_the_same_pictures_keeps_what_the_training_knew_of_copies(folder, report, page):
    of = {"model": "", "split": "valid", "pictures": "these", "count": 10}
    run = run_folders.trained(str(folder), {**report, "degraded": DEGRADED, "measured_on": of})
    model = TrainedModel(jobs.find(str(run)))
    assert model.degraded({**report, "degraded": DEGRADED[:1]}) == DEGRADED[:1]
    assert model.degraded({**report, "measured_on": of}) == DEGRADED
    assert model.degraded({**report, "measured_on": {**of, "pictures": "others"}}) == []


def test_nothing_is_said_of_copies_that_were_not_looked_at(panel):
    assert panel.degraded.rows == [] and panel.degraded.sentence == ""


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


# ---- no figure under another name


def figures(panel) -> dict:
    """All that is shown of a measurement, by the traits."""
    return {
        "headline": panel.summary.headline,
        "facts": panel.summary.facts,
        "test": panel.summary.test_uses,
        "ladder": panel.ladder.baselines,
        "verdict": panel.ladder.verdict,
        "about": panel.ladder.about,
        "matrix": panel.matrix.confusion,
        "cell": panel.matrix.cell,
        "classes": panel.matrix.per_class,
        "losses": panel.losses.pictures,
        "report": panel.report,
    }


@pytest.fixture
def unmeasured(tmp_path) -> Path:
    """A training on other pictures, of which nothing is known yet."""
    plants = class_folders(tmp_path / "plants", {"fern": 5, "moss": 5})
    return run_folders.trained(str(plants), started="2026-02-01T10:00:00")


def going_on(monkeypatch) -> list[list[str]]:
    """Whatever is started goes on and on; what was asked for."""
    asked: list[list[str]] = []

    def start(kind: str, arguments: list[str]) -> runs.Run:
        asked.append([kind, *arguments])
        return runs.find(run_folders.make(kind, arguments, [], alive=True))

    monkeypatch.setattr(jobs, "start", start)
    return asked


def opened(run: Path, page: Path, then=lambda panel: None) -> MeasurePanel:
    """A panel on a training while other work goes on beside it, which without a loop would be waited for."""

    async def open_panel() -> MeasurePanel:
        panel = MeasurePanel(Project(run=str(run)))
        then(panel)
        return panel

    return asyncio.run(open_panel())


async def looked_at(panel, run: Path, seen: list) -> None:
    """Look at another training, and note the title and the figures whenever one of them changes."""
    for part in (panel, panel.summary, panel.ladder, panel.matrix, panel.losses):
        part.observe(lambda _change: seen.append((panel.summary.title, figures(panel))))
    panel.project.run = str(run)
    await asyncio.sleep(0)


def test_no_figure_of_another_dataset_stands_under_a_new_models_name_for_a_moment(panel, unmeasured, monkeypatch):
    asked, seen = going_on(monkeypatch), []
    message(panel.matrix, type="cell", row=0, column=1)
    assert all(figures(panel).values())
    asyncio.run(looked_at(panel, unmeasured, seen))
    assert panel.state == "measuring"
    assert [arguments[0] for arguments in asked] == ["evaluate"]
    of_the_new = [shown for title, shown in seen if "plants" in title]
    assert of_the_new
    assert not any(any(shown.values()) for shown in of_the_new)


def test_no_figure_of_another_dataset_comes_late(panel, folder, unmeasured, monkeypatch):
    """A measurement, a ladder and pictures that were asked for under the model before are not shown under the new one."""
    going_on(monkeypatch)
    older = run_folders.trained(str(folder))

    async def story():
        panel.project.run = str(older)  # its measurement goes on
        measuring = panel._measuring.run
        panel.project.run = str(unmeasured)
        done = run_folders.of(REPORT, older / "export.pkl")
        run_folders.add(measuring.folder, {"event": "done", "result": done})
        await asyncio.sleep(1)
        assert panel.summary.title.startswith("The model trained on “plants”")
        assert (panel.state, panel.summary.headline, panel.matrix.confusion) == ("measuring", [], [])

    asyncio.run(story())


def test_pictures_of_a_cell_do_not_come_under_the_same_cell_of_another_model(panel, folder, unmeasured, report, monkeypatch):
    plants = sorted(Path(folder.parent, "plants", "fern").iterdir())
    answers = [{"file": str(plants[0]), "label": "cat", "predicted": "dog", "probability": 0.9, "loss": 2.0}]
    (unmeasured / "report.json").write_text(
        json.dumps(run_folders.of({**report, "answers": answers}, unmeasured / "export.pkl"))
    )
    run_folders.baselines(str(folder.parent / "plants"), LADDER)
    waiting: list[asyncio.Future] = []

    async def slow(answers):
        waiting.append(asyncio.get_running_loop().create_future())
        await waiting[-1]
        return [{"name": Path(answer["file"]).parent.name} for answer in answers]

    monkeypatch.setattr("widgets.measure.confusion_matrix.pictures_of", slow)

    async def story():
        panel.matrix.choose(0, 1)
        panel.project.run = str(unmeasured)
        panel.matrix.choose(0, 1)
        await asyncio.sleep(0)
        for each in waiting:  # those of the model before come first
            each.set_result(None)
            await asyncio.sleep(0.05)
        assert panel.matrix.cell["pictures"] == [{"name": "fern"}]

    asyncio.run(story())


def test_a_measurement_of_the_test_pictures_does_not_end_up_under_validation(panel, monkeypatch):
    going_on(monkeypatch)

    async def story():
        panel._on_summary_split("test")
        measuring = panel._measuring.run
        panel._on_summary_split("valid")
        result = run_folders.of({**REPORT, "split": "test", "accuracy": 0.1}, panel._model.export, split="test")
        run_folders.add(measuring.folder, {"event": "done", "result": result})
        await asyncio.sleep(1)
        assert panel.split == "valid"
        assert panel.summary.headline[1] == percent_tenths(0.8)

    asyncio.run(story())


def test_a_ladder_of_as_many_other_pictures_is_not_taken_for_that_of_these(folder, report, page, monkeypatch):
    asked = going_on(monkeypatch)
    run = run_folders.trained(str(folder), report)
    run_folders.baselines(str(folder), LADDER, pictures="those before the cleaning")
    panel = opened(run, page)
    assert (panel.ladder.state, panel.ladder.baselines) == ("measuring", [])
    assert [arguments[0] for arguments in asked] == ["baselines"]


def test_a_ladder_of_another_model_on_the_same_pictures_says_nothing_of_this_one(folder, report, page):
    run, other = run_folders.trained(str(folder), report), run_folders.trained(str(folder), started="2026-02-01T10:00:00")
    run_folders.baselines(str(folder), LADDER, other / "export.pkl", beaten="better")
    panel = MeasurePanel(Project(run=str(run)))
    assert panel.ladder.state == "ready"
    assert panel.ladder.verdict["kind"] == "unsure"  # by the intervals, not by what was found of the other
    assert panel.ladder.about == "Of the same 10 validation pictures of “pets”."


def test_pictures_that_have_changed_since_are_said_and_the_ladder_is_of_what_it_was_measured_with(
    folder, report, page, monkeypatch
):
    asked = going_on(monkeypatch)
    run = run_folders.trained(str(folder), report)
    model = {"key": "model", "name": "fine-tuned model", "accuracy": 0.4, "interval": [0.2, 0.6], "seconds": 1, "count": 9}
    now = [{**rung, "count": 9} for rung in LADDER]
    run_folders.baselines(str(folder), [*now, model], run / "export.pkl", pictures="those of now")
    panel = opened(run, page)
    assert panel.ladder.baselines[-1]["text"] == percent_interval(0.4, [0.2, 0.6])  # not the 80 % of the pictures of before
    assert panel.ladder.about.startswith("These are of the 9 validation pictures of “pets” as they are now")
    assert panel.summary.stale.startswith("The pictures of “pets” are others by now")
    opened(run, page, lambda panel: message(panel.summary, type="again"))
    assert [arguments[0] for arguments in asked] == ["evaluate"]


def test_a_report_of_another_model_in_its_place_is_not_shown(folder, report, page, monkeypatch):
    asked = going_on(monkeypatch)
    run = run_folders.trained(str(folder))
    other = run_folders.export(folder.parent, b"another model")
    (run / "report.json").write_text(json.dumps(run_folders.of(report, other)))
    panel = opened(run, page)
    assert panel.state == "measuring"
    assert [arguments[0] for arguments in asked] == ["evaluate"]


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
def test_a_comparison_is_shown_by_its_sentence_and_says_of_which_two_on_what(panel, folder, monkeypatch, verdict, kind):
    other = run_folders.trained(str(folder), started="2026-02-01T10:00:00")
    message(panel.summary, type="shown")
    result = {"comparison": {"verdict": verdict, "sentence": "So."}}
    monkeypatch.setattr(
        jobs, "start", lambda *asked: runs.find(run_folders.make(*asked, [{"event": "done", "result": result}]))
    )
    message(panel.history, type="compare", folders=[panel.project.run, str(other)])
    assert panel.history.state == "compared"
    assert panel.history.comparison == {
        "kind": kind,
        "sentence": "So.",
        "about": "the training of 1 Feb, 10:00 beside the training of 2 Jan, 03:04, on the validation pictures of “pets”",
        "folders": [str(other), panel.project.run],
    }


def test_the_test_pictures_are_looked_at_only_when_asked_for_and_the_looks_are_counted(folder, report, page):
    from model.evaluation import test_set_log

    run = run_folders.trained(str(folder), {**report, "has_test": True})
    run_folders.baselines(str(folder), LADDER)
    panel = MeasurePanel(Project(run=str(run)))
    assert panel.summary.testable
    assert panel.summary.test_uses == "Nobody has looked at them yet."
    arguments = [str(folder), "--model", str(run / "export.pkl"), "--split", "test"]
    on_test = run_folders.of({**report, "split": "test", "accuracy": 0.75}, run / "export.pkl", split="test")
    run_folders.make("evaluate", arguments, [{"event": "done", "result": on_test}])
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
