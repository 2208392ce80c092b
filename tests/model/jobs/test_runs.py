"""Runs as real processes: the quickest real command, `scan`, over a tiny folder."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from model.errors import BadData, BadUsage
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


def recorded(folder: Path, pid: int | None = None) -> runs.Run:
    """A run as `start` writes it, of this very process unless another is named."""
    pid = pid or os.getpid()
    about = {"kind": "train", "arguments": [], "pid": pid, "begun": runs._begun(pid), "started": "2026-01-01T00:00:00"}
    (folder / runs.ABOUT).write_text(json.dumps(about))
    return runs.find(folder)


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
    folder = runs.new("train")
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
    folder = runs.new("train")
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


def test_the_recorder_hears_of_a_stop_and_the_run_counts_as_stopped(tmp_path):
    run = recorded(tmp_path)
    with Recorder(tmp_path) as recorder:
        assert not recorder.stopping()
        run.stop()
        assert recorder.stopping()
        recorder.done({"accuracy": 0.5})
    assert (run.state, run.result) == ("stopped", {"accuracy": 0.5})


@pytest.mark.parametrize(
    ("error", "state", "words"),
    [
        (BadData("The class “a” is empty: fill it."), "failed", "The class “a” is empty"),
        (MemoryError(), "failed", "too little memory"),
        (ZeroDivisionError("x"), "failed", "unforeseen"),
        (KeyboardInterrupt(), "stopped", ""),
    ],
)
def test_an_error_inside_ends_the_run_with_a_sentence_and_goes_on_up(tmp_path, error, state, words):
    run = recorded(tmp_path)
    with pytest.raises(type(error)), Recorder(tmp_path):
        raise error
    assert run.state == state
    assert words in run.sentence
    assert "Traceback" not in run.sentence


def test_without_a_folder_the_recorder_shows_progress_and_keeps_nothing(capsys):
    with Recorder(None) as recorder:
        recorder.report({"event": "epoch", "epoch": 1, "epochs": 2, "train_loss": 1, "valid_loss": 2, "accuracy": 0.5})
        recorder.done({})
        assert not recorder.stopping()
    assert "epoch 1 of 2" in capsys.readouterr().err


def test_progress_is_thinned_out_but_its_end_and_all_else_is_kept(tmp_path):
    run = recorded(tmp_path)
    with Recorder(tmp_path) as recorder:
        for done in range(1, 1001):
            recorder.report({"event": "reading", "done": done, "total": 1000})
        for epoch in range(50):
            recorder.report({"event": "epoch", "epoch": epoch, "epochs": 50, "train_loss": 1, "valid_loss": 1, "accuracy": 1})
        recorder.done({})
    kinds = [event["event"] for event in run.events()]
    assert 2 <= kinds.count("reading") < 100
    assert {"event": "reading", "done": 1000, "total": 1000} in run.events()
    assert kinds.count("epoch") == 50


def test_a_line_that_is_still_being_written_is_no_event_yet(tmp_path):
    run = recorded(tmp_path)
    (tmp_path / runs.EVENTS).write_text('{"event": "reading", "done": 1, "total": 2}\n{"event": "rea')
    assert [event["event"] for event in run.events()] == ["reading"]
    assert run.state == "running"


@pytest.mark.parametrize("length", [1, 100, 70_000, 2_000_000])
def test_an_ending_of_any_length_after_any_number_of_lines_is_found(tmp_path, length):
    run = recorded(tmp_path)
    with Recorder(tmp_path) as recorder:
        for epoch in range(500):
            recorder.report({"event": "note", "epoch": epoch})
        recorder.done({"long": "x" * length})
    assert run.state == "done"
    assert len(run.result["long"]) == length


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
