"""Packs of shrunk pictures: what is kept, what is found again, what happens where nothing can be kept."""

import shutil
from pathlib import Path

import pytest
from samples import encoded, photo, same_picture

from model.images.cutting import Shorter
from model.training import pixel_cache
from model.training.pixel_cache import cache_pictures
from model.types import Item

CUT = Shorter(24)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("VOILENS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def items(tmp_path) -> list[Item]:
    (tmp_path / "data").mkdir()
    for number in range(5):
        (tmp_path / "data" / f"{number}.png").write_bytes(encoded(photo(60 + number, 40, seed=number)))
    return [Item(file, "cat", "train") for file in sorted((tmp_path / "data").iterdir())]


def shrink_quietly(items: list[Item]) -> pixel_cache.Shrinking:
    return cache_pictures(items, CUT, lambda: None)


def packs(cache: Path) -> list[Path]:
    return sorted((cache / "shrunk").iterdir())


def mark(pack: Path) -> None:
    """Change every pixel that is kept, so that a picture from this pack is known by it."""
    pixels = bytearray((pack / "pixels").read_bytes())
    (pack / "pixels").write_bytes(bytes(len(pixels)))


def is_black(picture) -> bool:
    return picture.getextrema() == ((0, 0),) * 3


def test_the_pictures_are_those_of_the_files_cut(items, cache):
    told = []
    made = cache_pictures(items, CUT, lambda: told.append(1))
    assert len(told) == len(made.pictures) == 5
    assert made.left_out == []
    assert made.note == ""
    for number in range(5):
        assert same_picture(made.pictures[number], CUT(photo(60 + number, 40, seed=number)))
    assert sorted(path.name for path in packs(cache)[0].iterdir()) == ["index.json", "pixels"]


def test_the_second_time_they_come_from_the_pack_wherever_the_files_lie_now(items, cache, tmp_path):
    shrink_quietly(items)
    mark(packs(cache)[0])
    moved = Path(shutil.move(tmp_path / "data", tmp_path / "elsewhere"))
    told = []
    again = cache_pictures([Item(moved / item.path.name, "dog", "train") for item in items], CUT, lambda: told.append(1))
    assert len(told) == 5
    assert all(is_black(again.pictures[number]) for number in range(5))
    assert len(packs(cache)) == 1


def test_a_file_with_another_content_is_another_picture_and_the_others_are_not_opened_again(items, cache):
    shrink_quietly(items)
    mark(packs(cache)[0])
    items[2].path.write_bytes(encoded(photo(50, 50, seed=77)))
    again = shrink_quietly(items).pictures
    assert same_picture(again[2], CUT(photo(50, 50, seed=77)))
    assert [is_black(again[number]) for number in range(5)] == [True, True, False, True, True]


def test_fewer_pictures_are_found_in_the_pack_of_many_and_more_make_a_larger_one(items, cache):
    shrink_quietly(items[:3])
    shrink_quietly(items[1:])
    assert len(packs(cache)) == 2  # neither holds the other
    shrink_quietly(items)
    assert len(packs(cache)) == 1
    shrink_quietly(items[:2])
    assert len(packs(cache)) == 1


def test_another_cut_has_a_pack_of_its_own(items, cache):
    shrink_quietly(items)
    other = cache_pictures(items, Shorter(16), lambda: None).pictures
    assert other[0].size == (24, 16)
    assert len(packs(cache)) == 2


def test_broken_and_missing_files_are_left_out_with_a_sentence_each_time(items, cache):
    items[1].path.write_bytes(items[1].path.read_bytes()[:200])
    items[3].path.unlink()
    for _ in range(2):
        made = shrink_quietly(items)
        reasons = {file.path.name: file.reason for file in made.left_out}
        assert sorted(reasons) == ["1.png", "3.png"]
        assert "breaks off" in reasons["1.png"]
        assert "cannot be read" in reasons["3.png"]
        assert [item.path.name for item in made.pictures.items] == ["0.png", "2.png", "4.png"]
        assert same_picture(made.pictures[1], CUT(photo(62, 40, seed=2)))
    assert len(packs(cache)) == 1


def test_copies_share_their_pixels(items, cache):
    items[1].path.write_bytes(items[0].path.read_bytes())
    made = shrink_quietly(items[:2])
    assert same_picture(made.pictures[0], made.pictures[1])
    assert (packs(cache)[0] / "pixels").stat().st_size == 3 * made.pictures[0].width * made.pictures[0].height


def test_without_room_on_the_disk_it_goes_on_without_and_says_so(items, monkeypatch):
    monkeypatch.setattr(pixel_cache, "SPARE", 1 << 60)
    made = shrink_quietly(items)
    assert "too little room" in made.note
    assert same_picture(made.pictures[4], CUT(photo(64, 40, seed=4)))


def test_with_room_for_some_the_others_are_opened_anew(items, monkeypatch):
    monkeypatch.setattr(pixel_cache, "LIMIT", 3 * 36 * 24 * 2 + 1000)
    made = shrink_quietly(items)
    assert "too little room" in made.note
    for number in range(5):
        assert same_picture(made.pictures[number], CUT(photo(60 + number, 40, seed=number)))


def test_a_cache_that_cannot_be_written_is_said_and_done_without(items, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("VOILENS_CACHE", str(tmp_path / "file"))
    items[1].path.write_bytes(items[1].path.read_bytes()[:200])
    made = shrink_quietly(items)
    assert "cannot be kept" in made.note
    assert [file.path.name for file in made.left_out] == ["1.png"]
    assert same_picture(made.pictures[1], CUT(photo(62, 40, seed=2)))


def test_a_pack_that_was_spoiled_is_made_anew(items, cache):
    shrink_quietly(items)
    (packs(cache)[0] / "index.json").write_text("{")
    assert same_picture(shrink_quietly(items).pictures[0], CUT(photo(60, 40, seed=0)))


def test_the_packs_used_longest_ago_go_when_all_are_too_large(items, cache, monkeypatch):
    cache_pictures(items, Shorter(16), lambda: None)
    first = packs(cache)[0]
    monkeypatch.setattr(pixel_cache, "LIMIT", 20_000)
    shrink_quietly(items)
    assert not first.exists()
    assert len(packs(cache)) == 1


def test_an_end_half_way_leaves_nothing_behind(items, cache):
    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cache_pictures(items, CUT, stop)
    assert packs(cache) == []
