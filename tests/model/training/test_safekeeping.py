"""No training is lost once it is done: what may fail after it is tried before, and what fails all the same loses nothing."""

from __future__ import annotations

from dataclasses import replace

import fastai.vision.all as fv
import pytest
import torch
from trainings import QUICK, never

from model.errors import AppError, BadUsage
from model.training import fine_tuned, safekeeping, stages
from model.training.stages import train


def failing(monkeypatch, name: str, times: list[int], error: Exception) -> list[int]:
    """Let a stage fail at these of its calls; gives the calls so far."""
    module = fine_tuned if hasattr(fine_tuned, name) else stages
    stage, calls = getattr(module, name), []

    def stumble(*args, **kwargs):
        calls.append(len(calls))
        if calls[-1] in times:
            raise error
        return stage(*args, **kwargs)

    monkeypatch.setattr(module, name, stumble)
    return calls


@pytest.mark.parametrize("stage", ["export", "describe"])
def test_a_stage_that_cannot_be_done_is_refused_before_the_first_epoch(stage, pictures, tmp_path, monkeypatch):
    failing(monkeypatch, stage, [0, 1], KeyError("Label 'images' was not included"))
    monkeypatch.setenv("VOILENS_CACHE", str(tmp_path / "cache"))
    (tmp_path / "out").mkdir()
    events: list[str] = []
    with pytest.raises(AppError, match=r"Nothing was trained.*KeyError.*images"):
        train(str(pictures), QUICK, tmp_path / "out" / "new.pkl", lambda event: events.append(event["event"]))
    assert "epoch" not in events
    assert list((tmp_path / "out").iterdir()) == []


def test_too_little_room_and_a_note_that_is_no_text_are_told_before_the_first_epoch(pictures, tmp_path, monkeypatch):
    events: list[str] = []
    with pytest.raises(BadUsage, match="UTF-8"):
        train(str(pictures), replace(QUICK, note="caf\udce9"), tmp_path / "a.pkl", lambda e: events.append(e["event"]))
    monkeypatch.setattr(safekeeping.shutil, "disk_usage", lambda place: type("Usage", (), {"free": 1000}))
    with pytest.raises(BadUsage, match="too little room"):
        train(str(pictures), QUICK, tmp_path / "a.pkl", lambda e: events.append(e["event"]))
    assert "epoch" not in events


def test_after_a_failure_behind_the_last_epoch_the_export_is_kept_and_can_be_measured(own_pictures, tmp_path, monkeypatch):
    folder = tmp_path / "run"
    folder.mkdir()
    failing(monkeypatch, "install", [0], OSError("the disk went away"))
    with pytest.raises(AppError, match=r"The training is done.*disk went away.*kept in .*new-unfinished\.pkl.*evaluate"):
        train(str(own_pictures), QUICK, tmp_path / "new.pkl", never, folder=folder)
    (kept,) = folder.iterdir()
    assert fv.load_learner(kept).dls.vocab == ["Bär", "cat", "two words"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["animals", "run"]


def test_where_even_the_export_fails_the_weights_are_kept_and_a_training_starts_from_them(pictures, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        calls = failing(patch, "export", [1], RuntimeError("out of memory"))
        with pytest.raises(AppError, match=r"The training is done.*out of memory.*--init"):
            train(str(pictures), QUICK, tmp_path / "new.pkl", never)
        assert len(calls) == 2
    (kept,) = tmp_path.iterdir()
    assert kept.name == "new-unfinished.pth"
    still = replace(QUICK, init=str(kept), learning_rate=1e-9)
    train(str(pictures), still, tmp_path / "next.pkl", never)
    body = fv.load_learner(tmp_path / "next.pkl").model[0].state_dict()
    weights = torch.load(kept, weights_only=True)
    torch.testing.assert_close(body["0.0.weight"], weights["0.0.0.weight"], rtol=0, atol=1e-6)


def test_a_report_that_cannot_be_written_takes_nothing_away(own_pictures, tmp_path, monkeypatch):
    folder = tmp_path / "run"
    folder.mkdir()
    failing(monkeypatch, "write_report", [0], OSError(28, "No space left on device"))
    result = train(str(own_pictures), QUICK, folder / "export.pkl", never, folder=folder)
    assert any("No space left" in note for note in result["notes"])
    assert sorted(path.name for path in folder.iterdir()) == ["export.pkl", "model-card.json"]
