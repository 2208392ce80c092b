"""Thumbnails: made by real workers of real and of broken files, kept by content, for as long as the disk allows."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import sys
import time
from pathlib import Path

import heic
import psutil
import pytest
import samples
from PIL import Image
from processes import picture_workers

from model.catalog import scanner, warmup
from model.catalog.thumbnails import LARGE_SIDE, SIDE, Thumbnails
from model.core import INDEX_FOLDER
from model.core.limits import SECONDS, WORKER_MEMORY
from model.images.decode import open_picture
from model.images.thumbnail import make_thumbnail


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / INDEX_FOLDER).mkdir()
    for number in range(4):
        samples.photo(640, 480, seed=number).save(tmp_path / f"{number}.jpg", quality=90)
    return tmp_path


@pytest.fixture
def thumbnails(folder):
    made = Thumbnails(folder, workers=2)
    yield made
    made.close()


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def size_of(content: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(content)).size


def test_a_thumbnail_is_small_upright_and_kept_by_content(folder, thumbnails):
    tall = samples.photo(300, 600, seed=9)
    exif = tall.getexif()
    exif[0x0112] = 6  # turned on its side
    tall.rotate(90, expand=True).save(folder / "turned.jpg", exif=exif, quality=95)
    made = thumbnails.make("turned.jpg").result(20)
    width, height = size_of(made.content)
    assert max(width, height) <= SIDE
    assert height > width
    assert thumbnails.kept([sha256(folder / "turned.jpg")]) == {sha256(folder / "turned.jpg"): made}


def test_a_copy_needs_no_second_look_and_outlives_the_process(folder, thumbnails):
    made = thumbnails.make("0.jpg").result(20)
    (folder / "copy.jpg").write_bytes((folder / "0.jpg").read_bytes())
    thumbnails.close()
    again = Thumbnails(folder, workers=1)
    assert again.kept([sha256(folder / "copy.jpg")])[sha256(folder / "0.jpg")] == made
    again.close()


def test_the_large_picture_has_its_longer_side_at_the_limit(folder, thumbnails):
    samples.photo(3000, 1500, seed=3).save(folder / "wide.png")
    assert size_of(thumbnails.large("wide.png").result(30).content) == (LARGE_SIDE, LARGE_SIDE // 2)


def test_a_tiny_picture_stays_pixel_by_pixel():
    tiny = samples.photo(8, 8, seed=1)
    kept = open_picture(make_thumbnail(samples.encoded(tiny), SIDE, 80))
    assert samples.same_picture(kept, tiny)


def test_a_heic_photo_has_a_thumbnail_and_no_problem(folder, thumbnails):
    (folder / "IMG_0001.HEIC").write_bytes(heic.TURNED)
    made = thumbnails.make("IMG_0001.HEIC").result(20)
    assert made.problem == ""
    assert size_of(made.content) == (64, 32)


def test_a_jpeg_decoded_at_a_smaller_scale_looks_the_same():
    picture = samples.photo(250, 200, seed=5).resize((2000, 1600), Image.Resampling.BICUBIC)
    small = open_picture(make_thumbnail(samples.encoded(picture, "JPEG", quality=95), SIDE, 95))
    exact = picture.resize(small.size, Image.Resampling.LANCZOS)
    difference = sum(abs(a - b) for a, b in zip(small.tobytes(), exact.tobytes(), strict=True)) / len(exact.tobytes())
    assert difference < 6


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("broken.jpg", b"\xff\xd8\xff" + b"x" * 500, "breaks off"),
        ("text.jpg", b"hello", "not a picture"),
        ("empty.png", b"", "empty"),
    ],
)
def test_what_cannot_be_opened_gives_a_sentence_and_is_not_tried_again(folder, thumbnails, name, content, word):
    (folder / name).write_bytes(content)
    made = thumbnails.make(name).result(20)
    assert made.content == b""
    assert word in made.problem
    assert thumbnails.kept([sha256(folder / name)]) == {sha256(folder / name): made}


def test_a_file_that_is_gone_gives_a_sentence_and_nothing_is_kept(thumbnails):
    assert "cannot be read" in thumbnails.make("nowhere.jpg").result(20).problem


def test_a_worker_that_is_killed_costs_one_picture_at_most(folder, thumbnails):
    assert thumbnails.make("0.jpg").result(20).content
    assert picture_workers()
    for worker in picture_workers():
        worker.kill()
    made = [thumbnails.make(f"{number}.jpg").result(20) for number in (1, 2, 3, 1, 2, 3)]
    assert sum(not thumbnail.content for thumbnail in made) <= 2
    assert made[-1].content


def test_what_nobody_wants_any_more_is_not_made(thumbnails):
    assert thumbnails.make("0.jpg", wanted=lambda: False).result(20) is None


def test_a_person_who_looks_does_not_wait_for_what_is_made_ahead(folder):
    thumbnails = Thumbnails(folder, workers=1)
    ahead = [thumbnails.make(f"{number % 4}.jpg", ahead=True) for number in range(40)]
    assert thumbnails.large("0.jpg").result(20).content
    assert not ahead[-1].done()
    thumbnails.close()


@pytest.mark.parametrize("damage", ["garbage", "a folder"])
def test_a_damaged_store_is_made_anew_or_done_without(folder, damage):
    store = folder / INDEX_FOLDER / "thumbnails.sqlite"
    if damage == "garbage":
        store.write_bytes(os.urandom(4096))
    else:
        store.mkdir()
    thumbnails = Thumbnails(folder, workers=1)
    made = thumbnails.make("0.jpg").result(20)
    assert made.content
    assert thumbnails.kept([sha256(folder / "0.jpg")])[sha256(folder / "0.jpg")] == made
    thumbnails.close()


def test_the_first_pages_are_made_before_anybody_looks(pictures, tmp_path):
    root = Path(shutil.copytree(pictures, tmp_path / "animals"))
    scanner.scan(root)
    assert warmup.warm_up(root) == 24
    assert warmup.warm_up(root) == 0
    thumbnails, key = Thumbnails(root, workers=1), sha256(root / "cat" / "000.png")
    assert thumbnails.kept([key])[key].content
    thumbnails.close()


def test_workers_end_with_those_who_asked(folder):
    before = set(picture_workers())
    thumbnails = Thumbnails(folder, workers=1)
    thumbnails.make("0.jpg").result(20)
    (worker,) = set(picture_workers()) - before
    thumbnails.close()
    deadline = time.monotonic() + 10
    while worker in picture_workers():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's memory")
def test_a_worker_has_little_memory_and_little_time(folder):
    thumbnails = Thumbnails(folder, workers=1)
    thumbnails.make("0.jpg").result(20)
    (worker,) = picture_workers()
    assert worker.rlimit(psutil.RLIMIT_AS) == (WORKER_MEMORY, WORKER_MEMORY)
    assert str(SECONDS) in worker.cmdline()
    thumbnails.close()


def test_workers_that_nobody_asks_end_and_come_back(folder, monkeypatch):
    monkeypatch.setattr("model.catalog.thumbnails.IDLE_SECONDS", 0.5)
    before = set(picture_workers())
    thumbnails = Thumbnails(folder, workers=1)
    assert thumbnails.make("0.jpg").result(20).content
    deadline = time.monotonic() + 20
    while set(picture_workers()) - before:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert thumbnails.make("1.jpg").result(20).content
    thumbnails.close()
