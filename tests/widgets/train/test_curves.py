"""A training on the screen, from its events alone: where a loss was measured, what is said when, whether it can be stopped."""

from __future__ import annotations

import pytest
import run_folders

from widgets.train.curves import POINTS, TrainingMonitor


def batch(at: float, loss: float = 1.0, epochs: int = 2, done: float | None = None) -> dict:
    """A batch that was learned from; the work that is done is no measure of the epochs, which cost more and more."""
    share = at / epochs if done is None else done
    return {"event": "training", "done": share, "seconds_left": 30, "loss": loss, "at": at, "epochs": epochs}


def epoch(number: int, epochs: int = 2) -> dict:
    return {"event": "epoch", **run_folders.HISTORY[0], "epoch": number, "epochs": epochs}


def test_every_epoch_is_as_wide_as_the_others_whatever_it_costs():
    curves = TrainingMonitor()
    curves.hear([batch(0.5, done=0.05), batch(1, done=0.1), {"event": "training", "done": 0.2}, epoch(1), batch(1.5, done=0.6)])
    assert curves.losses == [[0.5, 1.0], [1, 1.0], [1.5, 1.0]]
    curves.hear([batch(2, done=0.9), {"event": "training", "done": 1.0}, epoch(2)])
    assert [each["at"] for each in curves.epochs] == [1, 2]
    assert curves.planned == 2


def test_an_epoch_that_was_cut_short_stands_where_it_ended():
    curves = TrainingMonitor()
    curves.hear([batch(0.25, epochs=60), batch(0.4, epochs=60), epoch(1, epochs=60)])
    assert [each["at"] for each in curves.epochs] == [0.4]


def test_an_old_training_shows_its_epochs_where_they_were():
    curves = TrainingMonitor()
    curves.hear(
        [{"event": "training", "done": 0.1, "loss": 2.0}, epoch(1), {"event": "training", "done": 0.7, "loss": 1.0}, epoch(2)]
    )
    assert curves.losses == []  # nobody knows where among the epochs these were
    assert [each["at"] for each in curves.epochs] == [1, 2]


def test_of_very_many_losses_a_readable_number_is_kept_the_first_and_the_last_among_them():
    curves = TrainingMonitor()
    for start in (0, 2500):
        curves.hear([batch((n + 1) / 2500) for n in range(start, start + 2500)])
    assert POINTS // 2 < len(curves.losses) <= POINTS
    assert (curves.losses[0][0], curves.losses[-1][0]) == (pytest.approx(0.0004), 2)


def test_after_the_last_epoch_it_is_saved_and_measured_and_there_is_nothing_to_stop():
    curves, said = TrainingMonitor(), []
    curves.clear("3. Training on pets")
    curves.observe(lambda _change: said.append((curves.phase, curves.done, curves.stoppable)), ["phase", "done", "stoppable"])
    curves.hear([batch(1), epoch(1), batch(2), {"event": "training", "done": 1.0, "seconds_left": 0.0}])
    assert (curves.phase, curves.done, curves.stoppable) == ("Training: 99 %", 0.99, True)
    curves.hear([epoch(2)])
    assert (curves.phase, curves.left, curves.stoppable) == ("Saving and measuring", "", False)
    curves.hear([{"event": "measuring", "done": 0, "total": 10}])
    assert (curves.phase, curves.done) == ("Saving and measuring", 0)
    curves.hear([{"event": "measuring", "done": 10, "total": 10}])
    assert curves.phase == "Saving and measuring: 10 of 10"
    assert not [each for each in said if each[1] >= 1 and each[2]]  # never all done with a stop that is alive
    curves.clear("3. Training on pets")
    assert curves.stoppable


def test_a_training_that_ends_before_its_time_is_saved_too():
    curves = TrainingMonitor()
    curves.hear([batch(0.4, epochs=60), epoch(1, epochs=60)])
    assert curves.stoppable  # there may be another epoch
    curves.hear([{"event": "measuring", "done": 0, "total": 10}])
    assert (curves.phase, curves.stoppable) == ("Saving and measuring", False)


def test_files_that_were_left_out_are_listed_at_the_end():
    curves = TrainingMonitor(state="done")
    curves.end({**run_folders.RESULT, "left_out": [{"file": "a.jpg", "reason": "is broken"}]}, "")
    assert curves.left_out == [{"file": "a.jpg", "reason": "is broken"}]


def test_a_head_that_is_fitted_at_once_has_its_figure_before_the_model_is_saved():
    fit = {"event": "epoch", "epoch": 1, "epochs": 2, "train_loss": 0.1, "valid_loss": 0.3, "accuracy": 0.91, "lr": 0.0}
    monitor = TrainingMonitor(state="running")
    monitor.hear([fit, {"event": "looking", "done": 4, "total": 9}])
    assert monitor.phase == "91 % of the validation pictures are right. Looking at the pictures: 4 of 9"
    monitor.hear([{**fit, "epoch": 2}, {"event": "measuring", "done": 0, "total": 9}])
    assert monitor.phase.startswith("91 % of the validation pictures are right. Saving")
