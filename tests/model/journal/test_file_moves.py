"""Moves of files, with and without hard links."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from model.journal import file_moves
from model.journal.file_moves import Move


@pytest.fixture(params=["links", "no links"])
def folder(request, tmp_path, monkeypatch) -> Path:
    if request.param == "no links":

        def link(*_) -> None:
            raise OSError(errno.EPERM, os.strerror(errno.EPERM))

        monkeypatch.setattr(os, "link", link)
    for name in "abc":
        (tmp_path / name).write_text(name)
    return tmp_path


def move(folder: Path, source: str, target: str) -> Move:
    return Move(folder / source, folder / target, (folder / source).stat().st_ino)


def state(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_files_go_to_folders_that_are_made_and_stay_the_same_files(folder):
    todo = [move(folder, "a", "new/deep/a"), move(folder, "b", "new/b")]
    before = (folder / "a").stat()
    file_moves.carry_out(todo)
    assert state(folder) == {"new/deep/a": "a", "new/b": "b", "c": "c"}
    after = (folder / "new/deep/a").stat()
    assert (after.st_ino, after.st_mtime_ns, after.st_nlink) == (before.st_ino, before.st_mtime_ns, 1)


def test_moving_again_and_taking_back_again_change_nothing(folder):
    todo, before = [move(folder, "a", "x/a"), move(folder, "b", "b2")], state(folder)
    for _ in range(2):
        file_moves.carry_out(todo)
        assert state(folder) == {"x/a": "a", "b2": "b", "c": "c"}
    for _ in range(2):
        file_moves.take_back(todo)
        assert state(folder) == before


def test_a_name_that_is_taken_stops_the_work_and_is_not_overwritten(folder):
    todo, before = [move(folder, "a", "a2"), move(folder, "b", "c")], state(folder)
    with pytest.raises(FileExistsError):
        file_moves.carry_out(todo)
    file_moves.take_back(todo)
    assert state(folder) == before


def test_an_empty_file_in_the_way_is_somebody_elses_too(folder):
    (folder / "c").write_text("")
    with pytest.raises(FileExistsError):
        file_moves.carry_out([move(folder, "a", "c")])
    assert state(folder) == {"a": "a", "b": "b", "c": ""}


def test_a_file_put_where_another_has_left_stays_there(folder):
    todo = [move(folder, "a", "a2")]
    file_moves.carry_out(todo)
    (folder / "a").write_text("another")
    file_moves.carry_out(todo)
    assert state(folder) == {"a": "another", "a2": "a", "b": "b", "c": "c"}
    with pytest.raises(FileExistsError):
        file_moves.take_back(todo)
    assert state(folder) == {"a": "another", "a2": "a", "b": "b", "c": "c"}


def test_what_is_gone_is_said_going_forth_and_passed_over_going_back(folder):
    todo = [move(folder, "a", "a2"), move(folder, "b", "b2")]
    (folder / "b").unlink()
    with pytest.raises(FileNotFoundError):
        file_moves.carry_out(todo)
    file_moves.take_back(todo)
    assert state(folder) == {"a": "a", "c": "c"}


@pytest.mark.parametrize("back", [False, True])
def test_a_kill_between_link_and_unlink_leaves_no_second_name(folder, tmp_path, back):
    todo, before = [move(folder, "a", "a2")], state(folder)
    try:
        os.link(folder / "a", folder / "a2")
    except OSError:  # where there are no links, a kill leaves the reservation
        (folder / "a2").write_bytes(file_moves.RESERVED)
    (file_moves.take_back if back else file_moves.carry_out)(todo)
    assert state(folder) == (before if back else {"a2": "a", "b": "b", "c": "c"})


def test_a_rename_that_fails_leaves_no_reservation(folder, monkeypatch):
    def rename(*_) -> None:
        raise OSError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(os, "rename", rename)
    monkeypatch.setattr(os, "link", rename)
    before = state(folder)
    with pytest.raises(OSError):
        file_moves.carry_out([move(folder, "a", "a2")])
    assert state(folder) == before


def test_folders_are_found_missing_once_and_removed_only_when_empty(folder):
    made = file_moves.missing_folders([folder / "x/y/1", folder / "x/y/2", folder / "x/z/1", folder / "3"])
    assert made == [folder / "x", folder / "x/y", folder / "x/z"]
    for path in made:
        path.mkdir()
    (folder / "x/z/mine").write_text("mine")
    file_moves.remove_empty(made)
    assert not (folder / "x/y").exists()
    assert (folder / "x/z/mine").exists()
    file_moves.remove_empty(made)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "make room"),
        (errno.EROFS, "make it writable"),
        (errno.EACCES, "make it and its folder writable"),
        (errno.EEXIST, "move it away"),
        (errno.ENOENT, "put it back"),
        (errno.EXDEV, "on one disk"),
        (errno.ENAMETOOLONG, "shorten it"),
        (errno.EIO, "try again"),
    ],
)
def test_every_failure_is_one_line_that_names_the_file_and_says_what_to_do(code, words):
    sentence = file_moves.reason(OSError(code, os.strerror(code), "from", None, "odd\nname.jpg"))
    assert words in sentence
    assert r"odd\nname.jpg" in sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")
