"""Marks, apply, trash and undo on real folders; the files need not be pictures, for the journal looks into none."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import tempfile
import time
from contextlib import closing
from pathlib import Path

import pytest
from children import NOBODY, forked, unprivileged

from model import catalogue, journal
from model.errors import BadData, BadUsage
from model.journal import Journal
from model.types import Change


def fill(root: Path, *files: str) -> Path:
    """Each file holds its own name."""
    for file in files:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(file)
    return root


def tree(root: Path) -> dict[str, str | None]:
    """Every file with its text and every folder with None, but for the catalogue."""
    found = {path.relative_to(root).as_posix(): path for path in root.rglob("*")}
    hidden = (".voilens", ".voilens/lock", ".voilens/trash")
    return {
        name: None if path.is_dir() else path.read_text()
        for name, path in found.items()
        if name not in hidden and not name.startswith(".voilens/index")
    }


@pytest.fixture
def folder(tmp_path) -> Path:
    return fill(tmp_path / "animals", "cat/1.jpg", "cat/2.jpg", "cat/3.jpg", "dog/1.jpg", "dog/4.jpg")


@pytest.fixture
def log(folder):
    with closing(Journal(folder)) as opened:
        yield opened


def pending(log: Journal) -> list[tuple]:
    return [(change.file, change.label or change.action) for change in log.pending()]


# Marks


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
    assert log.undo() == "Undone: 2 marks let go"
    assert len(log.pending()) == 3
    log.clear(["dog/1.jpg"])  # has no mark: no step
    assert log.redo() == "Redone: 2 marks let go"


def test_marking_nothing_is_no_step(log):
    log.mark([], "delete")
    log.clear([])
    assert log.undo() is None


def test_giving_a_picture_the_label_that_it_has_is_to_keep_it(log):
    log.mark(["cat/1.jpg", "dog/1.jpg"], "relabel", "cat")
    assert pending(log) == [("dog/1.jpg", "cat")]
    assert log.counts() == {"relabel": 1, "delete": 0, "keep": 1}


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


def test_ten_thousand_marks_in_one_step_are_quick(tmp_path):
    files = [f"one/{number}.jpg" for number in range(10_000)]
    with closing(Journal(fill(tmp_path / "many", *files))) as log:
        started = time.monotonic()
        log.mark(files, "relabel", "other")
        log.undo()
        log.redo()
        assert len(log.pending()) == 10_000
        assert time.monotonic() - started < 10


# Apply


def test_apply_moves_relabelled_pictures_and_trashes_deleted_ones_under_their_paths(folder, log):
    log.mark(["cat/2.jpg"], "relabel", "dog")
    log.mark(["dog/4.jpg"], "delete")
    log.mark(["cat/1.jpg"], "keep")
    moved, deleted = log.apply()
    assert moved == Change("cat/2.jpg", "relabel", "dog", "dog/2.jpg")
    assert (deleted.file, deleted.action, deleted.label) == ("dog/4.jpg", "delete", None)
    assert deleted.to.startswith(".voilens/trash/") and deleted.to.endswith("/dog/4.jpg")
    assert {f: t for f, t in tree(folder).items() if t} == {
        "cat/1.jpg": "cat/1.jpg",
        "cat/3.jpg": "cat/3.jpg",
        "dog/1.jpg": "dog/1.jpg",
        "dog/2.jpg": "cat/2.jpg",
        deleted.to: "dog/4.jpg",
    }
    assert log.counts() == {"relabel": 0, "delete": 0, "keep": 1}


def test_apply_twice_is_harmless(folder, log):
    log.mark(["cat/2.jpg"], "delete")
    log.apply()
    after = tree(folder)
    assert log.apply() == []
    assert tree(folder) == after
    assert len(log.applies()) == 1


def test_a_taken_name_gets_a_number_and_nothing_is_overwritten(folder, log):
    fill(folder, "dog/1-2.jpg", "owl/1.jpg")
    log.mark(["cat/1.jpg", "owl/1.jpg"], "relabel", "dog")
    assert [change.to for change in log.apply()] == ["dog/1-3.jpg", "dog/1-4.jpg"]
    found = tree(folder)
    assert [found[f"dog/1{number}.jpg"] for number in ("", "-2", "-3", "-4")] == [
        "dog/1.jpg",
        "dog/1-2.jpg",
        "cat/1.jpg",
        "owl/1.jpg",
    ]


def test_two_pictures_that_swap_classes_both_arrive(folder, log):
    log.mark(["cat/1.jpg"], "relabel", "dog")
    log.mark(["dog/1.jpg"], "relabel", "cat")
    assert [change.to for change in log.apply()] == ["dog/1-2.jpg", "cat/1-2.jpg"]


def test_a_picture_stays_on_its_side_of_the_split_and_a_photo_of_the_inbox_goes_to_train(tmp_path):
    root = fill(tmp_path / "split", "Training/cat/1.jpg", "val/cat/1.jpg", "val/dog/1.jpg", f"{catalogue.INBOX}/a.jpg")
    with closing(Journal(root)) as log:
        log.mark(["val/cat/1.jpg"], "relabel", "dog")
        log.mark(["Training/cat/1.jpg", f"{catalogue.INBOX}/a.jpg"], "relabel", "owl")
        assert {change.file: change.to for change in log.apply()} == {
            "val/cat/1.jpg": "val/dog/1-2.jpg",
            "Training/cat/1.jpg": "Training/owl/1.jpg",
            f"{catalogue.INBOX}/a.jpg": "Training/owl/a.jpg",
        }
        with pytest.raises(BadData):
            log.mark(["Training/1.jpg"], "delete")


def test_a_photo_of_the_inbox_goes_to_its_class_folder_where_there_are_no_splits(folder, log):
    fill(folder, f"{catalogue.INBOX}/a.jpg", f"{catalogue.INBOX}/b.jpg")
    log.mark([f"{catalogue.INBOX}/a.jpg"], "relabel", "cat")
    log.mark([f"{catalogue.INBOX}/b.jpg"], "delete")
    before = tree(folder)
    assert log.apply()[0].to == "cat/a.jpg"
    log.undo_apply()
    assert tree(folder) == before


def test_names_with_line_breaks_quotes_and_other_letters_are_as_good_as_any(tmp_path):
    names = ["a\nb.jpg", "it's “so”.jpg", "猫.jpg", "no suffix", "%s;--.jpg", "a" * 250, "👩‍🚀.jpg"]
    root = fill(tmp_path / "odd", *(f"ein Bär/{name}" for name in names), "猫/猫.jpg")
    before = tree(root)
    with closing(Journal(root)) as log:
        log.mark([f"ein Bär/{name}" for name in names], "relabel", "猫")
        assert {Path(change.to).name for change in log.apply()} == {*names, "猫-2.jpg"} - {"猫.jpg"}
        log.undo_apply()
    assert tree(root) == before


@pytest.mark.parametrize(
    "what", ["edited", "touched", "replaced", "removed", "renamed", "linked", "a folder now", "behind a link"]
)
def test_apply_refuses_as_a_whole_when_one_picture_changed_since_it_was_marked(folder, log, what):
    log.mark(["cat/1.jpg", "cat/2.jpg", "dog/1.jpg"], "delete")
    picture = folder / "dog" / "1.jpg"
    state = picture.stat()
    if what == "edited":
        picture.write_text("a longer text")
    elif what == "touched":
        os.utime(picture)
    elif what == "replaced":  # same size, same time
        other = fill(folder, "dog/9.jpg") / "dog" / "9.jpg"
        os.utime(other, ns=(state.st_atime_ns, state.st_mtime_ns))
        os.replace(other, picture)
    elif what == "behind a link":
        (folder / "dog").rename(folder.parent / "elsewhere")
        (folder / "dog").symlink_to(folder.parent / "elsewhere")
    else:
        picture.rename(folder / "dog" / "away.jpg")
        if what == "removed":
            (folder / "dog" / "away.jpg").unlink()
        elif what == "linked":
            picture.symlink_to("away.jpg")
        elif what == "a folder now":
            picture.mkdir()
    before = tree(folder)
    with pytest.raises(BadData, match=r"dog/1\.jpg\. Look at"):
        log.apply()
    assert tree(folder) == before
    assert len(log.pending()) == 3
    log.clear(["dog/1.jpg"])
    assert len(log.apply()) == 2


def test_marks_hold_in_a_copy_of_the_folder(folder, log):
    log.mark(["cat/1.jpg"], "relabel", "dog")
    log.close()
    copy = shutil.copytree(folder, folder.parent / "copy")
    with closing(Journal(copy)) as other:
        assert [change.to for change in other.apply()] == ["dog/1-2.jpg"]


def test_nothing_is_moved_behind_a_link(folder, log):
    (folder.parent / "elsewhere").mkdir()
    log.mark(["cat/1.jpg"], "relabel", "owl")
    (folder / "owl").symlink_to(folder.parent / "elsewhere")
    before = tree(folder)
    with pytest.raises(BadData, match="behind a link"):
        log.apply()
    assert tree(folder) == before
    assert list((folder.parent / "elsewhere").iterdir()) == []


def test_the_built_in_digits_stay_as_they_are(folder, monkeypatch):
    monkeypatch.setattr(journal.dataset, "folder", lambda data: folder)
    with closing(Journal("digits")) as log:
        log.mark(["cat/1.jpg"], "delete")
        before = tree(folder)
        with pytest.raises(BadData, match="built in"):
            log.apply()
    assert tree(folder) == before


def test_apply_tells_how_far_it_is(log):
    log.mark(["cat/1.jpg", "cat/2.jpg"], "delete")
    events: list[dict] = []
    log.apply(events.append)
    assert events == [{"event": "applying", "done": done, "total": 2} for done in (1, 2)]


# Undo of an apply


def test_undo_restores_every_file_and_folder_also_for_several_applies(folder, log):
    states, marks = [tree(folder)], []
    for files, action, label in [
        (["cat/1.jpg", "cat/2.jpg", "cat/3.jpg"], "relabel", "dog"),
        (["dog/1-2.jpg", "dog/4.jpg"], "delete", None),
        (["dog/2.jpg"], "relabel", "owl"),
    ]:
        log.mark(files, action, label)
        marks.append(log.pending())
        log.apply()
        states.append(tree(folder))
    assert [(applied.counts, applied.undone) for applied in log.applies()] == [
        ({"relabel": 1}, False),
        ({"delete": 2}, False),
        ({"relabel": 3}, False),
    ]
    for state, marked in zip(states[-2::-1], marks[::-1], strict=True):
        assert [change.file for change in log.undo_apply()] == [change.file for change in marked]
        assert tree(folder) == state
    assert log.undo_apply() == []
    assert pending(log) == [  # what was decided last, now of the picture under its first name
        ("cat/1.jpg", "delete"),
        ("cat/2.jpg", "owl"),
        ("cat/3.jpg", "dog"),
        ("dog/4.jpg", "delete"),
    ]
    assert all(applied.undone for applied in log.applies())


def test_the_marks_of_an_undone_apply_are_there_again(log):
    log.mark(["cat/1.jpg", "cat/2.jpg"], "relabel", "owl")
    log.mark(["dog/1.jpg"], "delete")
    before = log.pending()
    log.apply()
    assert log.pending() == []
    log.undo_apply()
    assert log.pending() == before


def test_an_undone_apply_can_be_applied_again_and_undone_again(folder, log):
    before = tree(folder)
    log.mark(["cat/1.jpg"], "relabel", "owl")
    for _ in range(3):
        log.apply()
        assert tree(folder)["owl/1.jpg"] == "cat/1.jpg"
        log.undo_apply()
        assert tree(folder) == before


def test_the_steps_of_marking_lie_behind_an_apply_and_come_back_with_its_undo(log):
    log.mark(["cat/1.jpg"], "delete")
    log.mark(["cat/2.jpg"], "delete")
    log.apply()
    assert log.undo() is None
    log.undo_apply()
    assert log.undo() == "Undone: 1 picture marked delete"
    assert pending(log) == [("cat/1.jpg", "delete")]


def test_a_step_that_was_taken_back_before_an_apply_is_not_made_again_after_it(log):
    log.mark(["cat/1.jpg"], "delete")
    log.mark(["cat/2.jpg"], "delete")
    log.undo()
    log.apply()
    assert log.redo() is None
    log.undo_apply()
    assert log.redo() is None
    assert pending(log) == [("cat/1.jpg", "delete")]


def test_a_mark_made_after_an_apply_follows_the_picture_back(log):
    log.mark(["cat/2.jpg"], "relabel", "dog")
    log.apply()
    log.mark(["dog/2.jpg"], "delete")
    log.undo_apply()
    assert pending(log) == [("cat/2.jpg", "delete")]
    assert log.undo() == "Undone: 1 picture marked delete"
    assert log.pending() == []


def test_undo_brings_an_edited_picture_back_with_its_edit(folder, log):
    log.mark(["cat/2.jpg"], "relabel", "dog")
    log.apply()
    (folder / "dog" / "2.jpg").write_text("cropped")
    log.undo_apply()
    assert tree(folder)["cat/2.jpg"] == "cropped"


def test_undo_refuses_when_something_lies_in_the_way_and_goes_on_once_it_is_gone(folder, log):
    before = tree(folder)
    log.mark(["cat/2.jpg", "dog/4.jpg"], "delete")
    log.apply()
    fill(folder, "cat/2.jpg")
    (folder / "cat" / "2.jpg").write_text("another picture")
    after = tree(folder)
    with pytest.raises(BadData, match=r"cat/2\.jpg\. Move it away"):
        log.undo_apply()
    assert tree(folder) == after
    (folder / "cat" / "2.jpg").unlink()
    assert len(log.undo_apply()) == 2
    assert tree(folder) == before


def test_undo_refuses_when_a_picture_is_no_longer_where_it_went(folder, log):
    log.mark(["cat/2.jpg", "cat/3.jpg"], "relabel", "owl")
    log.apply()
    (folder / "owl" / "2.jpg").rename(folder / "owl" / "two.jpg")
    after = tree(folder)
    with pytest.raises(BadData, match=r"owl/2\.jpg\. Put"):
        log.undo_apply()
    assert tree(folder) == after
    (folder / "owl" / "two.jpg").rename(folder / "owl" / "2.jpg")
    log.undo_apply()
    assert "owl" not in tree(folder)


def test_undo_makes_a_class_folder_again_and_leaves_one_that_others_use(folder, log):
    log.mark(["dog/1.jpg", "dog/4.jpg"], "relabel", "owl")
    log.apply()
    (folder / "dog").rmdir()
    fill(folder, "owl/9.jpg")
    log.undo_apply()
    assert tree(folder) == {**tree(folder), "dog/1.jpg": "dog/1.jpg", "dog/4.jpg": "dog/4.jpg", "owl/9.jpg": "owl/9.jpg"}


def test_the_trash_is_emptied_on_demand_alone_and_the_rest_can_still_be_undone(folder, log):
    log.mark(["cat/1.jpg", "cat/2.jpg"], "delete")
    log.mark(["cat/3.jpg"], "relabel", "dog")
    log.apply()
    assert log.empty_trash() == 2
    assert not (folder / ".voilens" / "trash").exists()
    assert [change.file for change in log.undo_apply()] == ["cat/3.jpg"]
    assert pending(log) == [("cat/3.jpg", "dog")]
    assert log.empty_trash() == 0
    log.clear(["cat/3.jpg"])
    log.mark(["dog/1.jpg"], "delete")
    log.apply()
    log.empty_trash()
    assert log.undo_apply() == []


# What goes wrong


def failing_at(monkeypatch, name: str, number: int, error: OSError) -> None:
    """Let the `number`-th call of a function of `os` fail, and those after it work."""
    real, left = getattr(os, name), [number]

    def call(*args, **options):
        left[0] -= 1
        if left[0] == 0:
            raise error
        return real(*args, **options)

    monkeypatch.setattr(os, name, call)


@pytest.mark.parametrize(
    ("name", "number", "code"),
    [
        *[("link", 2, code) for code in (errno.EROFS, errno.ENOSPC, errno.EACCES, errno.EIO, errno.EXDEV, errno.ENAMETOOLONG)],
        *[(name, number, errno.ENOSPC) for name, number in (("link", 1), ("link", 4), ("mkdir", 2), ("fsync", 2))],
        *[(name, number, errno.EACCES) for name, number in (("unlink", 1), ("unlink", 3), ("unlink", 4), ("mkdir", 1))],
    ],
)
def test_what_fails_on_the_way_leaves_everything_as_it_was_and_is_said(folder, log, monkeypatch, name, number, code):
    log.mark(["cat/1.jpg", "cat/3.jpg"], "relabel", "owl")
    log.mark(["cat/2.jpg", "dog/4.jpg"], "delete")
    before = tree(folder)
    with monkeypatch.context() as patch:
        failing_at(patch, name, number, OSError(code, os.strerror(code), str(folder / "cat" / "1.jpg")))
        with pytest.raises(BadData, match=r"1\.jpg.*Nothing was changed\.$"):
            log.apply()
    assert tree(folder) == before
    assert len(log.pending()) == 4
    log.apply()
    after = tree(folder)
    with monkeypatch.context() as patch:
        failing_at(patch, "link", 3, OSError(code, os.strerror(code), "x"))
        with pytest.raises(BadData):
            log.undo_apply()
    assert tree(folder) == after
    log.undo_apply()
    assert tree(folder) == before


def test_a_file_that_appears_at_the_last_moment_is_not_overwritten(folder, log, monkeypatch):
    log.mark(["cat/1.jpg", "cat/2.jpg"], "relabel", "owl")
    before = tree(folder)

    def link(source, target, real=os.link):
        Path(folder, "owl", "2.jpg").write_text("somebody else's")
        return real(source, target)

    monkeypatch.setattr(os, "link", link)
    with pytest.raises(BadData, match=r"in the way at .*owl/2\.jpg"):
        log.apply()
    assert tree(folder) == before | {"owl": None, "owl/2.jpg": "somebody else's"}
    monkeypatch.undo()
    assert [change.to for change in log.apply()] == ["owl/1.jpg", "owl/2-2.jpg"]


def test_what_can_be_neither_finished_nor_taken_back_is_finished_later(folder, log, monkeypatch):
    log.mark(["cat/1.jpg", "cat/2.jpg", "cat/3.jpg"], "relabel", "owl")
    with monkeypatch.context() as patch:
        done: list[int] = []

        def link(source, target, real=os.link):
            if len(done) == 2:
                raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(target))
            done.append(1)
            return real(source, target)

        patch.setattr(os, "link", link)
        for change in (log.apply, lambda: log.mark(["dog/1.jpg"], "delete")):
            with pytest.raises(BadData, match="no picture is lost"):
                change()
        with closing(Journal(folder)) as other:  # can still be looked at
            assert len(other.pending()) == 3
    log.mark(["dog/1.jpg"], "delete")
    assert sorted(f.name for f in (folder / "owl").iterdir()) == ["1.jpg", "2.jpg", "3.jpg"]
    assert pending(log) == [("dog/1.jpg", "delete")]


def test_an_interrupt_leaves_everything_as_it_was(folder, log):
    log.mark(["cat/1.jpg", "cat/2.jpg", "cat/3.jpg"], "delete")
    before = tree(folder)

    def interrupt(event: dict) -> None:
        if event["done"] == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        log.apply(interrupt)
    assert tree(folder) == before
    assert len(log.apply()) == 3


def test_a_full_disk_under_the_catalogue_loses_neither_marks_nor_pictures(folder, log):
    log.mark(["cat/1.jpg"], "relabel", "dog")
    before, pages = tree(folder), log._database.execute("PRAGMA page_count").fetchone()[0]
    fill(folder, *(f"owl/{'long name' * 20} {number}.jpg" for number in range(200)))
    before = tree(folder)
    log._database.execute(f"PRAGMA max_page_count = {pages}")  # SQLite's own way to a full disk
    with pytest.raises(BadData, match="no space left"):
        log.mark([file for file in before if file.startswith("owl/")], "delete")
    assert pending(log) == [("cat/1.jpg", "dog")]
    assert tree(folder) == before


@pytest.fixture
def open_folder():
    """A folder that somebody without rights can reach, and is given."""
    root = Path(tempfile.mkdtemp(prefix="vl"))
    fill(root / "animals", "cat/1.jpg", "cat/2.jpg", "dog/1.jpg")
    if os.getuid() == 0:
        for path in (root, *root.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
    yield root / "animals"
    for path in root.rglob("*"):
        if path.is_dir():
            path.chmod(0o755)
    shutil.rmtree(root)


def test_a_class_folder_without_permission_is_said_and_nothing_is_changed(open_folder):
    def work() -> None:
        log = Journal(open_folder)
        log.mark(["cat/1.jpg", "cat/2.jpg"], "relabel", "owl")
        log.mark(["cat/2.jpg"], "relabel", "dog")
        before = tree(open_folder)
        for locked in ("dog", "cat"):  # where one goes, where both come from
            (open_folder / locked).chmod(0o555)
            with pytest.raises(BadData, match=r"no permission .*Nothing was changed"):
                log.apply()
            assert tree(open_folder) == before
            (open_folder / locked).chmod(0o755)
        assert len(log.apply()) == 2

    assert unprivileged(work) == 0


def test_a_read_only_folder_is_said_when_it_is_opened_and_when_it_becomes_one(open_folder):
    def work() -> None:
        open_folder.chmod(0o555)
        with pytest.raises(BadData, match="make the folder writable"):
            Journal(open_folder)
        open_folder.chmod(0o755)
        log = Journal(open_folder)
        log.mark(["cat/1.jpg"], "delete")
        log.close()
        for path in (open_folder, *open_folder.rglob("*")):
            path.chmod(0o555 if path.is_dir() else 0o444)
        log = Journal(open_folder)
        assert len(log.pending()) == 1
        for change in (log.apply, log.undo, lambda: log.mark(["cat/2.jpg"], "keep")):
            with pytest.raises(BadData, match="make the folder writable"):
                change()

    assert unprivileged(work) == 0


def test_a_second_journal_waits_for_one_that_changes_the_folder_or_says_so(folder, log, monkeypatch):
    log.mark(["cat/1.jpg"], "delete")
    monkeypatch.setattr(journal, "PATIENCE", 0.1)
    with (folder / ".voilens" / "lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(BadData, match="Another cleaner"):
            log.apply()
        assert len(log.pending()) == 1  # looking needs no lock
    assert len(log.apply()) == 1


def test_two_processes_that_apply_at_once_do_each_change_once(folder, log):
    fill(folder, *(f"owl/{number}.jpg" for number in range(200)))
    log.mark([f"owl/{number}.jpg" for number in range(200)], "relabel", "cat")
    log.close()
    children = []
    for _ in range(3):
        child = os.fork()
        if child == 0:
            os._exit(forked(lambda: Journal(folder).apply()))
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0, 0]
    with closing(Journal(folder)) as after:
        assert len(after.applies()) == 1
    assert len(list((folder / "cat").iterdir())) == 203


# Labels in a CSV


@pytest.fixture
def labelled(tmp_path) -> tuple[Path, Path]:
    root = fill(tmp_path / "photos", "1.jpg", "2.jpg", "sub/3.jpg")
    labels = root / "labels.csv"
    labels.write_bytes(b'id,file,"label",by\r\n7,1.jpg,cat,"me, too"\r\n8,2.jpg,cat,\r\n9,sub/3.jpg,dog,x\r\n')
    return root, labels


def test_a_cleaned_copy_of_the_csv_is_written_and_pictures_stay(labelled):
    root, labels = labelled
    original, before = labels.read_bytes(), tree(root)
    with closing(Journal(root, labels)) as log:
        log.mark(["1.jpg"], "relabel", "dog")
        log.mark(["2.jpg"], "delete")
        assert [(change.file, change.to) for change in log.apply()] == [("1.jpg", "1.jpg"), ("2.jpg", "2.jpg")]
        assert log.labels == root / "labels-cleaned.csv"
        assert log.labels.read_bytes() == b'id,file,"label",by\r\n7,1.jpg,dog,"me, too"\r\n9,sub/3.jpg,dog,x\r\n'
        assert labels.read_bytes() == original
        assert log.apply() == []
        log.undo_apply()
        assert log.labels == labels
        (trashed,) = (root / ".voilens" / "trash").glob("*/labels-cleaned.csv")
        assert b"7,1.jpg,dog" in trashed.read_bytes()
        assert {name: text for name, text in tree(root).items() if ".voilens" not in name} == before
        assert len(log.pending()) == 2


def test_the_next_apply_goes_on_from_the_cleaned_copy_and_overwrites_none(labelled):
    root, labels = labelled
    (root / "labels-cleaned-2.csv").write_text("somebody else's")
    with closing(Journal(root, labels)) as log, closing(Journal(root, labels)) as other:
        log.mark(["1.jpg"], "relabel", "dog")
        log.apply()
        other.mark(["1.jpg"], "relabel", "dog")  # it is one by now
        assert other.pending() == []
        other.mark(["2.jpg"], "relabel", "owl")
        other.apply()
        assert log.labels == root / "labels-cleaned-3.csv"
        assert [line.split(",")[2] for line in log.labels.read_text().splitlines()[1:]] == ["dog", "owl", "dog"]
        log.undo_apply()
        assert log.labels == other.labels == root / "labels-cleaned.csv"
        log.undo_apply()
        assert other.labels == labels
    assert (root / "labels-cleaned-2.csv").read_text() == "somebody else's"


def test_an_apply_that_fails_leaves_no_draft_of_the_csv(labelled, monkeypatch):
    root, labels = labelled
    before = tree(root)
    with closing(Journal(root, labels)) as log:
        log.mark(["1.jpg"], "relabel", "dog")
        failing_at(monkeypatch, "link", 1, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(labels)))
        with pytest.raises(BadData, match="disk is full"):
            log.apply()
        assert tree(root) == before
        assert log.labels == labels
        assert len(log.apply()) == 1


def test_only_pictures_with_a_row_can_be_marked(labelled):
    root, labels = labelled
    fill(root, "4.jpg", f"{catalogue.INBOX}/a.jpg")
    with closing(Journal(root, labels)) as log:
        for file in ("4.jpg", f"{catalogue.INBOX}/a.jpg"):
            with pytest.raises(BadData, match="no label"):
                log.mark([file], "delete")


@pytest.mark.parametrize("label", ["../../elsewhere", "a/b", "..", ".hidden"])
def test_a_label_of_a_csv_never_leads_out_of_the_class_folders(folder, label):
    labels = folder.parent / "labels.csv"
    labels.write_text(f"file,label\ncat/1.jpg,cat\ncat/2.jpg,{label}\n")
    with closing(Journal(folder, labels)) as log:
        log.mark(["cat/1.jpg"], "relabel", label)
    before = sorted(folder.parent.rglob("*.jpg"))
    with closing(Journal(folder)) as log:
        assert pending(log) == [("cat/1.jpg", label)]
        with pytest.raises(BadData, match="name of a class folder"):
            log.apply()
    assert sorted(folder.parent.rglob("*.jpg")) == before


def test_a_csv_outside_of_the_folder_gets_its_copy_beside_it(labelled, tmp_path):
    root, labels = labelled
    labels = labels.rename(tmp_path / "truth.csv")
    with closing(Journal(root, labels)) as log:
        log.mark(["2.jpg"], "delete")
        log.apply()
        assert log.labels == tmp_path / "truth-cleaned.csv"
        log.undo_apply()
    assert sorted(f.name for f in tmp_path.iterdir()) == ["photos", "truth.csv"]
