"""The recorder inside a command, read back by whoever follows its run."""

from __future__ import annotations

import pytest
from run_folders import recorded

from model.errors import BadData
from model.jobs import Recorder

pytestmark = pytest.mark.usefixtures("own_runs")


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


def test_the_reason_of_a_refusal_is_kept_with_its_sentence_for_a_page_to_offer_what_was_meant(tmp_path):
    run = recorded(tmp_path)
    suggestions = [{"data": "/pets/Dataset", "labels": "", "sentence": "Did you mean Dataset?"}]
    with pytest.raises(BadData), Recorder(tmp_path):
        error = BadData("It holds no classes.", code="nested")
        error.values["suggestions"] = suggestions
        raise error
    (failed,) = run.events()
    assert (failed["code"], failed["values"]) == ("nested", {"suggestions": suggestions})


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


@pytest.mark.parametrize("length", [1, 100, 70_000, 2_000_000])
def test_an_ending_of_any_length_after_any_number_of_lines_is_found(tmp_path, length):
    run = recorded(tmp_path)
    with Recorder(tmp_path) as recorder:
        for epoch in range(500):
            recorder.report({"event": "note", "epoch": epoch})
        recorder.done({"long": "x" * length})
    assert run.state == "done"
    assert len(run.result["long"]) == length
