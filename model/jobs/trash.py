"""Runs that a person has deleted: they lie in the trash beside the others until it is emptied, and come back whole.

Knows folders of runs, not what is in them. Standard library only.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

from model.core import put_in_place, unique_path
from model.errors import BadUsage
from model.jobs.runs import ABOUT, Run, find, runs_folder

TRASH = "trash"  # a folder among the runs


def discard(run: Run) -> Run:
    """Move a run into the trash; give it as it lies there. Raises BadUsage, for one that goes on, too."""
    if run.state == "running":
        raise BadUsage("This training goes on: stop it first, then delete it.")
    return _move(run.folder, _trash() / run.folder.name)


def discarded() -> list[Run]:
    """The runs in the trash, the newest first."""
    with suppress(OSError):
        found = [Run(folder) for folder in _trash().iterdir() if (folder / ABOUT).is_file()]
        return sorted(found, key=lambda run: run.started, reverse=True)
    return []


def bring_back(run: Run) -> Run:
    """Move a run from the trash to where it was; give it as it lies there. Raises BadUsage."""
    if run.folder.parent != _trash():
        raise BadUsage("This training is not in the trash: look again.")
    return _move(run.folder, runs_folder() / run.folder.name)


def empty_trash() -> int:
    """Remove for good what is in the trash; give how many runs that were. Raises BadUsage."""
    found = discarded()
    for run in found:
        try:
            shutil.rmtree(run.folder)
        except OSError as error:
            raise BadUsage(f"{run.folder} cannot be removed ({error.strerror}): make it writable.") from error
    return len(found)


def size_of(run: Run) -> int:
    """The bytes that a run takes on the disk."""
    total = 0
    for file in run.folder.rglob("*"):
        with suppress(OSError):
            total += file.stat().st_size if file.is_file() else 0
    return total


def _trash() -> Path:
    return runs_folder() / TRASH


def _move(folder: Path, place: Path) -> Run:
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        free = unique_path(place, lambda path: path.mkdir())  # whatever is there already stays
        put_in_place(folder, free)
    except OSError as error:
        raise BadUsage(f"{folder} cannot be moved ({error.strerror}): make {place.parent} writable.") from error
    return find(free)
