"""Which conditions are seen in drawn pictures, as they are and degraded."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from model.evaluation import degrade
from model.images import CONDITIONS, conditions_of


@pytest.fixture(scope="module")
def picture() -> Image.Image:
    """Coloured discs with sharp edges, some grain, in full light."""
    drawn = Image.new("RGB", (224, 224), (230, 226, 215))
    pen = ImageDraw.Draw(drawn)
    for place, colour in enumerate([(200, 40, 30), (40, 120, 200), (250, 200, 20), (30, 140, 60)]):
        x, y = 20 + 100 * (place % 2), 20 + 100 * (place // 2)
        pen.ellipse((x, y, x + 80, y + 80), fill=colour)
    grain = np.random.default_rng(0).normal(0, 3, (224, 224, 1))
    return Image.fromarray((np.asarray(drawn) + grain).clip(0, 255).astype(np.uint8))


def named(picture: Image.Image) -> list[str]:
    return [name for name, held in zip(CONDITIONS, conditions_of(picture), strict=True) if held]


def test_in_a_photo_as_it_is_nothing_is_seen(picture):
    assert named(picture) == []


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_degraded_copy_is_called_by_its_name(picture, name):
    assert named(degrade(picture, name, 0)) == [name]


@pytest.mark.parametrize("name", ["turned_15", "turned_90", "tinted"])
def test_other_copies_are_as_they_were(picture, name):
    assert named(degrade(picture, name, 0)) == []


def test_several_conditions_may_hold(picture):
    assert named(degrade(degrade(picture, "grey", 0), "dark", 0)) in (["grey", "dark"], ["dark"]), "its noise has colours"
    assert named(degrade(degrade(picture, "blurred", 0), "grey", 0)) == ["grey", "blurred"]


def test_one_channel_is_not_called_grey(picture):
    assert named(picture.convert("L")) == []
    assert named(picture.convert("L").point(lambda value: value // 4)) == ["dark"]


def test_one_colour_and_the_smallest_pictures_are_told_nothing_of_their_edges():
    assert named(Image.new("RGB", (224, 224), (250, 120, 30))) == []
    assert named(Image.new("RGB", (3, 3), (250, 120, 30))) == []
