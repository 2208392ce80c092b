"""The train panel without a browser: folders looked into, choices made, trainings followed and found again."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
import run_folders
from browser_messages import message
from samples import class_folders

from model import jobs
from model.artifacts import model_card
from model.errors import BadUsage
from model.jobs import runs
from widgets.shared.project import Project
from widgets.train.panel import TrainPanel

EPOCHS = [{"event": "epoch", **epoch} for epoch in run_folders.HISTORY]


pytestmark = pytest.mark.usefixtures("own_runs")


@pytest.fixture
def folder(tmp_path) -> Path:
    return class_folders(tmp_path / "pets", {"cat": 9, "dog": 9})


# ---- the training


def test_a_training_is_found_again_with_its_figures_and_its_pictures(folder):
    done = run_folders.make("train", [str(folder)], [*EPOCHS, {"event": "done", "result": run_folders.RESULT}])
    run_folders.export(done)
    project = Project()
    panel = TrainPanel(project)
    assert panel.state == "done"
    assert [epoch["epoch"] for epoch in panel.curves.epochs] == [1, 2]
    assert panel.curves.headline.startswith("Done in 65 s: 80 % of 10 validation pictures are right")
    assert panel.curves.title == "3. Training on pets"
    assert project.run == str(done)
    assert project.data == str(folder)


def test_a_training_that_goes_on_is_followed_to_its_end(folder):
    going = run_folders.make(
        "train",
        [str(folder)],
        [{"event": "training", "done": 0.1, "seconds_left": 30, "loss": 2.0, "at": 0.2, "epochs": 2}],
        alive=True,
    )

    async def follow():
        panel = TrainPanel(Project(data=str(folder)))
        while not panel.curves.losses:
            await asyncio.sleep(0.02)
        seen = [(panel.state, panel.curves.phase, panel.curves.left, panel.choices.reason)]
        panel.stop()
        seen.append((panel.state, (going / "stop").exists()))
        run_folders.add(going, *EPOCHS, {"event": "stopped", "result": run_folders.RESULT})
        while panel.state == "stopping":
            await asyncio.sleep(0.02)
        return panel, seen

    panel, (first, second) = asyncio.run(follow())
    assert first[:3] == ("running", "Training: 10 %", "about 30 s left")
    assert first[3].startswith("One training at a time")
    assert second == ("stopping", True)
    assert panel.state == "stopped"
    assert panel.curves.headline.startswith("Stopped, the best so far is kept: 80 %")


@pytest.mark.parametrize(
    ("events", "state", "headline", "detail"),
    [
        ([{"event": "failed", "sentence": "No room."}], "failed", "The training could not go on", "No room."),
        ([{"event": "stopped", "result": None}], "stopped", "Stopped before there was anything to keep", ""),
        ([], "died", "The training ended without a word", runs.DIED),
    ],
)
def test_every_end_is_a_sentence(folder, events, state, headline, detail):
    run_folders.make("train", [str(folder)], events)
    project = Project()
    panel = TrainPanel(project)
    assert panel.state == panel.curves.state == state
    assert (panel.curves.headline, panel.curves.detail) == (headline, detail)
    assert not panel.curves.measurable
    assert project.run == ""


def test_an_old_training_does_not_push_aside_the_one_that_is_looked_at(folder):
    run_folders.trained(str(folder))
    project = Project(run="/some/other/run")
    TrainPanel(project)
    assert project.run == "/some/other/run"


def test_start_waits_for_a_folder_and_says_what_is_wrong_with_a_choice(folder):
    panel = TrainPanel(Project())
    assert panel.choices.reason == "Choose the pictures first."
    panel.start()
    assert runs.list_runs("train") == []
    panel.source.look(str(folder))
    assert panel.choices.reason == ""
    panel.choices.preset, panel.choices.changes = "quick", {"epochs": "many"}
    message(panel.choices, type="start")
    assert panel.choices.sentence.startswith("Epochs must be a whole number")
    assert runs.list_runs("train") == []


def test_a_folder_chosen_in_another_part_of_the_page_is_looked_into(folder):
    project = Project()
    panel = TrainPanel(project)
    project.data = str(folder)
    assert panel.source.state == "ready"


@pytest.fixture
def asked(monkeypatch) -> list[list[str]]:
    """The arguments of trainings that would have been started."""
    asked: list[list[str]] = []

    def start(kind, arguments):
        asked.append(arguments)
        raise BadUsage("One moment.")

    real = runs.start
    monkeypatch.setattr(jobs, "start", lambda kind, *rest: start(kind, *rest) if kind == "train" else real(kind, *rest))
    return asked


def test_a_training_after_cleaning_is_compared_with_the_one_looked_at_else_the_newest_of_the_folder_else_the_pages_model(
    folder, tmp_path, asked
):
    page_model = tmp_path / "export.pkl"
    project = Project(data=str(folder), model=str(page_model))
    panel = TrainPanel(project)
    panel.source.look(str(folder))
    panel.start(compare=True)
    page_model.write_bytes(b"a model")
    panel.start(compare=True)
    older = run_folders.trained(str(folder), started="2026-01-01T10:00:00")
    newer = run_folders.trained(str(folder), started="2026-02-01T10:00:00")
    other = run_folders.trained(str(tmp_path / "plants"), started="2026-03-01T10:00:00")
    panel.start(compare=True)
    project.run = str(older)
    panel.start(compare=True)
    project.run = str(other)  # of other pictures: that comparison would say nothing
    panel.start(compare=True)
    panel.start()
    rivals = [page_model, newer / "export.pkl", older / "export.pkl", newer / "export.pkl"]
    compared = [arguments[3:] for arguments in asked]  # after the folder and the preset
    assert compared == [[], *(["--compare", str(rival)] for rival in rivals), []]
    assert panel.choices.sentence == "One moment."


def test_a_training_learns_the_labels_of_the_csv_and_is_compared_with_one_that_did(folder, tmp_path, asked):
    csv = tmp_path / "labels.csv"
    rows = [f"{file.relative_to(folder)},{file.parent.name}" for file in sorted(folder.glob("*/*"))]
    csv.write_text("\n".join(["file,label", *rows]))
    run_folders.trained(str(folder))
    way = ["--labels", str(csv), "--preset", "quick"]
    before = run_folders.make("train", [str(folder), *way], [{"event": "done", "result": run_folders.RESULT}])
    rival = run_folders.export(before)
    panel = TrainPanel(Project(data=str(folder), labels=str(csv)))
    assert (panel.source.state, panel.source.labels) == ("ready", str(csv))
    assert "labelled by labels.csv" in panel.source.sentence
    panel.start(compare=True)
    assert asked == [[str(folder), *way, "--compare", str(rival)]]


def test_a_training_after_cleaning_is_done_in_the_way_of_the_one_before(folder, tmp_path, asked):
    way = ["--preset", "thorough", "--arch", "resnet34", "--lr", "find", "--augment", "none", "--compare", "/some/export.pkl"]
    before = run_folders.make("train", [str(folder), *way], [{"event": "done", "result": run_folders.RESULT}])
    run_folders.export(before)
    panel = TrainPanel(Project(data=str(folder)))
    panel.choices.preset, panel.choices.changes = "quick", {"epochs": "1"}
    panel.start(compare=True)
    (arguments,) = asked
    given = dict(zip(arguments[1::2], arguments[2::2], strict=True))
    assert given == dict(zip(way[:-2:2], way[1:-2:2], strict=True)) | {"--compare": str(before / "export.pkl")}
    assert (panel.choices.preset, panel.choices.changes["arch"]) == ("thorough", "resnet34")  # as the person sees it


@pytest.mark.parametrize(
    ("recipe", "expected"),
    [
        ({"preset": "thorough", "seed": 0}, ["--preset", "thorough", "--arch", "resnet34"]),
        ({"preset": "instant"}, ["--preset", "instant"]),
        ({"batch": 32}, ["--preset", "instant"]),
    ],
)
def test_the_way_of_the_pages_model_is_on_its_card_where_it_was_one_of_ours(folder, tmp_path, asked, recipe, expected):
    export = run_folders.export(tmp_path)
    model_card.write(export, replace(model_card.read(export), architecture="resnet34", recipe=recipe))
    panel = TrainPanel(Project(data=str(folder), model=str(export)))
    panel.source.look(str(folder))
    panel.start(compare=True)
    assert asked == [[str(folder), *expected, "--compare", str(export)]]


@pytest.mark.parametrize("from_run", [True, False])
def test_a_training_after_cleaning_mirrors_its_pictures_or_not_as_the_one_before(folder, tmp_path, asked, from_run):
    place = run_folders.trained(str(folder)) if from_run else tmp_path
    export = run_folders.export(place)
    model_card.write(
        export, replace(model_card.read(export), architecture="resnet18", recipe={"preset": "quick", "mirror": False})
    )
    panel = TrainPanel(Project(data=str(folder), model=str(export)))
    panel.source.look(str(folder))
    panel.start(compare=True)
    (arguments,) = asked
    assert arguments[arguments.index("--mirror") + 1] == "no"  # whatever would be guessed of the classes now
    assert panel.choices.changes["mirror"] == "no"


def test_each_preset_says_how_long_it_takes_for_this_folder_on_this_machine(folder):
    panel = TrainPanel(Project())
    assert panel.choices.estimates == {}
    panel.source.look(str(folder))
    assert all(" pictures: a first guess" in sentence for sentence in panel.choices.estimates.values())
    assert list(panel.choices.estimates) == [preset["name"] for preset in panel.choices.presets]
    before = panel.choices.estimates["quick"]
    panel.choices.preset, panel.choices.changes = "quick", {"epochs": "1000", "size": "512"}
    assert panel.choices.estimates["quick"] != before
    panel.choices.changes = {"epochs": "many"}
    assert list(panel.choices.estimates) == ["instant", "thorough"]  # what is wrong with the other is said once it is to start


def test_what_is_guessed_of_a_folder_is_said_and_shown_in_the_pictures(folder, tmp_path, monkeypatch):
    letters = class_folders(tmp_path / "letters", {"A": 6, "B": 6})
    panel, shown = TrainPanel(Project()), []
    panel.choices.preset = "quick"  # one that changes its pictures
    monkeypatch.setattr(panel.strip, "show", lambda file, thumbnail, options: shown.append("flip" in options[3]))
    for data in (folder, letters):
        panel.source.look(str(data))
    assert shown == [True, False]  # each once, with the guess of its own folder
    assert panel.source.sentence.endswith(" These look like signs or letters: not mirrored.")
    assert (panel.choices.mirrorable, panel.choices.mirrorable_because) == (
        False,
        panel.source.overview["mirrorable"]["sentence"],
    )
    panel.choices.changes = {"mirror": "yes"}
    assert shown == [True, False, True]


def test_why_two_models_cannot_be_compared_is_said_at_the_end(folder):
    result = {**run_folders.RESULT, "comparison": None, "notes": ["They cannot be compared.", "The disk is full."]}
    run_folders.make("train", [str(folder)], [{"event": "done", "result": result}])
    assert TrainPanel(Project()).curves.detail == "They cannot be compared. The disk is full."
    compared = {**result, "comparison": {"sentence": "Better."}, "notes": []}
    run_folders.make("train", [str(folder)], [{"event": "done", "result": compared}], started="2026-03-01T10:00:00")
    assert TrainPanel(Project()).curves.detail == "Better."


def test_pictures_that_were_looked_at_before_are_not_counted_in_the_time_of_an_instant_training(folder):
    panel = TrainPanel(Project())
    panel.source.look(str(folder))
    assert "a first guess" in panel.choices.estimates["instant"]
    looked = {**run_folders.RESULT, "train_count": 14, "valid_count": 4, "looked": {"pictures": 18, "seconds": 1.0}}
    run_folders.make("train", [str(folder), "--preset", "instant"], [{"event": "done", "result": looked}])
    panel.source.look(str(folder))
    assert "were looked at before" in TrainPanel(Project(data=str(folder))).choices.estimates["instant"]
