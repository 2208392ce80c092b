"""Batches: what chance does to pictures, against Pillow and against what fastai does without chance."""

import fastai.vision.all as fv
import numpy as np
import pytest
import torch
from PIL import Image, ImageFilter
from samples import photo, same_picture

from model.training.augment import AS_IT_IS, IMAGENET, Augmentation, augmented_views, cut, finish
from model.training.config import AUGMENTATIONS, CROPS, TrainConfig
from model.training.crops import train_crop
from model.training.hardships import SHARES, Hardship
from model.training.loaders import BatchLoader

MEAN, STD = IMAGENET
PICTURES = [photo(60, 40, seed=n) for n in range(10)]
TARGETS = [n % 3 for n in range(10)]


def batches(config: TrainConfig, augment=(), size: int = 32, batch: int = 4) -> BatchLoader:
    return BatchLoader(PICTURES, TARGETS, size, batch, config, augment)


def plain(**changes) -> Augmentation:
    fields = {"box": (0, 0, 60, 40), "mirrored": False, "homography": None, "gain": 1.0, "shift": 0.0}
    return Augmentation(**{**fields, **changes})


def normalised(picture: Image.Image) -> torch.Tensor:
    """As fastai normalises it."""
    normalise = fv.Normalize.from_stats(*fv.imagenet_stats, cuda=False)
    pixels = torch.from_numpy(np.asarray(picture).copy()).permute(2, 0, 1)[None]
    return torch.Tensor(normalise(fv.TensorImage(pixels.float() / 255)))


def test_validation_pictures_come_in_order_and_normalised_as_fastai_does():
    framed = [picture.resize((32, 32)) for picture in PICTURES]
    (first, targets), *rest = BatchLoader(framed, TARGETS, 32, 4)
    assert [len(targets) for _, targets in rest] == [4, 2]
    assert targets.tolist() == TARGETS[:4]
    torch.testing.assert_close(first, torch.cat([normalised(picture) for picture in framed[:4]]), rtol=0, atol=1e-5)


def test_the_same_seed_gives_the_same_batches_another_seed_or_epoch_others():
    everything = tuple(AUGMENTATIONS)
    once, again, other = (batches(TrainConfig(seed=seed), everything) for seed in (1, 1, 2))
    first = [x for x, _ in once]
    assert all(torch.equal(a, b) for a, (b, _) in zip(first, again, strict=True))
    assert not any(torch.equal(a, b) for a, (b, _) in zip(first, other, strict=True))
    assert not any(torch.equal(a, b) for a, (b, _) in zip(first, once, strict=True))


def test_an_epoch_shows_pictures_at_most_once_in_batches_of_one_length_never_of_one():
    some = BatchLoader(PICTURES, range(10), 32, 4, TrainConfig())
    shown = [targets.tolist() for _, targets in some]
    assert [len(targets) for targets in shown] == [5, 5]
    assert len(some) == 2
    assert sorted(number for targets in shown for number in targets) == list(range(10))
    assert [len(targets) for _, targets in BatchLoader(PICTURES[:3], range(3), 32, 2, TrainConfig())] == [3]


def test_the_size_may_change_between_epochs():
    growing = batches(TrainConfig(), size=32)
    assert next(iter(growing))[0].shape == (5, 3, 32, 32)
    growing.size = 64
    assert next(iter(growing))[0].shape == (5, 3, 64, 64)


def test_an_epoch_that_is_left_half_way_leaves_no_thread():
    import threading

    before = threading.active_count()
    for _ in batches(TrainConfig()):
        break
    assert threading.active_count() <= before + 1
    assert len(list(batches(TrainConfig()))) == 2


@pytest.mark.parametrize("crop", CROPS)
def test_each_crop_takes_the_part_that_it_says(crop):
    boxes = [Augmentation.draw(TrainConfig(crop=crop, min_crop_share=0.4), (), (60, 40), (0, 0, n)).box for n in range(50)]
    for left, top, right, bottom in boxes:
        assert 0 <= left < right <= 60
        assert 0 <= top < bottom <= 40
    areas = [(right - left) * (bottom - top) / 2400 for left, top, right, bottom in boxes]
    if crop == "random":
        assert 0.4 <= min(areas) < 0.6 < max(areas) <= 1
        assert len(set(boxes)) == 50
    elif crop == "crop":
        assert {(bottom - top, round(right - left, 6)) for left, top, right, bottom in boxes} == {(40, 40)}
        assert len(set(boxes)) == 50
    else:
        assert set(boxes) == {(0, 0, 60, 40)}


@pytest.mark.parametrize("size", [(1, 1), (3000, 2), (2, 3000)])
@pytest.mark.parametrize("crop", CROPS)
def test_a_picture_of_any_shape_is_cut(crop, size):
    picture = Image.new("RGB", size, "red")
    for seed in range(5):
        chance = Augmentation.draw(TrainConfig(crop=crop), tuple(AUGMENTATIONS), size, (seed, 0, 0))
        assert cut(picture, chance, 32).shape == (32, 32, 3)


def on_card(seed: int) -> Image.Image:
    """An object on plain light card, which can be cut out."""
    picture = Image.new("RGB", (60, 40), (235, 232, 228))
    picture.paste(photo(24, 20, seed=seed, tint=(150, 40, 40)), (18, 10))
    return picture


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_each_augmentation_alone_changes_pictures_and_leaves_its_part_as_it_was(name):
    cards = [on_card(seed) for seed in range(60)]
    still, changed = (next(iter(BatchLoader(cards, [0] * 60, 32, 60, TrainConfig(), augment)))[0] for augment in ((), (name,)))
    count = sum(not torch.equal(a, b) for a, b in zip(still, changed, strict=True))
    assert 1 <= count <= (12 if name in SHARES else 60)  # hardships come to few
    draws = [Augmentation.draw(TrainConfig(), augment, (60, 40), (0, 3, 1)).box for augment in ((), (name,))]
    assert draws[0] == draws[1]


def after(hardship: Hardship, picture: Image.Image) -> np.ndarray:
    chance = plain(box=(0, 0, *picture.size), hardship=hardship)
    batch = finish(torch.from_numpy(cut(picture, chance, 64).copy())[None], [chance], AS_IT_IS)
    return (255 * batch[0]).permute(1, 2, 0).numpy()


def test_hardships_are_what_they_are_called():
    picture = photo(64, 64, seed=5)
    pixels = np.asarray(picture, dtype=float)
    grey = np.asarray(picture.convert("L"), dtype=float)[..., None]
    assert after(Hardship(grey=True), picture) == pytest.approx(np.repeat(grey, 3, 2), abs=1)
    assert after(Hardship(light=0.5), picture).mean() == pytest.approx(pixels.mean() / 2, rel=0.03)
    red = after(Hardship(tint=(1.3, 1, 0.7)), picture) - pixels
    assert red[..., 0].mean() > 5 > -5 > red[..., 2].mean()
    soft = after(Hardship(blur=1 / 32), picture)
    theirs = np.asarray(picture.filter(ImageFilter.GaussianBlur(2)), dtype=float)
    assert soft[8:-8, 8:-8] == pytest.approx(theirs[8:-8, 8:-8], abs=6)
    assert after(Hardship(turns=1), picture) == pytest.approx(np.rot90(pixels), abs=0.01)


def test_another_background_leaves_the_object_and_replaces_the_card():
    picture = on_card(3).resize((180, 120))
    still, laid = after(Hardship(), picture), after(Hardship(background=7), picture)
    assert np.abs(laid[26:38, 26:38] - still[26:38, 26:38]).mean() < 3
    assert np.abs(laid[:8] - still[:8]).mean() > 25
    assert (after(Hardship(background=7), photo(64, 64)) == after(Hardship(), photo(64, 64))).all()  # no card, nothing done


def test_about_three_in_four_pictures_suffer_from_nothing():
    draws = [Augmentation.draw(TrainConfig(), tuple(AUGMENTATIONS), (60, 40), (0, 0, n)).hardship for n in range(1000)]
    suffering = [each for each in draws if each.changes_light or each.turns or each.background is not None]
    assert 200 < len(suffering) < 360


def test_flip_mirrors():
    pixels = cut(PICTURES[0], plain(mirrored=True), 32)
    assert same_picture(Image.fromarray(pixels[:, ::-1].copy()), Image.fromarray(cut(PICTURES[0], plain(), 32)))


def test_rotate_turns_as_pillow_does():
    picture = photo(64, 64, seed=3)
    angle = np.radians(10)
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]], dtype=np.float32)
    pixels = torch.from_numpy(np.asarray(picture).copy())[None]
    ours = finish(pixels, [plain(homography=turn)])
    theirs = normalised(picture.rotate(10, Image.Resampling.BILINEAR))
    middle = (..., slice(16, 48), slice(16, 48))
    assert (ours[middle] - theirs[middle]).abs().max() < 0.05
    assert (ours[middle] - normalised(picture)[middle]).abs().max() > 0.3


def test_an_homography_that_changes_nothing_changes_nothing():
    pixels = torch.from_numpy(np.asarray(photo(32, 32)).copy())[None]
    still = finish(pixels, [plain(homography=np.eye(3, dtype=np.float32))])
    torch.testing.assert_close(still, finish(pixels, None), rtol=0, atol=1e-4)


def test_light_is_added_and_contrast_is_around_the_middle_grey():
    grey = torch.full((1, 8, 8, 3), 153, dtype=torch.uint8)  # 0.6 of white
    lighter = finish(grey, [plain(shift=0.1)])
    stretched = finish(grey, [plain(gain=1.2)])
    for channel in range(3):
        assert lighter[0, channel] * STD[channel] + MEAN[channel] == pytest.approx(torch.full((8, 8), 0.7), abs=1e-5)
        assert stretched[0, channel] * STD[channel] + MEAN[channel] == pytest.approx(torch.full((8, 8), 0.62), abs=1e-5)


@pytest.mark.parametrize("crop", CROPS)
def test_the_samples_of_one_picture_are_what_training_makes_of_it(crop, tmp_path):
    (tmp_path / "pets" / "cat").mkdir(parents=True)
    photo(90, 70).save(tmp_path / "pets" / "cat" / "one.png")
    config = TrainConfig(crop=crop, size=32)
    shown = augmented_views(tmp_path / "pets" / "cat" / "one.png", 3, config)
    supply = BatchLoader([train_crop(crop, 32)(photo(90, 70))], [0], 32, 1, config, tuple(AUGMENTATIONS))
    std, mean = torch.tensor(STD).view(3, 1, 1), torch.tensor(MEAN).view(3, 1, 1)
    for picture in shown:
        ((batch, _),) = list(supply)
        seen = ((batch[0] * std + mean) * 255).clamp(0, 255).permute(1, 2, 0)
        assert np.abs(np.asarray(picture).astype(float) - seen.numpy()).max() <= 0.51
    assert len({picture.tobytes() for picture in shown}) == 3
