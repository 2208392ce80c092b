"""Who goes where: a picture never changes sides, small folders are cut in two, each class has its fair share to check with."""

from __future__ import annotations

import json
import random
import shutil
import threading
from collections import Counter
from pathlib import Path

import pytest
from samples import class_folders, encoded, photo

from model.data import read_dataset, split_record, splits, summarize
from model.data.splits import draw_sides


def keys(count: int, seed: int = 0) -> list[str]:
    """The beginnings of so many checksums, in order."""
    drawn = random.Random(seed)
    return sorted(f"{drawn.getrandbits(64):016x}" for _ in range(count))


def drawn(*classes: list[str], known: dict | None = None, with_test: bool = True) -> dict:
    return draw_sides(list(classes), sum(map(len, classes)), known or {}, with_test)


def sides(root: Path, **options) -> dict[bytes, str]:
    """On which side each picture is, by its bytes."""
    return {item.path.read_bytes(): item.split for item in read_dataset(root, **options).items}


@pytest.fixture
def pets(tmp_path) -> Path:
    return class_folders(tmp_path / "pets", {"cat": 30, "dog": 30}, size=(8, 8))


# ---- the drawing


@pytest.mark.parametrize("seed", range(20))
def test_a_small_folder_is_cut_in_two_with_a_fifth_of_each_class_at_least_to_check_with(seed):
    for sizes in ((30, 30), (8, 8, 8), (5, 100), (2, 3), (249, 250)):
        classes = [keys(size, 100 * seed + number) for number, size in enumerate(sizes)]
        found = drawn(*classes)
        assert set(found.values()) == {"train", "valid"}
        for each in classes:
            counts = Counter(found[key] for key in each)
            assert counts["valid"] >= max(1, round(0.2 * len(each))), (sizes, counts)
            assert counts["train"] >= 1


def test_those_that_are_added_to_a_side_are_the_lowest_of_the_others():
    for seed in range(20):
        each = keys(20, seed)
        valid = sorted(key for key, side in drawn(each).items() if side == "valid")
        assert valid == each[: len(valid)]


def test_a_larger_folder_is_cut_in_three_and_where_the_hash_gives_enough_it_alone_decides():
    classes = [keys(200, seed) for seed in range(5)]
    found = drawn(*classes)
    for key, side in found.items():
        place = int(key, 16) / 2**64
        assert side == ("valid" if place < 0.15 else "test" if place < 0.3 else "train")


def test_a_small_class_of_a_larger_folder_has_some_on_each_side():
    rare = keys(20, 7)
    counts = Counter(drawn(keys(600, 1), rare)[key] for key in rare)
    assert min(counts["valid"], counts["test"]) >= 3


def test_without_another_part_for_it_no_test_part_is_cut_off():
    assert "test" not in drawn(keys(600), with_test=False).values()


def test_a_side_that_is_known_is_kept_whatever_comes_and_goes():
    chance = random.Random(0)
    known: dict = {}
    for turn in range(60):
        counts = [chance.randrange(2, 400) for _ in range(chance.randrange(1, 4))]
        classes = [keys(count, 10 * turn + number) for number, count in enumerate(counts)]
        here = sorted(chance.sample(sorted(known), min(len(known), chance.randrange(200))))  # of those of before, some are back
        found = drawn(*classes, *([here] if here else []), known=known)
        changed = {(known[key], side) for key, side in found.items() if known.get(key, side) != side}
        assert changed <= {("valid", "train"), ("test", "train")}  # where nothing would be left to learn from, and only there
        for each in [*classes, here]:
            gone = [key for key in each if known.get(key, found[key]) != found[key]]
            assert len(gone) <= 1
        known |= found


def test_a_folder_that_grows_gets_a_test_part_of_new_pictures_and_keeps_it_when_it_shrinks():
    few = keys(100)
    first = drawn(few)
    more = keys(900, 1)
    second = drawn(few, more, known=first)
    assert {key: second[key] for key in few} == first
    assert 0.1 < Counter(second[key] for key in more)["test"] / 900 < 0.2
    fewer = [*more[:150], *more[700:]]
    third = drawn(sorted(fewer), known=second)
    assert third == {key: second[key] for key in fewer}


def test_a_picture_in_two_classes_is_on_one_side():
    shared = keys(6, 3)
    found = drawn(sorted([*shared, *keys(4, 4)]), sorted([*shared, *keys(4, 5)]))
    assert len(found) == 14


# ---- what is kept


def test_sides_are_kept_in_the_folder_and_move_with_it(pets, tmp_path):
    before = sides(pets)
    assert set(before.values()) == {"train", "valid"}
    for number, file in enumerate(sorted(pets.rglob("*.png"))):
        file.rename(file.with_name(f"renamed {number}.png"))
    pets.rename(tmp_path / "elsewhere")
    kept = json.loads((tmp_path / "elsewhere" / ".voilens" / "split.json").read_text())["sides"]
    assert {name: len(found) for name, found in kept.items()} == {**Counter(before.values()), "test": 0}
    assert sides(tmp_path / "elsewhere") == before


def test_no_picture_that_was_there_changes_sides_when_others_come_and_go_and_copies_stay_together(pets):
    before = sides(pets)
    for number in range(25):
        (pets / "cat" / f"new {number}.png").write_bytes(encoded(photo(8, 8, seed=5000 + number)))
    shutil.copy(pets / "cat" / "000.png", pets / "dog" / "copy.png")
    after = sides(pets)
    assert {content: after[content] for content in before} == before
    for file in sorted((pets / "dog").iterdir())[3:]:
        file.unlink()
    assert all(after[content] == side for content, side in sides(pets).items())
    by_content: dict[bytes, set[str]] = {}
    for item in read_dataset(pets).items:
        by_content.setdefault(item.path.read_bytes(), set()).add(item.split)
    assert all(len(found) == 1 for found in by_content.values())


def test_the_first_who_reads_a_folder_decides_and_everybody_after_gets_the_same(pets, tmp_path):
    from model import catalog
    from model.catalog.database import open_database

    catalog.scan(pets)
    for number in range(9):
        (pets / "dog" / f"new {number}.png").write_bytes(encoded(photo(8, 8, seed=7000 + number)))
    expected = Counter(sides(pets).values())
    looked = summarize(str(pets))["classes"]
    assert {split: sum(row[split] for row in looked) for split in ("train", "valid")} == expected
    catalog.scan(pets)
    rows = open_database(pets).execute("SELECT split, count(*) FROM pictures GROUP BY split")
    assert dict(map(tuple, rows)) == expected


def test_a_look_into_a_folder_leaves_nothing_there_and_sees_what_will_be(pets):
    looked = summarize(str(pets))["classes"]
    assert not (pets / ".voilens").exists()
    expected = Counter(sides(pets).values())
    assert {split: sum(row[split] for row in looked) for split in ("train", "valid")} == expected


@pytest.mark.parametrize("content", [None, "", "{", "[]", '{"sides": 3}', '{"sides": {"valid": 7}}', "\xff"])
def test_where_nothing_can_be_kept_or_read_the_hash_alone_decides(pets, monkeypatch, content):
    expected = sides(pets, record=False)

    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    if content is None:
        monkeypatch.setattr(split_record, "write_atomically", refuse)
        monkeypatch.setattr(split_record, "locked", refuse)
    else:
        (pets / ".voilens").mkdir()
        (pets / ".voilens" / "split.json").write_text(content, encoding="latin-1")
    assert sides(pets) == expected
    assert sides(pets) == expected


def test_many_at_once_agree(pets):
    found: list[dict] = []
    threads = [threading.Thread(target=lambda: found.append(sides(pets))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(each == found[0] for each in found)
    assert not [file.name for file in (pets / ".voilens").iterdir() if file.name not in ("split.json", ".split.lock")]


def test_a_folder_that_is_split_already_keeps_no_record(tmp_path):
    for split in ("train", "valid"):
        class_folders(tmp_path / "data" / split, {"cat": 3, "dog": 3}, size=(8, 8))
    read_dataset(tmp_path / "data")
    assert not (tmp_path / "data" / ".voilens").exists()


def test_the_size_from_which_a_test_part_is_cut_off_is_the_one_that_was_measured():
    assert splits.SMALL == 500
