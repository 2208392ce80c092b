"""What is said of a training's epochs, from histories as real trainings leave them."""

from __future__ import annotations

import math

import pytest

from model.evaluation.learning_curves import verdict_on_fit


def history(train: list[float], valid: list[float], accuracy: list[float]) -> list[dict]:
    rows = zip(train, valid, accuracy, strict=True)
    return [{"epoch": n + 1, "train_loss": t, "valid_loss": v, "accuracy": a} for n, (t, v, a) in enumerate(rows)]


WELL = {
    "fine-tuning with augmentation, where the training loss stays above": history(
        [1.52, 0.98, 0.77, 0.66, 0.60, 0.58], [0.95, 0.71, 0.58, 0.51, 0.47, 0.46], [0.66, 0.75, 0.80, 0.83, 0.85, 0.86]
    ),
    "digits from scratch": history(
        [1.80, 0.60, 0.25, 0.12, 0.08], [0.90, 0.30, 0.12, 0.07, 0.06], [0.75, 0.91, 0.96, 0.98, 0.985]
    ),
    "nearly perfect, and falling still": history([0.5, 0.1, 0.02], [0.3, 0.08, 0.05], [0.92, 0.97, 0.99]),
    "a validation loss that trembles": history([0.9, 0.6, 0.5, 0.45], [0.70, 0.52, 0.54, 0.53], [0.75, 0.82, 0.81, 0.82]),
    "one epoch": history([1.0], [0.9], [0.5]),
    "none": [],
}


@pytest.mark.parametrize("epochs", WELL.values(), ids=WELL.keys())
def test_nothing_is_said_of_a_training_that_went_well(epochs):
    assert verdict_on_fit(epochs) is None


def test_a_rising_validation_loss_under_a_falling_training_loss_is_overfitting():
    epochs = history(
        [1.4, 0.8, 0.45, 0.22, 0.10, 0.05], [1.0, 0.72, 0.61, 0.66, 0.75, 0.86], [0.60, 0.74, 0.79, 0.78, 0.77, 0.77]
    )
    said = verdict_on_fit(epochs)
    assert said.startswith("Overfitting: since epoch 3 the validation loss has risen from 0.61 to 0.86")
    assert "training loss fell to 0.05" in said
    assert "fell from 79 % to 77 %" in said


def test_a_rising_loss_with_an_accuracy_that_holds_is_a_sign_and_called_no_more():
    epochs = history([1.2, 0.6, 0.2, 0.05], [0.8, 0.5, 0.52, 0.60], [0.7, 0.80, 0.81, 0.82])
    said = verdict_on_fit(epochs)
    assert said.startswith("Signs of overfitting")
    assert "82 %" in said and "surer" in said


def test_a_training_loss_far_under_the_validation_loss_is_named():
    epochs = history([1.2, 0.6, 0.2, 0.11], [0.9, 0.6, 0.47, 0.46], [0.7, 0.80, 0.84, 0.85])
    assert "far under the validation loss (0.46)" in verdict_on_fit(epochs)


def test_losses_that_were_still_falling_mean_that_it_ended_too_early():
    said = verdict_on_fit(history([2.2, 1.9, 1.6], [2.1, 1.8, 1.5], [0.2, 0.35, 0.5]))
    assert said.startswith("Underfitting, because it ended too early")
    assert "1.80 to 1.50" in said


def test_losses_that_hardly_fall_mean_that_little_was_learned():
    said = verdict_on_fit(history([1.80, 1.79, 1.78, 1.78], [1.79, 1.78, 1.78, 1.77], [0.2, 0.2, 0.22, 0.22]))
    assert said.startswith("Underfitting: the losses have hardly fallen (validation 1.79 to 1.77)")


@pytest.mark.parametrize("last", [math.nan, math.inf, 9.0])
def test_losses_that_grow_out_of_bounds_are_blamed_on_the_learning_rate(last):
    assert "learning rate is too high" in verdict_on_fit(history([1.5, 3.0, last], [1.6, 3.5, last], [0.3, 0.2, 0.1]))


def test_a_loss_that_jumps_while_little_is_known_by_heart_is_no_overfitting():
    said = verdict_on_fit(history([3.4, 1.5, 1.02], [1.03, 8.2, 8.42], [0.55, 0.5, 0.5]))
    assert said.startswith("Unsteady: the validation loss jumped from 1.03 to 8.42")
