"""What more photos would bring, without a browser: offered, followed, shown only for the pictures that it is of."""

from __future__ import annotations

import asyncio

import pytest
import run_folders

from model import jobs
from widgets.measure.more_photos import MorePhotos
from widgets.measure.trained_model import TrainedModel

pytestmark = pytest.mark.usefixtures("own_runs")

REPORT = {"measured_on": {"model": "x", "split": "valid", "pictures": "those", "count": 10}}
CURVE = {
    "sentence": "Twice as many photos of trash would probably bring 2 to 5 points.",
    "how": "By heads that had not seen them.",
    "points": [
        {"photos": 50, "accuracy": 0.8, "interval": [0.7, 0.9]},
        {"photos": 1100, "accuracy": 0.9, "interval": [0.8, 0.95]},
    ],
    "doubled": {"photos": 2200, "accuracy": 0.93, "interval": [0.92, 0.95]},
    "classes": [
        {"name": "trash", "photos": 90, "right": 0.8, "gain": [0.02, 0.05]},
        {"name": "tin", "photos": 9, "right": 1.0, "gain": [0, 0]},
    ],
}


@pytest.fixture
def model(tmp_path) -> TrainedModel:
    return TrainedModel(jobs.Run(run_folders.trained(str(tmp_path / "pets"))))


def test_it_is_offered_and_what_was_measured_of_these_very_pictures_is_shown(model):
    card = MorePhotos()
    card.offer(model, REPORT)
    assert (card.state, card.points) == ("offered", [])
    run_folders.make("evaluate", model.curve_arguments(), [{"event": "done", "result": {**REPORT, "curve": CURVE}}])
    card.offer(model, REPORT)
    assert (card.state, card.sentence) == ("ready", CURVE["sentence"])
    assert [(point["name"], point["guess"]) for point in card.points] == [
        ("50 photos", False),
        ("1,100 photos", False),
        ("2,200 photos, a guess", True),
    ]
    assert [row["gain"] for row in card.classes] == ["2 to 5 points", "less than a point"]
    card.offer(model, {"measured_on": {**REPORT["measured_on"], "pictures": "others"}})
    assert (card.state, card.points, card.classes) == ("offered", [], [])


def test_one_that_goes_on_is_followed_and_a_failure_is_a_sentence(model):
    events = [{"event": "evaluating", "phase": "learning from fewer photos", "done": 3, "total": 9}]
    going = run_folders.make("evaluate", model.curve_arguments(), events, alive=True)

    async def follow() -> list[tuple[str, str]]:
        card = MorePhotos()
        card.offer(model, REPORT)
        seen = [(card.state, card.sentence)]
        while "3 of 9" not in card.sentence:
            await asyncio.sleep(0.02)
        seen.append((card.state, card.sentence))
        run_folders.add(going, {"event": "failed", "sentence": "The disk is full: make room."})
        while card.state == "measuring":
            await asyncio.sleep(0.02)
        return [*seen, (card.state, card.sentence)]

    assert asyncio.run(follow()) == [
        ("measuring", "Looking at the pictures"),
        ("measuring", "Learning from fewer photos: 3 of 9"),
        ("failed", "The disk is full: make room."),
    ]
