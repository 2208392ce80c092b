"""What happens beside the steps of a training, by callbacks without a training: what is kept, what ends it."""

from __future__ import annotations

import math
from types import SimpleNamespace

import fastai.vision.all as fv
import pytest
import torch

from model.training.callbacks import BestCheckpoint, EarlyStopping, Epoch, ProgressCallback


class Trained:
    """Callbacks that live through epochs whose figures are made up; the network's one weight is the epoch's number."""

    def __init__(self, patience: int | None = None, stopping=lambda: False):
        self.events: list[dict] = []
        self.progress = ProgressCallback([Epoch(32)] * 9, 32, self.events.append)
        self.checkpoint = BestCheckpoint(self.progress)
        self.early = EarlyStopping(self.progress, patience, stopping)
        self.model = torch.nn.Linear(1, 1, bias=False)
        self.learner = SimpleNamespace(
            model=self.model,
            opt=SimpleNamespace(hypers=[{"lr": 0.1}]),
            recorder=SimpleNamespace(values=[]),
            dls=SimpleNamespace(train=SimpleNamespace(size=0, n=8), valid=SimpleNamespace(n=8)),
            training=True,
            loss=1.0,
            iter=0,
            n_iter=1,
        )
        for callback in self.callbacks:
            callback.learn = self.learner

    @property
    def callbacks(self) -> list[fv.Callback]:
        return sorted([self.early, self.checkpoint, self.progress], key=lambda callback: callback.order)

    def epoch(self, valid_loss: float, accuracy: float, train_loss: float = 1.0) -> None:
        self.learner.loss = train_loss
        self.learner.recorder.values.append([train_loss, valid_loss, accuracy])
        torch.nn.init.constant_(self.model.weight, len(self.learner.recorder.values))
        for event in ("before_epoch", "after_batch", "after_epoch"):
            for callback in self.callbacks:
                getattr(callback, event, lambda: None)()

    def restored(self) -> float:
        self.checkpoint.restore(self.learner)
        return self.model.weight.item()


def test_the_best_is_the_highest_accuracy_among_equals_the_lowest_loss_among_these_the_first():
    trained = Trained()
    for figures in ((0.5, 0.8), (0.9, 0.9), (0.4, 0.9), (0.4, 0.9), (0.1, 0.7)):
        trained.epoch(*figures)
    assert [epoch["best"] for epoch in trained.progress.history] == [True, True, True, False, False]
    assert trained.restored() == 3


@pytest.mark.parametrize(("train_loss", "valid_loss"), [(math.nan, 0.1), (0.1, math.inf)])
def test_a_loss_that_is_no_number_ends_the_training_and_the_best_before_stays(train_loss, valid_loss):
    trained = Trained()
    trained.epoch(0.5, 0.8)
    told = len(trained.events)
    with pytest.raises(fv.CancelFitException):
        trained.epoch(valid_loss, 0.9, train_loss)
    assert (trained.early.diverged, trained.early.ended, trained.early.stopped) == (True, True, False)
    assert len(trained.progress.history) == 1
    assert all(math.isfinite(event["loss"]) for event in trained.events[told:] if "loss" in event)
    assert trained.restored() == 1


def test_patience_counts_the_epochs_since_the_best():
    trained = Trained(patience=2)
    for figures in ((0.5, 0.8), (0.5, 0.7), (0.4, 0.8), (0.5, 0.7)):
        trained.epoch(*figures)
    with pytest.raises(fv.CancelFitException):
        trained.epoch(0.5, 0.7)
    assert (trained.early.ended, trained.early.stopped, trained.early.diverged) == (True, False, False)


def test_who_asks_for_a_stop_hears_of_the_batch_before():
    asked = False
    trained = Trained(stopping=lambda: asked)
    trained.epoch(0.5, 0.8)
    asked, told = True, len(trained.events)
    with pytest.raises(fv.CancelFitException):
        trained.epoch(0.4, 0.9)
    assert [event["event"] for event in trained.events[told:]] == ["training"]
    assert trained.early.stopped


def test_a_batch_tells_where_among_the_epochs_it_is_and_what_is_measured_in_between_is_no_batch_of_the_curve():
    trained = Trained()
    for _ in range(2):
        trained.epoch(0.5, 0.8)
    trained.progress.before_epoch()
    trained.learner.iter, trained.learner.n_iter = 0, 4
    trained.progress.after_batch()
    trained.learner.training = False
    trained.progress.after_batch()
    learned, looked = trained.events[-2:]
    assert (learned["at"], learned["epochs"], learned["loss"]) == (2.25, 9, 1.0)
    assert not {"loss", "at"} & looked.keys()
    assert learned["done"] < looked["done"]
