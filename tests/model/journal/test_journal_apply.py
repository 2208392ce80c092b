"""Apply: files go where their marks say, into the trash too, and nothing is overwritten."""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from pathlib import Path

import pytest
from folders import fill, tree

from model.catalog import scanner
from model.errors import BadData
from model.journal import journal
from model.journal.journal import Journal
from model.types import Change


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
    root = fill(tmp_path / "split", "Training/cat/1.jpg", "val/cat/1.jpg", "val/dog/1.jpg", f"{scanner.INBOX}/a.jpg")
    with closing(Journal(root)) as log:
        log.mark(["val/cat/1.jpg"], "relabel", "dog")
        log.mark(["Training/cat/1.jpg", f"{scanner.INBOX}/a.jpg"], "relabel", "owl")
        assert {change.file: change.to for change in log.apply()} == {
            "val/cat/1.jpg": "val/dog/1-2.jpg",
            "Training/cat/1.jpg": "Training/owl/1.jpg",
            f"{scanner.INBOX}/a.jpg": "Training/owl/a.jpg",
        }
        with pytest.raises(BadData):
            log.mark(["Training/1.jpg"], "delete")


def test_a_photo_of_the_inbox_goes_to_its_class_folder_where_there_are_no_splits(folder, log):
    fill(folder, f"{scanner.INBOX}/a.jpg", f"{scanner.INBOX}/b.jpg")
    log.mark([f"{scanner.INBOX}/a.jpg"], "relabel", "cat")
    log.mark([f"{scanner.INBOX}/b.jpg"], "delete")
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
    monkeypatch.setattr(journal, "find_folder", lambda data: folder)
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
