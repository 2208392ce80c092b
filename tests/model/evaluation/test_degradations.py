import numpy as np
import pytest
from PIL import Image, ImageChops, ImageDraw, ImageStat

from model.evaluation import DEGRADATIONS, degrade, degrade_somehow
from tests.support.samples import photo, same_picture

BOX = (50, 60, 130, 150)


def box_on_card() -> Image.Image:
    """A blue box on light card that is a little darker to one side."""
    across = np.linspace(225, 200, 200)[None, :, None] * np.ones((220, 1, 3)) * (1.0, 0.98, 0.95)
    picture = Image.fromarray(across.astype(np.uint8))
    ImageDraw.Draw(picture).rectangle(BOX, fill=(30, 60, 160))
    return picture


def degraded(picture: Image.Image, name: str, seed: int = 3) -> Image.Image:
    found = degrade(picture, name, seed)
    assert found is not None
    return found


@pytest.mark.parametrize("name", DEGRADATIONS)
def test_the_same_seed_gives_the_same_picture(name):
    picture = box_on_card()
    first = degraded(picture, name)
    assert same_picture(first, degraded(picture, name)) and not same_picture(first, picture)


@pytest.mark.parametrize("name", [name for name in DEGRADATIONS if name != "background"])
@pytest.mark.parametrize("size", [(1, 1), (5, 90), (300, 40)])
def test_pictures_of_any_shape_are_degraded(name, size):
    found = degraded(photo(*size), name)
    assert found.mode == "RGB" and found.size == (size[::-1] if name == "turned_90" else size)


def test_grey_has_no_colour_and_keeps_the_light():
    picture = photo(60, 50)
    red, green, blue = degraded(picture, "grey").split()
    assert same_picture(red, green) and same_picture(green, blue)
    assert ImageStat.Stat(red).mean[0] == pytest.approx(ImageStat.Stat(picture.convert("L")).mean[0], abs=1)


def test_dark_has_a_third_of_the_light():
    bright = Image.new("RGB", (80, 80), (210, 180, 150))
    assert ImageStat.Stat(degraded(bright, "dark")).mean == pytest.approx([70, 60, 50], abs=2)


def test_a_turned_picture_lies_on_its_side_and_an_askew_one_shows_no_black_corners():
    picture = box_on_card()
    on_its_side = degraded(picture, "turned_90")
    both = [picture.transpose(way) for way in (Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_270)]
    assert any(same_picture(on_its_side, way) for way in both)
    askew = np.asarray(degraded(picture, "turned_15"))
    corners = askew[[0, 0, -1, -1], [0, -1, 0, -1]]
    assert (corners > 150).all()


def test_an_object_on_card_keeps_its_look_on_another_background():
    picture = box_on_card()
    pasted = degraded(picture, "background")
    inside = tuple(np.add(BOX, (4, 4, -4, -4)))
    assert ImageChops.difference(picture.crop(inside), pasted.crop(inside)).getbbox() is None
    for corner in ((0, 0, 40, 50), (150, 170, 200, 220)):
        gone = ImageStat.Stat(ImageChops.difference(picture.crop(corner), pasted.crop(corner))).mean
        assert max(gone) > 25


@pytest.mark.parametrize(
    "picture",
    [photo(200, 160), Image.new("RGB", (90, 90), "white"), Image.new("RGB", (90, 90), "black"), photo(3, 2)],
    ids=["no card", "nothing on the card", "dark card", "too small"],
)
def test_nothing_is_cut_out_where_no_object_lies_on_light_card(picture):
    assert degrade(picture, "background", 0) is None


def test_what_is_learned_from_differs_by_seed():
    picture = box_on_card()
    found = {degrade_somehow(picture, seed).tobytes() for seed in range(12)}
    assert len(found) >= 6  # of twelve: lying on a side, there are but two
    assert same_picture(degrade_somehow(picture, 5), degrade_somehow(picture, 5))
