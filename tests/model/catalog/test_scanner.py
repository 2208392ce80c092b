"""The catalog of a folder, read back with plain SQL."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from model.catalog import scanner
from model.catalog.database import open_database, writing
from model.catalog.scanner import scan
from model.core import INDEX_FOLDER
from model.errors import BadData


@pytest.fixture
def folder(pictures, tmp_path) -> Path:
    return Path(shutil.copytree(pictures, tmp_path / "animals"))


def rows(folder: Path, query: str) -> list[tuple]:
    database = open_database(folder)
    found = [tuple(row) for row in database.execute(query)]
    database.close()
    return found


def know(folder: Path, file: str) -> None:
    """Let the catalog know something of a file: a score, and that a person has seen it."""
    database = open_database(folder)
    database.execute("INSERT INTO scores VALUES (?, 'cat', 'cat', 0.9, 0.1, 0.2, NULL, 0)", [file])
    database.execute("UPDATE pictures SET seen = 1.5 WHERE file = ?", [file])
    database.close()


def test_every_picture_is_listed_with_its_label_its_split_and_its_checksum(folder):
    assert scan(folder) == 24
    found = rows(folder, "SELECT file, label, split, sha256 FROM pictures")
    assert len(found) == 24
    for file, label, split, sha256 in found:
        assert hashlib.sha256((folder / file).read_bytes()).hexdigest() == sha256
        assert file.split("/")[0] == label
        assert split in ("train", "valid", "test")


def test_scanning_again_reads_no_file_that_is_as_it_was(folder, monkeypatch):
    scan(folder)
    before = rows(folder, "SELECT * FROM pictures")
    changed = folder / "cat" / "000.png"
    changed.write_bytes(changed.read_bytes() + b"more")
    read: list[Path] = []
    monkeypatch.setattr(scanner, "checksum", lambda path, real=scanner.checksum: read.append(path) or real(path))
    scan(folder)
    assert read == [changed]
    assert len(set(rows(folder, "SELECT * FROM pictures")) - set(before)) == 1


def test_a_picture_that_vanished_is_forgotten_and_one_that_came_is_known(folder):
    scan(folder)
    know(folder, "cat/000.png")
    (folder / "cat" / "000.png").unlink()
    shutil.copy(folder / "Bär" / "000.png", folder / "cat" / "new one.png")
    assert scan(folder) == 24
    files = {file for (file,) in rows(folder, "SELECT file FROM pictures WHERE label = 'cat'")}
    assert "cat/000.png" not in files
    assert "cat/new one.png" in files
    assert rows(folder, "SELECT * FROM scores") == []


def test_a_picture_that_only_moved_keeps_what_is_known_of_it(folder):
    scan(folder)
    know(folder, "cat/000.png")
    os.rename(folder / "cat" / "000.png", folder / "Bär" / "moved.png")
    scan(folder)
    assert rows(folder, "SELECT file, label, seen FROM pictures WHERE seen IS NOT NULL") == [("Bär/moved.png", "Bär", 1.5)]
    assert rows(folder, "SELECT file FROM scores") == [("Bär/moved.png",)]


def test_two_pictures_that_swapped_names_take_their_knowledge_along(folder):
    scan(folder)
    know(folder, "cat/000.png")
    one, other, aside = folder / "cat" / "000.png", folder / "cat" / "001.png", folder / "cat" / "aside.png"
    content = one.read_bytes()
    os.rename(one, aside)
    os.rename(other, one)
    os.rename(aside, other)
    scan(folder)
    sha256 = dict(rows(folder, "SELECT file, sha256 FROM pictures"))["cat/001.png"]
    assert sha256 == hashlib.sha256(content).hexdigest()


def test_labels_come_from_a_csv_where_one_is_given(folder, tmp_path):
    labels = tmp_path / "labels.csv"
    labels.write_text(
        "file,label,by\ncat/000.png,tabby,me\nBär/001.png,grizzly,me\ncat/002.png,tabby,me\nBär/003.png,grizzly,me\n"
    )
    assert scan(folder, labels) == 4
    assert set(rows(folder, "SELECT file, label FROM pictures")) == {
        ("cat/000.png", "tabby"),
        ("cat/002.png", "tabby"),
        ("Bär/001.png", "grizzly"),
        ("Bär/003.png", "grizzly"),
    }


def test_the_photos_of_visitors_are_listed_on_a_side_of_their_own(folder):
    scan(folder)
    inbox = folder / scanner.INBOX
    inbox.mkdir()
    shutil.copy(folder / "cat" / "000.png", inbox / "a.png")
    database = open_database(folder)
    database.execute("INSERT INTO visitors VALUES ('.voilens/inbox/a.png', 'Bär', 0.6, 'cat', 1.0)")
    database.execute("INSERT INTO visitors VALUES ('.voilens/inbox/gone.png', 'Bär', 0.6, NULL, 1.0)")  # its file is not there
    database.close()
    assert scan(folder) == 25
    assert rows(folder, "SELECT file, label FROM pictures WHERE split = 'inbox'") == [(".voilens/inbox/a.png", "cat")]


def test_a_photo_that_comes_in_during_a_scan_is_not_forgotten(folder):
    from model.intake.inbox import Inbox
    from model.types import Prediction

    scan(folder)
    answer = Prediction("cat", 1.0, {"cat": 1.0}, "sure", 0.0)
    scan(folder, report=lambda event: event["done"] == 3 and Inbox(folder).add(b"late", "late.png", answer))
    assert len(rows(folder, "SELECT file FROM pictures WHERE split = 'inbox'")) == 1
    assert len(rows(folder, "SELECT file FROM visitors")) == 1


def test_progress_goes_from_one_to_all(folder):
    events: list[dict] = []
    scan(folder, report=events.append)
    assert [event["done"] for event in events] == list(range(1, 25))
    assert {event["total"] for event in events} == {24}


def test_a_transaction_is_all_or_nothing(folder):
    scan(folder)
    database = open_database(folder)
    with pytest.raises(ZeroDivisionError), writing(database):
        database.execute("DELETE FROM pictures")
        1 / 0  # noqa: B018
    assert database.execute("SELECT count(*) FROM pictures").fetchone()[0] == 24


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(30, "Read-only file system"), "make the folder writable"),
        (OSError(28, "No space left on device"), "no space left"),
        (sqlite3.OperationalError("database or disk is full"), "no space left"),
        (sqlite3.OperationalError("database is locked"), "Another program"),
        (sqlite3.DatabaseError("file is not a database"), "is damaged"),
    ],
)
def test_what_the_disk_says_becomes_a_sentence_that_says_what_to_do(folder, error, words, monkeypatch):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr(sqlite3, "connect", fail)
    with pytest.raises(BadData, match=words):
        scan(folder)


def test_a_catalog_that_is_no_database_is_refused_and_left_as_it_is(folder):
    home = folder / INDEX_FOLDER
    home.mkdir(exist_ok=True)
    (home / "index.sqlite").write_bytes(b"no database at all, but long enough to look like a file" * 20)
    with pytest.raises(BadData, match=r"is damaged"):
        scan(folder)
    assert (home / "index.sqlite").read_bytes().startswith(b"no database")


def test_what_is_called_a_picture_and_is_none_is_listed_too(folder):
    (folder / "cat" / "empty.jpg").touch()
    (folder / "cat" / "page.png").write_text("<html>not found</html>")
    (folder / "cat" / "notes.txt").write_text("of the cat")
    scan(folder)
    assert rows(folder, "SELECT file, label FROM pictures WHERE file NOT LIKE '%/0__.png'") == [
        ("cat/empty.jpg", "cat"),
        ("cat/page.png", "cat"),
    ]


def test_listing_says_how_far_it_is_from_the_first_picture_on_and_can_be_stopped(folder):
    events: list[dict] = []
    with pytest.raises(KeyboardInterrupt):
        scan(folder, report=events.append, stopping=lambda: len(events) == 5)
    assert [(event["done"], event["total"]) for event in events] == [(number, 24) for number in range(1, 6)]
    assert rows(folder, "SELECT * FROM pictures") == []
    assert scan(folder, report=events.append) == 24
    assert (events[-1]["done"], events[-1]["total"]) == (24, 24)


def test_copies_that_got_one_label_are_no_conflict_any_more_and_a_single_one_is_no_copy(folder):
    scan(folder)
    database = open_database(folder)
    pairs = [("Bär/000.png", 1), ("cat/000.png", 1), ("Bär/001.png", 2), ("cat/001.png", 2)]
    for file, number in pairs:
        database.execute("INSERT INTO copies VALUES (?, ?, 'bytes', 1, 0)", [file, number])
    database.close()
    (folder / "cat" / "000.png").rename(folder / "Bär" / "900.png")
    (folder / "cat" / "001.png").unlink()
    scan(folder)
    assert rows(folder, "SELECT file, conflict FROM copies ORDER BY file") == [("Bär/000.png", 0), ("Bär/900.png", 0)]


def test_one_picture_under_two_labels_is_a_conflict_and_in_two_splits_a_leak_but_not_in_the_inbox(folder):
    scan(folder)
    database = open_database(folder)
    groups = {1: ["Bär/000.png", "cat/000.png"], 2: ["Bär/001.png", "Bär/002.png"], 3: ["cat/001.png", "cat/002.png"]}
    for number, files in groups.items():
        database.executemany("INSERT INTO copies VALUES (?, ?, 'bytes', 0, 0)", [[file, number] for file in files])
    database.execute("UPDATE pictures SET split = 'valid' WHERE file = 'Bär/002.png'")
    database.execute("UPDATE pictures SET split = 'inbox' WHERE file = 'cat/002.png'")
    scanner.judge_copies(database)
    database.close()
    found = rows(folder, "SELECT DISTINCT number, conflict, leak FROM copies ORDER BY number")
    assert found == [(1, 1, 0), (2, 0, 1), (3, 0, 0)]
