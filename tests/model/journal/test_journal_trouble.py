"""What goes wrong under an apply: disks, permissions, interrupts, others at the same time."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from children import NOBODY, forked, unprivileged
from folders import failing_at, fill, pending, tree

from model.errors import BadData
from model.journal import journal
from model.journal.journal import Journal


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


def test_a_full_disk_under_the_catalog_loses_neither_marks_nor_pictures(folder, log):
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
