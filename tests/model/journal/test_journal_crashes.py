"""The journal killed at any instant: all is as before or all is done, and no content is lost."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

import pytest
from children import KILLED, killed_at
from folders import FAST, TRASH, class_folders, contents, pictures

from model.core import PROJECT
from model.journal.journal import Journal


@pytest.fixture
def fast():
    """A folder in memory where there is one: these tests sync the disk all the time, and want nothing of it but names."""
    folder = Path(tempfile.mkdtemp(prefix="vl", dir=FAST))
    yield folder
    shutil.rmtree(folder)


def apply(root: Path) -> None:
    Journal(root).apply()


def undo_apply(root: Path) -> None:
    Journal(root).undo_apply()


def without_links(patch: pytest.MonkeyPatch) -> None:
    def refuse(*_) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    patch.setattr(os, "link", refuse)


@pytest.mark.parametrize("links", [True, False], ids=["links", "no links"])
@pytest.mark.parametrize("work", [apply, undo_apply])
def test_killed_before_any_change_of_the_disk_all_is_as_before_or_all_is_done(fast, monkeypatch, work, links):
    """Every instant at which the process can die between two of its steps, one after the other."""
    if not links:
        without_links(monkeypatch)
    instant, seen = 0, set()
    while True:
        root = fast / str(instant)
        for file in ("cat/1.jpg", "cat/2.jpg", "dog/1.jpg"):
            (root / file).parent.mkdir(parents=True, exist_ok=True)
            (root / file).write_text(file)
        with closing(Journal(root)) as log:
            log.mark(["cat/1.jpg"], "relabel", "dog")
            log.mark(["cat/2.jpg"], "relabel", "owl")
            log.mark(["dog/1.jpg"], "delete")
            if work is undo_apply:
                log.apply()
        ended = killed_at(instant, lambda root=root: work(root))
        with closing(Journal(root)) as log:
            assert sorted(text for file, text in contents(root).items()) == [
                "cat/1.jpg",
                "cat/2.jpg",
                "dog/1.jpg",
            ]
            is_applied = bool(log.applies()) and not log.applies()[0].undone
            assert len(log.pending()) == (0 if is_applied else 3)
            if is_applied:
                assert pictures(root) == {"dog/1-2.jpg": "cat/1.jpg", "owl/2.jpg": "cat/2.jpg"}
                log.undo_apply()
            assert pictures(root) == {file: file for file in ("cat/1.jpg", "cat/2.jpg", "dog/1.jpg")}
            assert class_folders(root) == {"cat", "dog"}
            assert list((root / TRASH).rglob("*.*")) == []
        seen.add(is_applied)
        if ended == 0:
            break
        assert ended == KILLED
        instant += 1
    assert instant > 15
    assert seen == {True, False}


def test_the_real_program_killed_at_random_instants_loses_nothing(fast):
    """kill -9 of `python -m model changes ... apply`, then the same again until it has gone through."""
    root, rng, kills = fast / "many", random.Random(0), 0
    for number in range(1200):
        (root / "cat").mkdir(parents=True, exist_ok=True)
        (root / "cat" / f"{number}.jpg").write_text(str(number))
    with closing(Journal(root)) as log:
        log.mark([f"cat/{number}.jpg" for number in range(0, 1200, 2)], "relabel", "dog")
        log.mark([f"cat/{number}.jpg" for number in range(1, 1200, 2)], "delete")
    command = [sys.executable, "-m", "model", "changes", str(root)]
    for step in ("apply", "undo", "apply"):
        child = subprocess.Popen([*command, step], cwd=PROJECT, stdout=subprocess.DEVNULL)
        emptied, filled = (root / "cat", root / "dog") if step == "apply" else (root / "dog", root / "cat")
        while child.poll() is None and not (filled.is_dir() and any(filled.iterdir())):
            time.sleep(0.001)
        time.sleep(rng.random() * 0.05)
        child.send_signal(signal.SIGKILL)
        kills += child.wait() == -signal.SIGKILL
        assert set(contents(root / "cat").values()) | set(contents(root / "dog").values()) | set(
            contents(root / TRASH).values()
        ) == {str(number) for number in range(1200)}
        with closing(Journal(root)) as log:
            if step == "apply":
                assert len(contents(root / "dog")) == len(contents(root / TRASH)) == 600
            else:
                assert len(contents(root / "cat")) == 1200
                assert len(log.pending()) == 1200
            assert not emptied.exists() or contents(emptied) == {}
    assert kills
