"""A small folder with marks in its journal, what is done with them, and whether all is there afterwards."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from folders import TRASH, fill, pictures

from model import catalog
from model.journal import Journal
from model.journal.transactions import Transactions

FILES = [f"{label}/{number}.jpg" for label in ("cat", "dog") for number in range(30)]
MOVED = 40  # of them
Work = Callable[[Path], object]


def marked(root: Path, seed: int, work: Work) -> Path:
    """The folder, ready for `work`: its marks are applied where they are to be undone."""
    chosen = random.Random(seed).sample(FILES, MOVED)
    with closing(Journal(fill(root, *FILES))) as journal:
        journal.mark(chosen[:30], "relabel", "owl")
        journal.mark(chosen[30:], "delete")
        if work is undo:
            journal.apply()
    return root


def apply(root: Path) -> None:
    with closing(Journal(root)) as journal:
        journal.apply()


def undo(root: Path) -> None:
    with closing(Journal(root)) as journal:
        journal.undo_apply()


def is_half_done(root: Path) -> bool:
    """Whether the work was begun and not brought to its end. To be asked before a journal is opened, which ends it."""
    with closing(catalog.open_database(root)) as database:
        return bool(Transactions(database, root).half_done())


def is_whole(root: Path) -> bool:
    """Whether all that was applied can be undone, to the folder as it was."""
    with closing(Journal(root)) as journal:
        while any(not apply.undone for apply in journal.applies()):
            journal.undo_apply()
    return pictures(root) == {file: file for file in FILES} and not any((root / TRASH).rglob("*.jpg"))
