"""What goes on, without a browser: the line above every part, from the folders of runs alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import run_folders
from browser_messages import message

from model import jobs
from widgets.page import Activity
from widgets.shared import RunWatcher, progress_of

pytestmark = pytest.mark.usefixtures("own_runs")
TRAINING = {"event": "training", "done": 0.34, "seconds_left": 130, "loss": 1.0, "at": 1.5, "epochs": 5}
LAST = {"event": "epoch", **run_folders.HISTORY[1]}


@pytest.fixture
def activity(own_runs) -> Activity:
    own_runs.mkdir()
    return Activity()


def row(activity: Activity) -> dict:
    activity.look()
    (found,) = activity.rows
    return found


def test_nothing_is_shown_while_nothing_goes_on_and_what_ended_before_is_no_news(activity):
    run_folders.make("train", ["/pictures/pets"], [{"event": "done", "result": run_folders.RESULT}])
    run_folders.make("score", ["/pictures/pets"], [])  # broken off
    activity.look()
    assert activity.rows == []


def test_a_training_is_told_with_its_progress_and_its_time_then_saving_then_its_end_and_what_one_can_do(activity):
    run = run_folders.make("train", ["/pictures/pets"], [], alive=True)
    assert row(activity)["text"] == "Training on “pets”"
    assert row(activity)["share"] == -1
    run_folders.add(run, TRAINING)
    assert (row(activity)["share"], row(activity)["status"]) == (0.34, "training: 34 %, about 2 min left")
    run_folders.add(run, {**TRAINING, "done": 1.0, "seconds_left": 0}, LAST)
    assert (row(activity)["share"], row(activity)["status"]) == (-1, "saving and measuring")
    run_folders.add(run, {"event": "measuring", "done": 5, "total": 10})
    assert row(activity)["status"] == "saving and measuring: 5 of 10"
    run_folders.add(run, {"event": "done", "result": run_folders.RESULT})
    ended = row(activity)
    assert (ended["state"], ended["action"]) == ("done", "See how good it is")
    assert ended["text"] == "The training on “pets” is done: 80 % of 10 validation pictures are right."
    activity.look()
    assert activity.rows == [ended]  # until it is put away
    message(activity, type="close", run=run.name)
    assert activity.rows == []


def test_a_search_for_doubtful_pictures_never_says_that_the_rest_is_fine(activity):
    run = run_folders.make("score", ["/pictures/pets"], [], alive=True)
    run_folders.add(run, {"event": "scoring", "phase": "looking at the pictures", "done": 3, "total": 24, "seconds_left": 9})
    assert row(activity)["status"] == "looking at the pictures: 3 of 24, about 9 s left"
    run_folders.add(run, {"event": "done", "result": {"items": 24, "doubtful": 3}})
    assert row(activity)["text"].endswith("is done: 3 labels of 24 pictures stood out. Others may be wrong, too.")


@pytest.mark.parametrize(
    ("ending", "state", "text"),
    [
        (
            {"event": "failed", "sentence": "The disk is full."},
            "failed",
            "The training on “pets” could not go on. The disk is full.",
        ),
        ({"event": "stopped", "result": None}, "stopped", "The training on “pets” was stopped."),
    ],
)
def test_a_training_that_leaves_nothing_says_why(activity, ending, state, text):
    run = run_folders.make("train", ["/pictures/pets"], [], alive=True)
    activity.look()
    run_folders.add(run, ending)
    assert (row(activity)["state"], row(activity)["text"], row(activity)["action"]) == (state, text, "Look at it")


def test_a_measurement_is_told_while_it_goes_on_alone(activity):
    run = run_folders.make("evaluate", ["digits", "--model", "x"], [], alive=True)
    assert row(activity)["text"] == "Measuring the model on the built-in digits"
    run_folders.add(run, {"event": "done", "result": {}})
    activity.look()
    assert activity.rows == []


def test_a_person_goes_to_what_goes_on_and_a_crafted_message_goes_nowhere(activity):
    heard = []
    activity.on_go(heard.append)
    run = run_folders.make("train", ["/pictures/pets"], [TRAINING], alive=True)
    activity.look()
    for crafted in ({}, {"run": "../../etc"}, {"run": []}, {"run": 3}):
        message(activity, type="go", **crafted)
    assert heard == []
    message(activity, type="go", run=run.name)
    message(activity, type="close", run=run.name)
    assert [each.folder for each in heard] == [run]
    assert len(activity.rows) == 1  # it goes on


def test_what_a_stop_was_asked_of_is_stopping_until_it_is_being_saved(activity):
    run = run_folders.make("train", ["/pictures/pets"], [TRAINING], alive=True)
    (run / jobs.STOP).touch()
    assert row(activity)["status"] == "stopping"
    run_folders.add(run, {"event": "measuring", "done": 0, "total": 10})
    assert row(activity)["status"] == "saving and measuring"


def test_only_the_end_of_a_long_run_is_read(tmp_path):
    run = run_folders.make("train", ["/pictures/pets"], [TRAINING] * 3000, alive=True)
    found = jobs.find(run).latest_events()
    assert len(found) == 50
    assert progress_of(found) == progress_of([TRAINING])
    assert jobs.find(run_folders.make("train", [], [])).latest_events() == []


def test_a_folder_that_is_still_being_made_is_found_later(own_runs):
    own_runs.mkdir()
    heard: list = []
    watcher = RunWatcher(("train",), lambda found: heard.extend(run.folder for run, _ in found))
    started: Path = own_runs / "2026-01-01-000000-train"
    started.mkdir()
    watcher.look()
    made = run_folders.make("train", ["x"], [], alive=True)
    (started / "run.json").write_text(json.dumps({**json.loads((made / "run.json").read_text())}))
    watcher.look()
    assert set(heard) == {started, made}
