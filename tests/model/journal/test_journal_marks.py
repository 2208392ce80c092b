"""Marks: made, taken back, seen by others, refused."""

from __future__ import annotations

import os
import shutil
from contextlib import closing

import pytest
from folders import fill, pending

from model.catalog import scanner
from model.catalog.database import open_database
from model.errors import BadData, BadUsage
from model.journal.journal import Journal
from model.types import Change


def test_marks_outlive_the_journal_and_are_listed_by_file(folder, log):
    log.mark(["dog/4.jpg", "cat/2.jpg"], "delete")
    log.mark(["cat/1.jpg"], "relabel", "dog")
    log.mark(["cat/3.jpg"], "keep")
    log.close()
    with closing(Journal(folder)) as again:
        assert again.pending() == [
            Change("cat/1.jpg", "relabel", "dog"),
            Change("cat/2.jpg", "delete"),
            Change("dog/4.jpg", "delete"),
        ]
        assert again.counts() == {"relabel": 1, "delete": 2, "keep": 1}


def test_a_new_mark_takes_the_place_of_the_old_one_and_undo_brings_that_back(log):
    log.mark(["cat/1.jpg"], "delete")
    log.mark(["cat/1.jpg"], "relabel", "dog")
    assert pending(log) == [("cat/1.jpg", "dog")]
    assert log.undo() == "Undone: 1 picture marked “dog”"
    assert pending(log) == [("cat/1.jpg", "delete")]


def test_many_files_are_one_step_back_and_forth(log):
    log.mark(["cat/1.jpg", "cat/2.jpg", "cat/1.jpg"], "delete")
    log.mark(["dog/1.jpg"], "keep")
    assert log.undo() == "Undone: 1 picture marked keep"
    assert log.undo() == "Undone: 2 pictures marked delete"
    assert (log.pending(), log.counts()["keep"], log.undo()) == ([], 0, None)
    assert log.redo() == "Redone: 2 pictures marked delete"
    assert pending(log) == [("cat/1.jpg", "delete"), ("cat/2.jpg", "delete")]
    assert (log.redo(), log.redo()) == ("Redone: 1 picture marked keep", None)


def test_a_new_step_ends_what_could_be_made_again(log):
    log.mark(["cat/1.jpg"], "delete")
    log.undo()
    log.mark(["cat/2.jpg"], "delete")
    assert log.redo() is None
    assert pending(log) == [("cat/2.jpg", "delete")]


def test_marks_are_let_go_in_one_step_that_can_be_taken_back(log):
    log.mark(["cat/1.jpg", "cat/2.jpg", "cat/3.jpg"], "delete")
    log.clear(["cat/1.jpg", "cat/3.jpg", "dog/1.jpg"])
    assert pending(log) == [("cat/2.jpg", "delete")]
    assert log.undo() == "Undone: 2 marks cleared"
    assert len(log.pending()) == 3
    log.clear(["dog/1.jpg"])  # has no mark: no step
    assert log.redo() == "Redone: 2 marks cleared"


def test_marking_nothing_is_no_step(log):
    log.mark([], "delete")
    log.clear([])
    assert log.undo() is None


def test_giving_a_picture_the_label_that_it_has_is_to_keep_it(log):
    log.mark(["cat/1.jpg", "dog/1.jpg"], "relabel", "cat")
    assert pending(log) == [("dog/1.jpg", "cat")]
    assert log.counts() == {"relabel": 1, "delete": 0, "keep": 1}


def test_to_keep_a_photo_of_the_inbox_is_to_take_it_into_the_class_that_it_was_sent_as(folder, log):
    said, answered, unknown = (f"{scanner.INBOX}/{name}.jpg" for name in ("said", "answered", "unknown"))
    fill(folder, said, answered, unknown)
    database = open_database(folder)
    for file, label in ((said, "dog"), (answered, None)):
        database.execute("INSERT INTO visitors VALUES (?, 'cat', 0.9, ?, 1.0)", [file, label])
    database.close()
    log.mark([said, answered, unknown, "cat/1.jpg"], "keep")
    assert pending(log) == [(answered, "cat"), (said, "dog")]
    assert log.counts() == {"relabel": 2, "delete": 0, "keep": 2}
    assert {change.to for change in log.apply()} == {"cat/answered.jpg", "dog/said.jpg"}


def test_a_photo_of_the_inbox_that_was_sent_as_no_possible_class_is_not_kept(folder, log):
    fill(folder, f"{scanner.INBOX}/a.jpg")
    database = open_database(folder)
    database.execute(f"INSERT INTO visitors VALUES ('{scanner.INBOX}/a.jpg', 'Cat', 0.9, NULL, 1.0)")
    database.close()
    with pytest.raises(BadUsage, match="use “cat”"):
        log.mark([f"{scanner.INBOX}/a.jpg"], "keep")
    assert pending(log) == []


def test_two_journals_see_each_others_marks_and_notice_each_change(folder, log):
    with closing(Journal(folder)) as other:
        before, mine = other.version(), log.version()
        log.mark(["cat/1.jpg"], "delete")
        assert other.version() != before
        assert log.version() != mine
        before = other.version()
        assert other.version() == before
        assert pending(other) == [("cat/1.jpg", "delete")]
        assert other.undo() == "Undone: 1 picture marked delete"
        assert log.pending() == []


def test_a_new_class_is_made_by_its_name(folder, log):
    log.mark(["cat/1.jpg"], "relabel", "Löwe, jung")
    log.mark(["cat/2.jpg"], "relabel", "Löwe, jung")
    log.apply()
    assert sorted(f.name for f in (folder / "Löwe, jung").iterdir()) == ["1.jpg", "2.jpg"]


@pytest.mark.parametrize(
    "name", ["", " ", "a/b", "..", ".hidden", "a\nb", "a\x00b", "Cat", "DOG", " cat", "c\u200bat", "train", "a\\b", "x" * 300]
)
def test_what_cannot_be_the_name_of_a_class_is_refused(log, name):
    with pytest.raises(BadUsage):
        log.mark(["cat/1.jpg"], "relabel", name)
    assert (log.pending(), log.undo()) == ([], None)


def test_two_new_classes_may_not_differ_by_case_alone_either(log):
    log.mark(["cat/1.jpg"], "relabel", "red fox")
    with pytest.raises(BadUsage, match="use “red fox”"):
        log.mark(["cat/2.jpg"], "relabel", "Red  Fox")


@pytest.mark.parametrize(("action", "label"), [("burn", None), ("relabel", None), ("delete", "cat")])
def test_a_mark_that_makes_no_sense_is_wrong_usage(log, action, label):
    with pytest.raises(BadUsage):
        log.mark(["cat/1.jpg"], action, label)


def test_only_pictures_of_the_folder_can_be_marked(folder, tmp_path, log):
    fill(folder, "loose.jpg", "cat/deep/1.jpg", "cat/.hidden.jpg", ".git/1.jpg")
    fill(tmp_path, "outside/1.jpg")
    (folder / "linked").symlink_to(tmp_path / "outside")
    (folder / "cat" / "link.jpg").symlink_to(folder / "dog" / "1.jpg")
    inside = ["loose.jpg", "cat/deep/1.jpg", "cat/.hidden.jpg", ".git/1.jpg", ".voilens/index.sqlite", "cat", "", "."]
    outside = [
        "../outside/1.jpg",
        str(tmp_path / "outside" / "1.jpg"),
        "cat/../../outside/1.jpg",
        "linked/1.jpg",
        "cat/link.jpg",
    ]
    for file in [*inside, *outside, "cat/9.jpg", "nowhere/1.jpg", "cat//1.jpg", "./cat/1.jpg", "cat/1.jpg/", "cat/\x00.jpg"]:
        with pytest.raises(BadData):
            log.mark(["cat/1.jpg", file], "delete")
    assert (log.pending(), log.undo()) == ([], None)


@pytest.mark.parametrize("what", ["a link", "a broken link", "a file"])
def test_a_class_that_pictures_cannot_go_to_is_refused_when_it_is_marked(folder, tmp_path, log, what):
    if what == "a file":
        (folder / "owl").write_text("no folder")
    else:
        (folder / "owl").symlink_to(tmp_path if what == "a link" else tmp_path / "nowhere")
    with pytest.raises(BadData, match=r"Nothing was marked, .*: owl\. Move that away"):
        log.mark(["cat/1.jpg", "dog/1.jpg"], "relabel", "owl")
    assert (log.pending(), log.undo()) == ([], None)
    log.mark(["cat/1.jpg"], "delete")  # which needs no class
    log.mark(["cat/2.jpg"], "relabel", "dog")
    assert len(log.apply()) == 2


def test_a_name_that_is_no_text_is_refused_and_the_rest_goes_on(folder, log):
    try:
        shutil.copy(folder / "cat" / "1.jpg", bytes(folder) + b"/cat/caf\xe9.jpg")
        os.mkdir(bytes(folder) + b"/caf\xe9")
    except OSError:
        pytest.skip("this file system takes no such names")
    with pytest.raises(BadData, match=r"caf\\udce9"):
        log.mark(["cat/caf\udce9.jpg"], "delete")
    with pytest.raises(BadUsage, match=r"caf\\udce9"):
        log.mark(["cat/1.jpg"], "relabel", "caf\udce9")
    log.mark(["cat/1.jpg"], "relabel", "dog")
    assert len(log.apply()) == 1


def test_ten_thousand_marks_are_one_step(tmp_path):
    files = [f"one/{number}.jpg" for number in range(10_000)]
    with closing(Journal(fill(tmp_path / "many", *files))) as log:
        log.mark(files, "relabel", "other")
        log.undo()
        log.redo()
        assert len(log.pending()) == 10_000
