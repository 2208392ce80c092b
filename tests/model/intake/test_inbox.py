"""Photos that the classify page sends to a dataset."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

import pytest
from samples import encoded, photo

from model.catalog import scanner
from model.catalog.database import open_database
from model.catalog.scanner import scan
from model.core import files
from model.data.names import file_name_of
from model.errors import BadData
from model.intake import inbox
from model.intake.inbox import Inbox
from model.journal.journal import Journal
from model.types import Prediction

ANSWER = Prediction("cat", 0.7, {"Bär": 0.2, "cat": 0.7, "two words": 0.1}, "sure", 0.01)


@pytest.fixture
def folder(pictures, tmp_path) -> Path:
    copy = Path(shutil.copytree(pictures, tmp_path / "animals"))
    scan(copy)
    return copy


def rows(folder: Path, query: str) -> list[tuple]:
    database = open_database(folder)
    found = [tuple(row) for row in database.execute(query)]
    database.close()
    return found


def test_a_photo_arrives_whole_under_a_safe_name_and_is_listed_at_once(folder):
    content = encoded(photo(seed=1))
    file = Inbox(folder).add(content, "../../My holiday (1).PNG", ANSWER)
    assert (folder / file).read_bytes() == content
    assert Path(file).parent.as_posix() == scanner.INBOX
    assert file.endswith("-My-holiday-1.png")
    assert rows(folder, "SELECT label, split FROM pictures WHERE split = 'inbox'") == [("cat", "inbox")]
    assert rows(folder, "SELECT label, predicted, suggested FROM scores") == [("cat", "cat", "cat")]


def test_what_the_person_says_counts_before_what_the_model_says(folder):
    file = Inbox(folder).add(encoded(photo(seed=1)), "a.png", ANSWER, said="Bär")
    assert rows(folder, "SELECT file, label, suggested, round(doubt, 3) FROM scores") == [(file, "Bär", "Bär", 0.8)]
    assert rows(folder, "SELECT predicted, said FROM visitors") == [("cat", "Bär")]


def test_the_answer_for_what_is_unlike_anything_taught_is_as_doubtful_as_can_be_until_a_person_says_what_it_is(folder):
    guess = Prediction("cat", 0.9, {"Bär": 0.1, "cat": 0.9}, "unfamiliar", 0.01)
    content = encoded(photo())
    Inbox(folder).add(content, "page of text.png", guess)
    assert rows(folder, "SELECT doubt FROM scores") == [(1.0,)]
    Inbox(folder).add(content, "page of text.png", guess, said="cat")
    assert rows(folder, "SELECT round(doubt, 3) FROM scores") == [(0.1,)]


def test_a_photo_sent_twice_is_there_once_with_the_last_word(folder):
    content = encoded(photo(seed=1))
    first = Inbox(folder).add(content, "a.png", ANSWER)
    assert Inbox(folder).add(content, "a.png", ANSWER, said="Bär") == first
    assert rows(folder, "SELECT said FROM visitors") == [("Bär",)]
    assert len(list((folder / scanner.INBOX).iterdir())) == 1


def test_a_photo_sent_again_without_a_word_stays_as_it_was_marked_and_said(folder):
    content = encoded(photo(seed=1))
    file = Inbox(folder).add(content, "a.png", ANSWER, said="Bär")
    with closing(Journal(folder)) as journal:
        journal.mark([file], "relabel", "Bär")
        Inbox(folder).add(content, "a.png", ANSWER)
        assert rows(folder, "SELECT said FROM visitors") == [("Bär",)]
        assert rows(folder, "SELECT label, suggested FROM scores") == [("Bär", "Bär")]
        assert [change.file for change in journal.apply()] == [file]


def test_a_photo_that_is_there_already_needs_no_room(folder, monkeypatch):
    monkeypatch.setattr(inbox, "MAX_PHOTOS", 1)
    content = encoded(photo(seed=1))
    assert Inbox(folder).add(content, "a.png", ANSWER) == Inbox(folder).add(content, "a.png", ANSWER)


def test_a_disk_that_refuses_is_told_in_a_sentence_and_no_half_photo_stays(folder, monkeypatch):
    def fail(draft, place):
        assert draft.exists()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "put_in_place", fail)
    with pytest.raises(BadData, match="no space left"):
        Inbox(folder).add(b"x", "a.png", ANSWER)
    assert list((folder / scanner.INBOX).iterdir()) == []


def test_a_scan_keeps_the_photos_and_what_is_known_of_them(folder):
    Inbox(folder).add(encoded(photo(seed=1)), "a.png", ANSWER, said="Bär")
    assert scan(folder) == 25
    assert rows(folder, "SELECT label FROM pictures WHERE split = 'inbox'") == [("Bär",)]
    assert rows(folder, "SELECT predicted FROM scores") == [("cat",)]


def test_a_full_inbox_says_what_to_do(folder, monkeypatch):
    monkeypatch.setattr(inbox, "MAX_PHOTOS", 2)
    for seed in range(2):
        Inbox(folder).add(encoded(photo(seed=seed)), "a.png", ANSWER)
    with pytest.raises(BadData, match="open the cleaner"):
        Inbox(folder).add(encoded(photo(seed=3)), "a.png", ANSWER)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("photo.jpg", "photo.jpg"),
        ("C:\\Users\\me\\Bär.JPEG", "Bär.jpeg"),
        ("../../etc/passwd", "passwd.jpg"),
        (".hidden", "photo.hidde"),
        ("", "photo.jpg"),
        ("...", "photo.jpg"),
        ("a\0b\n.png", "a-b.png"),
        ("x" * 500 + ".png", "x" * 60 + ".png"),
    ],
)
def test_a_name_never_becomes_a_path(name, plain):
    assert file_name_of(name) == plain


def test_an_accepted_photo_belongs_to_the_dataset_for_good_and_an_undo_brings_it_back(folder):
    file = Inbox(folder).add(encoded(photo(seed=1)), "a.png", ANSWER, said="Bär")
    journal = Journal(folder)
    journal.mark([file], "relabel", "cat")
    accepted = journal.apply()[0].to
    where = "SELECT label, split <> 'inbox' FROM pictures WHERE file = "
    for _ in range(3):
        scan(folder)
        assert rows(folder, f"{where}'{accepted}'") == [("cat", 1)]
    journal.undo_apply()
    scan(folder)
    assert rows(folder, f"{where}'{file}'") == [("Bär", 0)]
    assert rows(folder, "SELECT file, said FROM visitors") == [(file, "Bär")]
