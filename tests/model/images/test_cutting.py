"""Pictures opened and cut, here and by workers."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import heic
import pytest
from PIL import Image
from processes import picture_workers
from samples import encoded, photo

from model.errors import BadImage
from model.images import cutting
from model.images.cutting import Cut, Pixels, Shorter, cut_all, cut_name
from model.images.decode import open_picture
from model.images.transforms import Resize
from model.images.workers import WORKERS
from model.training.config import CROPS
from model.training.crops import train_crop, valid_crop


def cut_here(file: Path, cut: Cut) -> Pixels | str:
    try:
        picture = cut(open_picture(file))
    except BadImage as error:
        return str(error)
    return (*picture.size, picture.tobytes())


@pytest.fixture
def files(tmp_path):
    for number in range(6):
        (tmp_path / f"{number} ü.png").write_bytes(encoded(photo(60 + number, 40, seed=number)))
    (tmp_path / "5 ü.png").write_bytes(encoded(photo(seed=9))[:300])
    (tmp_path / "6 of a phone.heic").write_bytes(heic.TURNED)
    return sorted(tmp_path.iterdir())


@pytest.mark.parametrize("cut", [Shorter(24), Resize("crop", (32, 32)), Resize("pad", (32, 32), fill="reflect")], ids=str)
def test_workers_give_the_same_pixels_and_sentences_as_cutting_here(cut, files):
    here = [cut_here(file, cut) for file in files]
    assert list(cut_all(files, cut)) == here
    assert "breaks off" in here[5]
    assert not isinstance(here[6], str)
    width, height, pixels = here[1]
    expected = cut(Image.open(files[1]))
    assert ((width, height), pixels) == (expected.size, expected.tobytes())


@pytest.fixture
def workers_for_all(monkeypatch):
    monkeypatch.setattr(cutting, "BATCH_SECONDS", 60.0)


def test_a_worker_that_is_killed_costs_one_picture_at_most_and_the_order_is_kept(files, workers_for_all):
    here = [cut_here(file, Shorter(24)) for file in files]
    many = files * 20
    answers = cut_all(many, Shorter(24))
    found = [next(answers) for _ in range(20)]
    for worker in picture_workers():
        worker.kill()
    found += answers
    wrong = [found[place] for place in range(len(many)) if found[place] != here[place % len(files)]]
    assert len(wrong) <= WORKERS
    assert all("too much memory" in answer for answer in wrong)


def test_a_picture_that_never_opens_is_refused_and_the_others_are_cut(files, workers_for_all, monkeypatch, tmp_path):
    monkeypatch.setattr(cutting, "BATCH_SECONDS", 3.0)
    os.mkfifo(tmp_path / "never")
    answers = list(cut_all([files[0], tmp_path / "never", *files[1:5]], Shorter(24)))
    assert "takes longer than 3 s" in answers.pop(1)
    assert answers == [cut_here(file, Shorter(24)) for file in files[:5]]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's memory")
def test_a_picture_that_takes_too_much_memory_is_refused_and_the_others_are_cut(files, workers_for_all, tmp_path):
    photo(8, 8).resize((15_500, 4)).save(tmp_path / "long.png")
    greedy = Resize("pad", (32, 32))  # an elongated picture, filled up to a square
    answers = list(cut_all([files[0], tmp_path / "long.png", *files[1:5]], greedy))
    assert "too much memory" in answers.pop(1)
    assert answers == [cut_here(file, greedy) for file in files[:5]]


def test_those_who_stop_early_leave_no_worker(files, workers_for_all):
    answers = cut_all(files, Shorter(24))
    next(answers)
    answers.close()
    assert picture_workers() == []


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
