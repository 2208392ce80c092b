"""The oracle is fastai's own transform, called as it is in validation; every pixel must agree."""

import json
import random

import fastai.vision.all as fv
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from PIL import Image
from samples import photo, same_picture

from model.errors import BadImage
from model.images.transforms import Resize, Transforms

FILLS = {"zeros": "constant", "border": "edge", "reflection": "reflect"}
SIZES = [(64, 64), (1, 1), (97, 61), (61, 130), (33, 32), (300, 2), (2, 300), (501, 1), (1, 501), (7, 400), (640, 37)]
TARGETS = [(32, 32), (49, 49), (64, 33), (17, 50)]  # width, height
sides = some.integers(1, 120)
targets = some.tuples(some.integers(5, 70), some.integers(5, 70))


def fastai_cut(transform, picture: Image.Image) -> Image.Image:
    return transform(fv.PILImage(picture), split_idx=1)


def assert_same_cut(step: Resize, transform, picture: Image.Image) -> None:
    cut = step(picture)
    assert cut.size == step.size
    assert same_picture(cut, fastai_cut(transform, picture))


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("pad_mode", FILLS)
@pytest.mark.parametrize("method", ["squish", "crop", "pad"])
def test_resize_gives_the_pixels_that_fastai_gives(method, pad_mode, target):
    transform = fv.Resize(target[::-1], method=method, pad_mode=pad_mode)
    for number, size in enumerate(SIZES):
        assert_same_cut(Resize(method, target, fill=FILLS[pad_mode]), transform, photo(*size, seed=number))


@settings(max_examples=150)
@given(sides, sides, targets, some.sampled_from(["squish", "crop", "pad"]), some.sampled_from(list(FILLS)))
def test_resize_agrees_with_fastai_whatever_the_sizes(width, height, target, method, pad_mode):
    transform = fv.Resize(target[::-1], method=method, pad_mode=pad_mode)
    assert_same_cut(Resize(method, target, fill=FILLS[pad_mode]), transform, photo(width, height))


@pytest.mark.parametrize("resample", [Image.Resampling.NEAREST, Image.Resampling.BICUBIC, Image.Resampling.LANCZOS])
def test_resize_resamples_as_its_learner_did(resample):
    transform = fv.Resize(40, resamples=(resample, Image.Resampling.NEAREST))
    assert_same_cut(Resize("crop", (40, 40), resample.value), transform, photo(97, 61))


@settings(max_examples=60)
@given(sides, sides, targets, some.sampled_from([0.0, 0.14, 0.5]))
def test_random_resized_crop_keeps_the_middle_as_in_fastai(width, height, target, extra):
    transform = fv.RandomResizedCrop(target[::-1], val_xtra=extra)
    assert_same_cut(Resize("inset", target, extra=extra), transform, photo(width, height))


@settings(max_examples=60)
@given(sides, sides, targets, some.sampled_from(list(FILLS)))
def test_crop_pad_cuts_and_fills_as_in_fastai(width, height, target, pad_mode):
    transform = fv.CropPad(target[::-1], pad_mode=pad_mode)
    assert_same_cut(Resize("centre", target, fill=FILLS[pad_mode]), transform, photo(width, height))


@settings(max_examples=60)
@given(sides, sides, targets)
def test_random_crop_takes_the_middle_as_in_fastai(width, height, target):
    assert_same_cut(Resize("centre", target), fv.RandomCrop(target[::-1]), photo(width, height))


@pytest.mark.parametrize("size", [(64, 64), (97, 61), (61, 130), (640, 37), (20, 9)])
def test_ratio_resize_keeps_the_proportions_as_in_fastai(size, monkeypatch):
    monkeypatch.setattr(random, "random", lambda: 0.5)  # fastai draws by chance where the last pixel's remainder is cut
    picture = photo(*size)
    cut = Resize("longest", (48, 48))(picture)
    assert max(cut.size) == 48
    assert same_picture(cut, fastai_cut(fv.RatioResize(48), picture))


def test_a_grey_learner_gets_grey_pictures():
    picture = photo(50, 40)
    cut = Transforms("L", (Resize("squish", (16, 16)),))(picture)
    assert same_picture(cut, fv.Resize(16, method="squish")(fv.PILImageBW(picture.convert("L")), split_idx=1))


def test_steps_follow_one_another():
    framing = Transforms("RGB", (Resize("squish", (60, 50)), Resize("centre", (30, 20))))
    expected = fv.CropPad((20, 30))(fv.Resize((50, 60), method="squish")(fv.PILImage(photo(90, 80)), split_idx=1))
    assert same_picture(framing(photo(90, 80)), expected)


def test_a_framing_without_steps_leaves_the_picture_alone():
    assert same_picture(Transforms("RGB", ())(photo(31, 17)), photo(31, 17))


def test_a_framing_knows_whether_it_gives_one_size():
    assert not Transforms("RGB", ()).fixed
    assert not Transforms("RGB", (Resize("longest", (32, 32)),)).fixed
    assert Transforms("RGB", (Resize("longest", (32, 32)), Resize("centre", (32, 32)))).fixed


@given(
    targets, some.sampled_from(["squish", "crop", "pad", "inset", "centre", "longest"]), some.sampled_from(list(FILLS.values()))
)
def test_a_framing_survives_the_way_through_json(target, kind, fill):
    framing = Transforms("L", (Resize(kind, target, 3, fill, 0.25), Resize("squish", (8, 9))))
    assert Transforms.from_json(json.loads(json.dumps(framing.to_json()))) == framing


def test_a_picture_so_long_that_its_square_would_fill_the_memory_is_refused():
    with pytest.raises(BadImage, match="too long and narrow"):
        Transforms("RGB", (Resize("pad", (32, 32)),))(photo(8, 8).resize((30_000, 4)))


STEPS = [
    (Resize("squish", (32, 24)),),
    (Resize("crop", (32, 32)),),
    (Resize("crop", (40, 20)),),
    (Resize("pad", (32, 32)),),
    (Resize("inset", (32, 32), extra=0.5),),
    (Resize("centre", (30, 30)),),
    (Resize("longest", (48, 48)),),
    (Resize("squish", (64, 64)), Resize("centre", (32, 32))),
    (Resize("crop", (64, 64)), Resize("inset", (32, 16), extra=0.5)),
]


@pytest.mark.parametrize("steps", STEPS)
@pytest.mark.parametrize("size", [(97, 61), (61, 130), (64, 64)])
def test_the_part_that_is_told_is_the_part_that_was_cut(steps, size):
    """A picture that holds its own coordinates tells where each pixel of the cut is from."""
    width, height = size
    ramps = [Image.linear_gradient("L").rotate(90).resize(size), Image.linear_gradient("L").resize(size)]
    picture = Image.merge("RGB", [*ramps, Image.new("L", size, 255)])  # where nothing is, blue is missing
    framing = Transforms("RGB", steps)
    cut = framing(picture)
    left, top, right, bottom = framing.part(size)
    for x, y in [(0.3, 0.3), (0.5, 0.5), (0.7, 0.4), (0.4, 0.8)]:
        red, green, blue = cut.getpixel((int(x * cut.width), int(y * cut.height)))
        across, down = (left + x * (right - left)) / width, (top + y * (bottom - top)) / height
        if blue == 255:
            assert red / 255 == pytest.approx(across, abs=0.06)
            assert green / 255 == pytest.approx(down, abs=0.06)
        else:
            assert not (0.03 < across < 0.97 and 0.03 < down < 0.97)


def test_a_padded_part_reaches_beyond_the_picture():
    left, top, right, bottom = Transforms("RGB", (Resize("pad", (32, 32)),)).part((100, 50))
    assert (left, right) == (0, 100)
    assert (top, bottom) == (-25, 75)
