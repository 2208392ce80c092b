"""Pictures opened and cut, here and by workers."""

import pytest
from PIL import Image
from samples import encoded, photo

from model.images import cutting
from model.images.cutting import Shorter, cut_all, cut_name
from model.images.transforms import Resize
from model.training.config import CROPS
from model.training.crops import train_crop, valid_crop


@pytest.fixture
def files(tmp_path):
    for number in range(6):
        (tmp_path / f"{number} ü.png").write_bytes(encoded(photo(60 + number, 40, seed=number)))
    (tmp_path / "5 ü.png").write_bytes(encoded(photo(seed=9))[:300])
    return sorted(tmp_path.iterdir())


@pytest.mark.parametrize("cut", [Shorter(24), Resize("crop", (32, 32)), Resize("pad", (32, 32), fill="reflect")], ids=str)
def test_workers_give_the_same_pixels_and_sentences_as_cutting_here(cut, files, monkeypatch):
    here = list(cut_all(files, cut))
    monkeypatch.setattr(cutting, "FEW", 2)
    assert list(cut_all(files, cut)) == here
    assert "breaks off" in here[5]
    width, height, pixels = here[1]
    expected = cut(Image.open(files[1]))
    assert ((width, height), pixels) == (expected.size, expected.tobytes())


def test_a_picture_that_kills_its_worker_is_refused_and_the_next_one_is_not(files):
    worker = cutting._Worker(Shorter(24))
    worker._process.kill()
    worker._process.wait()
    assert worker.ask(files[0]) == cutting.DIED
    assert worker.ask(files[1])[:2] == (37, 24)
    worker.end()


def test_the_shorter_side_is_shrunk_and_never_enlarged():
    assert Shorter(20)(photo(80, 40)).size == (40, 20)
    assert Shorter(20)(photo(40, 80)).size == (20, 40)
    small = photo(16, 12)
    assert Shorter(20)(small) is small
    assert Shorter(20)(photo(2000, 21)).size == (1905, 20)


def test_every_crop_has_its_cuts_and_different_cuts_have_different_names():
    cuts = {train_crop(crop, size) for crop in CROPS for size in (32, 64)} | {valid_crop(crop, 32) for crop in CROPS}
    names = [cut_name(cut) for cut in cuts]
    assert len(set(names)) == len(cuts)
    assert all(character.isalnum() or character == "-" for text in names for character in text)
    assert all(valid_crop(crop, 32)(photo(60, 40)).size == (32, 32) for crop in CROPS)
