"""Runs as real processes: the quickest real command, `scan`, over a tiny folder."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from run_folders import recorded

from model.errors import BadUsage
from model.jobs import Recorder, runs

pytestmark = pytest.mark.usefixtures("own_runs")


@pytest.fixture
def animals(pictures, tmp_path) -> Path:
    return Path(shutil.copytree(pictures, tmp_path / "animals"))


def ended(run: runs.Run, seconds: float = 60) -> runs.Run:
    deadline = time.monotonic() + seconds
    while run.state == "running" and time.monotonic() < deadline:
        time.sleep(0.05)
    return run


def test_a_run_goes_on_by_itself_and_leaves_its_events_and_its_result(animals):
    run = ended(runs.start("scan", [str(animals)]))
    assert (run.state, run.result, run.sentence) == ("done", {"pictures": 24}, "")
    assert [event["event"] for event in run.events()][-2:] == ["scanning", "done"]
    assert run.events(since=len(run.events()) - 1) == [{"event": "done", "result": {"pictures": 24}}]
    assert (run.kind, run.arguments) == ("scan", [str(animals)])


def test_a_run_knows_what_was_given_for_an_option(tmp_path):
    run = recorded(tmp_path)
    run.arguments = ["birds", "--preset", "quick", "--stop", "--size"]
    assert run.option("--preset") == "quick"
    assert run.option("--model") is None
    assert run.option("--size") is None


def test_a_run_is_found_again_by_whoever_looks_newest_first(animals):
    first, second = runs.start("scan", [str(animals)]), runs.start("scan", [str(animals)])
    assert first.folder != second.folder
    assert runs.list_runs() == runs.list_runs("scan") == [second, first]
    assert runs.list_runs("train") == []
    assert runs.latest() == second
    assert runs.latest("train") is None
    assert runs.find(str(first.folder)) == first
    for run in (first, second):
        assert ended(run).state == "done"


def test_a_run_that_fails_says_why_in_its_sentence(tmp_path):
    run = ended(runs.start("scan", [str(tmp_path / "nowhere")]))
    assert run.state == "failed"
    assert run.sentence.startswith("There is no folder")
    assert run.result is None


def test_a_run_whose_process_was_killed_has_died_and_says_what_to_do(tmp_path):
    folder = runs.new_folder("train")
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    run = recorded(folder, process.pid)
    assert run.state == "running"
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert run.state == "died"
    assert run.sentence.endswith("Start it again.")


def test_a_run_with_options_that_cannot_be_says_which(animals):
    run = ended(runs.start("train", [str(animals), "--size", "0"]))
    assert run.state == "died"
    assert run.sentence == "It could not start: argument --size: must be at least 1"


def test_a_run_that_is_refused_before_its_work_begins_says_why(animals):
    run = ended(runs.start("train", [str(animals), "--init", "nowhere.pkl", "--arch", "resnet19"]))
    assert "resnet19" in run.sentence


def test_what_a_run_wrote_before_it_was_killed_is_not_taken_for_the_reason(tmp_path):
    folder = runs.new_folder("train")
    run = recorded(folder, 2**22 + 1)
    (folder / "output.txt").write_text("training: 40 %")
    (folder / runs.EVENTS).touch()
    assert run.sentence == runs.DIED


def test_another_process_with_the_number_of_a_dead_one_is_not_taken_for_it(tmp_path):
    run = recorded(tmp_path)
    about = json.loads((tmp_path / runs.ABOUT).read_text())
    (tmp_path / runs.ABOUT).write_text(json.dumps({**about, "begun": "1"}))
    assert run.state == "running"
    assert runs.find(tmp_path).state == "died"


def test_a_line_that_is_still_being_written_is_no_event_yet(tmp_path):
    run = recorded(tmp_path)
    (tmp_path / runs.EVENTS).write_text('{"event": "reading", "done": 1, "total": 2}\n{"event": "rea')
    assert [event["event"] for event in run.events()] == ["reading"]
    assert run.state == "running"


def test_folders_that_are_no_runs_are_passed_over_or_refused(own_runs):
    own_runs.mkdir()
    (own_runs / "mine").mkdir()
    assert runs.list_runs() == []
    with pytest.raises(BadUsage, match="no run"):
        runs.find(own_runs / "mine")
    with pytest.raises(BadUsage, match="make it first"):
        Recorder(own_runs / "nowhere")


def test_where_no_run_can_be_kept_a_sentence_says_what_to_do(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("VOILENS_RUNS", str(tmp_path / "file"))
    with pytest.raises(BadUsage, match="VOILENS_RUNS"):
        runs.start("scan", ["digits"])
