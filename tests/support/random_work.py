"""Random work on a folder in two journals, others who change it too, and kills at any instant, beside a reference.

Whatever happens, the folder equals the reference, and no content is lost.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from pathlib import Path

import hypothesis.strategies as some
import pytest
from children import killed_at
from folders import FAST, TRASH, class_folders, contents, pictures
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from reference import Model, text

from model.errors import BadData
from model.journal.journal import Journal
from model.journal.transactions import HalfDone

CLASSES, NAMES = ("cat", "dog", "owl"), ("1.jpg", "2.jpg", "1-2.jpg")  # few, so that they meet


class RandomWork(RuleBasedStateMachine):
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
