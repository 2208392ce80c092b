"""Measures and verdicts of quality, on generated pictures: what is spoiled is named, what is merely light or plain is not."""

from __future__ import annotations

import random

import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter
from samples import photo

from model.scoring import quality
from model.scoring.quality import Quality

SPOILED = {
    "dark": lambda picture: ImageEnhance.Brightness(picture).enhance(0.2),
    "bright": lambda picture: Image.blend(picture, Image.new("RGB", picture.size, "white"), 0.9),
    "flat": lambda picture: Image.blend(picture, Image.new("RGB", picture.size, "grey"), 0.95),
    "blurry": lambda picture: picture.filter(ImageFilter.GaussianBlur(4)),
    "odd size": lambda picture: picture.resize((picture.width // 8, picture.height // 8)),
}


def scene(seed: int, background: str | None = None) -> Image.Image:
    """A few sharp shapes on a smooth ground, or on one of one colour; 320 × 240 pixels."""
    rng = random.Random(seed)
    picture = Image.new("RGB", (320, 240), background) if background else photo(320, 240, seed=seed)
    pen = ImageDraw.Draw(picture)
    for _ in range(4):
        x, y, side = rng.randrange(240), rng.randrange(160), rng.randrange(30, 80)
        pen.ellipse((x, y, x + side, y + side), fill=tuple(rng.randrange(256) for _ in range(3)))
    return picture


def verdicts(pictures: list[Image.Image]) -> list[tuple[str, ...]]:
    return quality.issues([quality.measure(picture) for picture in pictures])


@pytest.mark.parametrize("background", [None, "white", "black"])
def test_a_folder_of_sound_pictures_has_no_issues_whatever_their_ground(background):
    assert verdicts([scene(seed, background) for seed in range(30)]) == [()] * 30


@pytest.mark.parametrize("issue", SPOILED)
def test_a_spoiled_picture_is_named_and_its_neighbours_are_not(issue):
    found = verdicts([*(scene(seed) for seed in range(20)), SPOILED[issue](scene(5))])
    assert issue in found[-1]
    assert found[:-1] == [()] * 20


@pytest.mark.parametrize("issue", SPOILED)
def test_what_the_whole_folder_is_like_is_no_issue(issue):
    found = verdicts([SPOILED[issue](scene(seed)) for seed in range(20)])
    assert not any(issue in one for one in found)


def test_a_long_strip_has_an_odd_size():
    found = verdicts([*(scene(seed) for seed in range(9)), scene(1).crop((0, 100, 320, 140))])
    assert "odd size" in found[-1]


def test_a_picture_that_cannot_be_opened_has_no_issues_of_this_kind():
    assert quality.issues([None, quality.measure(scene(1)), None]) == [(), (), ()]
    assert quality.issues([]) == []


def test_the_measures_of_plain_pictures_are_known():
    half = Image.new("RGB", (100, 60), "black")
    half.paste("white", (50, 0, 100, 60))
    found = quality.measure(half)
    assert (found.width, found.height, found.aspect) == (100, 60, 100 / 60)
    assert found.brightness == pytest.approx(0.5)
    assert found.contrast == pytest.approx(1, abs=0.01)
    grey = quality.measure(Image.new("RGB", (100, 60), (51, 51, 51)))
    assert grey == Quality(100, 60, pytest.approx(0.2), pytest.approx(0, abs=0.01), 1.0)


def test_the_more_blurred_the_less_sharp_and_brightness_changes_nothing():
    blurred = [scene(3).filter(ImageFilter.GaussianBlur(radius)) for radius in (0, 1, 2, 4)]
    sharpness = [quality.measure(picture).sharpness for picture in blurred]
    assert sharpness == sorted(sharpness, reverse=True)
    assert sharpness[0] > 0.6 > quality.BLURRY > sharpness[-1]
    darker = [quality.measure(ImageEnhance.Brightness(picture).enhance(0.6)).sharpness for picture in blurred]
    assert darker == pytest.approx(sharpness, rel=0.15)


def test_sharpness_does_not_depend_on_how_many_pixels_a_photo_has():
    small = scene(3).resize((340, 256))
    large = small.resize((1360, 1024), Image.Resampling.LANCZOS)
    assert quality.measure(large).sharpness == pytest.approx(quality.measure(small).sharpness, rel=0.2)


@pytest.mark.parametrize("size", [(1, 1), (1, 300), (8, 8), (2000, 1)])
def test_pictures_of_any_size_are_measured(size):
    assert quality.measure(photo(64, 64).resize(size)).sharpness == 1.0
