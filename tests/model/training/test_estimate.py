"""How long a training will take: by the pace of the last one on this machine, else a guess that says so."""

from __future__ import annotations

import pytest

from model.training import plan
from model.training.config import FINE_TUNING, PRESETS, TrainConfig
from model.training.estimate import PictureCounts, in_words, pace_of, seconds_for

PETS = PictureCounts(700, 150, 200)


def result(config: TrainConfig, pictures: PictureCounts, pace: float, beside: float) -> dict:
    """What a training on a machine of this pace gives."""
    size = config.size_for([pictures.side])
    epochs = [
        plan.work_of([epoch], size, pictures.train, pictures.valid) for epoch in plan.plan_epochs(config, size, fresh=False)
    ]
    history = [{"work": round(work), "seconds": work * pace} for work in epochs]
    return {"history": history, "seconds": beside + sum(epoch["seconds"] for epoch in history)}


@pytest.mark.parametrize("preset", FINE_TUNING)
def test_the_pace_of_one_training_tells_the_time_of_the_next_one_of_another_kind_and_size(preset):
    quick = PRESETS["quick"]
    pace = pace_of([("efficientnet_lite0", result(quick, PictureCounts(90, 20, 64), 1e-6, 9.0))])
    expected = result(PRESETS[preset], PETS, 1e-6, 9.0)["seconds"]
    assert seconds_for(PRESETS[preset], PETS, pace) == pytest.approx(expected, rel=0.01)


def test_a_guess_says_that_it_is_one_and_a_measurement_by_what_it_is_known():
    guessed, measured = pace_of([]), pace_of([("efficientnet_lite0", result(PRESETS["quick"], PETS, 1e-6, 9.0))])
    for pace, how in (
        (guessed, "a first guess, the first batches tell it better"),
        (measured, "by the pace of the last training"),
    ):
        said = in_words(PRESETS["quick"], PETS, pace)
        assert "for these 850 pictures" in said
        assert how in said


def test_a_training_that_tells_no_pace_is_passed_over():
    silent = {"history": [{"seconds": 3.0}], "seconds": 9.0}
    known = ("efficientnet_lite0", result(PRESETS["quick"], PETS, 2e-6, 9.0))
    assert pace_of([("efficientnet_lite0", silent), ("some_network", known[1]), known]).seconds == pytest.approx(2e-6, rel=0.01)


def test_more_pictures_epochs_and_pixels_take_longer():
    pace = pace_of([])
    base = seconds_for(TrainConfig(), PETS, pace)
    assert seconds_for(TrainConfig(), PictureCounts(7000, 150, 200), pace) > 2 * base
    assert seconds_for(TrainConfig(epochs=40), PETS, pace) > 2 * base
    assert seconds_for(TrainConfig(size=512), PETS, pace) > 2 * base
    assert seconds_for(TrainConfig(arch="resnet50"), PETS, pace) > 2 * base
    assert seconds_for(TrainConfig(), PictureCounts(0, 0, 0), pace) > 0


def test_an_instant_training_takes_as_long_as_the_looking_at_pictures_that_were_not_looked_at_before():
    pace = pace_of([("resnet18", {"history": [{"work": 0, "seconds": 50.0}], "looked": {"pictures": 500, "seconds": 50.0}})])
    instant, pets, known = PRESETS["instant"], PictureCounts(700, 150, 200), PictureCounts(700, 150, 200, known=850)
    again = seconds_for(instant, known, pace)
    assert seconds_for(instant, pets, pace) == pytest.approx(again + 85)
    assert "by the pace of the last training" in in_words(instant, pets, pace)
    assert "were looked at before" in in_words(instant, known, pace)
    assert "a first guess, the first pictures tell it better" in in_words(instant, pets, pace_of([]))
    assert not pace.measured
