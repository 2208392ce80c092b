"""An apply taken back, the marks before it, and the trash."""

from __future__ import annotations

import pytest
from folders import fill, pending, tree

from model.errors import BadData


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
