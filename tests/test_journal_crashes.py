"""The journal against a reference model: random work on a folder, others who change it too, and kills at any instant.

The model keeps the folder as a dictionary. Whatever happens, the folder equals it, and no content is lost.
"""

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
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

import hypothesis.strategies as some
import pytest
from children import KILLED, killed_at
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from model.applies import HalfDone
from model.errors import BadData
from model.journal import Journal

HOME = Path(__file__).parent.parent
TRASH = ".voilens/trash"
CLASSES, NAMES = ("cat", "dog", "owl"), ("1.jpg", "2.jpg", "1-2.jpg")  # few, so that they meet
FAST = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


@pytest.fixture
def fast():
    """A folder in memory where there is one: these tests sync the disk all the time, and want nothing of it but names."""
    folder = Path(tempfile.mkdtemp(prefix="vl", dir=FAST))
    yield folder
    shutil.rmtree(folder)


def contents(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.jpg")}


def pictures(root: Path) -> dict[str, str]:
    return {file: text for file, text in contents(root).items() if not file.startswith(".voilens/")}


def class_folders(root: Path) -> set[str]:
    return {path.name for path in root.iterdir() if path.is_dir() and path.name != ".voilens"}


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
        child = subprocess.Popen([*command, step], cwd=HOME, stdout=subprocess.DEVNULL)
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


@dataclass
class Step:
    """One step of marking in the model: the marks of its files before and after."""

    before: dict
    after: dict


@dataclass
class Apply:
    moves: dict[str, str]  # file to place
    marks: dict[str, tuple]
    made: set[str]
    steps: list[Step]
    undone: bool = False


@dataclass
class Model:
    """What a folder and its journal should be, without disk or SQL. A picture is (number, edition): its content."""

    files: dict[str, tuple[int, int]] = field(default_factory=dict)
    folders: set[str] = field(default_factory=set)
    trash: dict[str, tuple[int, int]] = field(default_factory=dict)
    marks: dict[str, tuple] = field(default_factory=dict)  # (action, label, picture as it was marked)
    done: list[Step] = field(default_factory=list)
    undone: list[Step] = field(default_factory=list)
    applies: list[Apply] = field(default_factory=list)

    def step(self, files, marks: dict) -> None:
        before = {file: self.marks.get(file) for file in files}
        after = {file: marks.get(file) for file in files}
        self.done.append(Step(before, after))
        self.undone.clear()
        self._set(after)

    def replay(self, here: list[Step], there: list[Step], side: str) -> bool:
        if not here:
            return False
        there.append(here.pop())
        self._set(getattr(there[-1], side))
        return True

    def _set(self, marks: dict) -> None:
        for file, mark in marks.items():
            self.marks.pop(file, None)
            if mark:
                self.marks[file] = mark

    def pending(self) -> dict[str, tuple]:
        return {f: m for f, m in sorted(self.marks.items()) if m[0] != "keep" and m[1] != PurePosixPath(f).parent.name}

    def changed(self) -> list[str]:
        return [file for file, mark in self.pending().items() if self.files.get(file) != mark[2]]

    def plan(self) -> Apply:
        moves: dict[str, str] = {}
        for file, (_, label, _) in self.pending().items():
            name = PurePosixPath(file)
            place, number = f"{label}/{name.name}", 1
            while label and (place in self.files or place in moves.values()):
                number += 1
                place = f"{label}/{name.stem}-{number}.jpg"
            moves[file] = place if label else f"{TRASH}/{len(self.applies)}/{file}"
        made = {PurePosixPath(place).parent.name for place in moves.values() if not place.startswith(TRASH)} - self.folders
        return Apply(moves, self.pending(), made, [])

    def apply(self, plan: Apply) -> None:
        for file, place in plan.moves.items():
            (self.trash if place.startswith(TRASH) else self.files)[place] = self.files.pop(file)
            self.marks.pop(file)
        self.folders |= plan.made
        plan.steps, self.done, self.undone = self.done, [], []
        self.applies.append(plan)

    def latest(self) -> Apply | None:
        return next((apply for apply in reversed(self.applies) if not apply.undone and apply.moves), None)

    def can_undo(self, apply: Apply) -> bool:
        return all(
            (place in self.files or place in self.trash) and file not in self.files for file, place in apply.moves.items()
        )

    def undo(self, apply: Apply) -> None:
        for file, place in apply.moves.items():
            self.files[file] = (self.trash if place in self.trash else self.files).pop(place)
            newer = self.marks.pop(place, None)
            self._set({file: newer or self.marks.get(file) or apply.marks[file]})
            for step in (*self.done, *self.undone):
                for side in (step.before, step.after):
                    if place in side:
                        side[file] = side.pop(place)
        self.folders |= {PurePosixPath(file).parent.name for file in apply.moves}
        self.folders -= {folder for folder in apply.made if not any(file.startswith(f"{folder}/") for file in self.files)}
        apply.undone = True
        self.done = apply.steps + self.done


def text(picture: tuple[int, int]) -> str:
    number, edition = picture
    return f"{number} {edition} " + "." * (7 * number + edition)  # never twice the same size


class Work(RuleBasedStateMachine):
    """People who mark, apply and undo in two journals, others who change the folder, and kills."""

    def __init__(self):
        super().__init__()
        self.root = Path(tempfile.mkdtemp(prefix="vl", dir=FAST))
        self.model, self.numbers, self.journals = Model(), iter(range(10**6)), []

    def teardown(self) -> None:
        self.close()
        shutil.rmtree(self.root)

    def close(self) -> None:
        for journal in self.journals:
            journal.close()
        self.journals = []

    def journal(self, which: bool) -> Journal:
        while len(self.journals) < 2:
            self.journals.append(Journal(self.root))
        return self.journals[which]

    def write(self, file: str, picture: tuple[int, int]) -> None:
        (self.root / file).parent.mkdir(exist_ok=True)
        (self.root / file).write_text(text(picture))

    which, places = some.booleans(), some.builds("{}/{}".format, some.sampled_from(CLASSES), some.sampled_from(NAMES))

    @initialize(files=some.sets(places, min_size=3, max_size=7))
    def fill(self, files):
        for file in sorted(files):
            self.add(file)

    # Others

    @rule(file=places)
    def add(self, file):
        if file not in self.model.files:
            self.model.files[file] = (next(self.numbers), 0)
            self.model.folders.add(file.split("/")[0])
            self.write(file, self.model.files[file])

    @precondition(lambda self: self.model.files)
    @rule(data=some.data())
    def edit(self, data):
        file = data.draw(some.sampled_from(sorted(self.model.files)))
        number, edition = self.model.files[file]
        self.model.files[file] = (number, edition + 1)
        self.write(file, self.model.files[file])

    @precondition(lambda self: self.model.files)
    @rule(data=some.data())
    def remove(self, data):
        file = data.draw(some.sampled_from(sorted(self.model.files)))
        del self.model.files[file]
        (self.root / file).unlink()

    @precondition(lambda self: self.model.files)
    @rule(data=some.data(), to=places)
    def rename(self, data, to):
        file = data.draw(some.sampled_from(sorted(self.model.files)))
        if to not in self.model.files:
            self.model.files[to] = self.model.files.pop(file)
            self.model.folders.add(to.split("/")[0])
            (self.root / to).parent.mkdir(exist_ok=True)
            (self.root / file).rename(self.root / to)

    # Marks

    @precondition(lambda self: self.model.files)
    @rule(data=some.data(), which=which, what=some.sampled_from(("keep", "delete", *CLASSES, "new")))
    def mark(self, data, which, what):
        files = data.draw(some.lists(some.sampled_from(sorted(self.model.files)), min_size=1, max_size=4, unique=True))
        action, label = (what, None) if what in ("keep", "delete") else ("relabel", what)
        self.journal(which).mark(files, action, label)
        self.model.step(
            files,
            {
                f: ("keep", None, self.model.files[f]) if f.startswith(f"{label}/") else (action, label, self.model.files[f])
                for f in files
            },
        )

    @rule(data=some.data(), which=which)
    def clear(self, data, which):
        files = data.draw(some.lists(some.sampled_from(sorted(self.model.marks) or ["cat/1.jpg"]), max_size=3, unique=True))
        self.journal(which).clear(files)
        if marked := [file for file in files if file in self.model.marks]:
            self.model.step(marked, {})

    @rule(which=which)
    def clear_what_cannot_be_applied(self, which):
        if changed := self.model.changed():
            self.journal(which).clear(changed)
            self.model.step(changed, {})

    @rule(which=which)
    def undo(self, which):
        assert bool(self.journal(which).undo()) == self.model.replay(self.model.done, self.model.undone, "before")

    @rule(which=which)
    def redo(self, which):
        assert bool(self.journal(which).redo()) == self.model.replay(self.model.undone, self.model.done, "after")

    # Applies

    @rule(which=which)
    def apply(self, which):
        plan, journal = self.model.plan(), self.journal(which)
        if self.model.changed():
            with pytest.raises(BadData):
                journal.apply()
        elif plan.moves:
            changes = journal.apply()
            for change in changes:
                if change.action == "delete":
                    plan.moves[change.file] = change.to
            assert {change.file: change.to for change in changes} == plan.moves
            self.model.apply(plan)
        else:
            assert journal.apply() == []

    @rule(which=which)
    def undo_apply(self, which):
        latest, journal = self.model.latest(), self.journal(which)
        if latest is None:
            assert journal.undo_apply() == []
        elif self.model.can_undo(latest):
            assert [change.file for change in journal.undo_apply()] == list(latest.moves)
            self.model.undo(latest)
        else:
            with pytest.raises(BadData):
                journal.undo_apply()

    @rule(which=which)
    def empty_trash(self, which):
        assert self.journal(which).empty_trash() == len(self.model.trash)
        for apply in self.model.applies:
            apply.moves = {file: place for file, place in apply.moves.items() if place not in self.model.trash}
        self.model.trash.clear()

    # Kills

    @precondition(lambda self: self.model.pending() and not self.model.changed())
    @rule(instant=some.integers(0, 60), places=some.sets(places, max_size=3))
    def killed_while_applying(self, instant, places):
        plan = self.model.plan()
        before = len(self.journal(False).applies())
        self.close()
        killed_at(instant, lambda: Journal(self.root).apply())
        strangers = self.meddle(places)
        applies = self.journal(False).applies()
        if len(applies) > before:
            for file, place in plan.moves.items():
                if place.startswith(TRASH):
                    (found,) = [f for f, content in contents(self.root).items() if content == text(self.model.files[file])]
                    plan.moves[file] = found
            self.model.apply(plan)
        self.take_in(strangers)

    @precondition(lambda self: self.model.latest() and self.model.can_undo(self.model.latest()))
    @rule(instant=some.integers(0, 60), places=some.sets(places, max_size=3))
    def killed_while_undoing(self, instant, places):
        self.close()
        killed_at(instant, lambda: Journal(self.root).undo_apply())
        strangers = self.meddle(places)
        latest = self.model.latest()
        undone = sum(applied.undone for applied in self.journal(False).applies())
        if undone > sum(apply.undone for apply in self.model.applies):
            self.model.undo(latest)
        self.take_in(strangers)

    def meddle(self, places: set[str]) -> dict[str, tuple[int, int]]:
        """Somebody puts files anywhere while an apply is half done, perhaps where others were or are to be.

        The next journal finishes it, or takes it back; only where both ways are blocked, the files have to be moved away.
        """
        strangers = {file: (next(self.numbers), 0) for file in sorted(places) if not (self.root / file).exists()}
        for file, picture in strangers.items():
            self.write(file, picture)
        try:
            self.journal(False).clear([])
        except HalfDone:
            away = {file: f"{file.split('/')[0]}/away-{number}.jpg" for file, (number, _) in strangers.items()}
            for file, place in away.items():
                (self.root / file).rename(self.root / place)
            strangers = {away[file]: picture for file, picture in strangers.items()}
            self.journal(False).clear([])
        return strangers

    def take_in(self, strangers: dict[str, tuple[int, int]]) -> None:
        assert not strangers.keys() & self.model.files.keys()
        self.model.files |= strangers
        self.model.folders |= {file.split("/")[0] for file in strangers}

    # What always holds

    @invariant()
    def the_folder_is_as_it_should_be(self):
        assert pictures(self.root) == {file: text(picture) for file, picture in self.model.files.items()}
        assert class_folders(self.root) == self.model.folders

    @invariant()
    def nothing_is_lost(self):
        assert Counter(contents(self.root / TRASH).values()) == Counter(map(text, self.model.trash.values()))

    @invariant()
    def marks_are_as_they_were_made(self):
        pending = self.model.pending()
        assert [(c.file, c.action, c.label) for c in self.journal(True).pending()] == [(f, *m[:2]) for f, m in pending.items()]


PROFILE = settings(deadline=None, stateful_step_count=25, suppress_health_check=list(HealthCheck), print_blob=True)


def test_random_work_with_kills_and_meddlers_keeps_to_the_model():
    run_state_machine_as_test(Work, settings=settings(PROFILE, max_examples=150))


@pytest.mark.slow
def test_much_random_work_with_kills_and_meddlers_keeps_to_the_model():
    run_state_machine_as_test(Work, settings=settings(PROFILE, max_examples=500, stateful_step_count=50))
