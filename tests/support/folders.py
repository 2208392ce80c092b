"""Folders for the journal, made, looked at and made to fail; the files need not be pictures: the journal looks into none."""

from __future__ import annotations

import os
from pathlib import Path

from model.journal.journal import Journal

TRASH = ".voilens/trash"
FAST = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def fill(root: Path, *files: str) -> Path:
    """Each file holds its own name."""
    for file in files:
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(file)
    return root


def tree(root: Path) -> dict[str, str | None]:
    """Every file with its text and every folder with None, except for the catalog."""
    found = {path.relative_to(root).as_posix(): path for path in root.rglob("*")}
    hidden = (".voilens", ".voilens/lock", ".voilens/trash")
    return {
        name: None if path.is_dir() else path.read_text()
        for name, path in found.items()
        if name not in hidden and not name.startswith(".voilens/index")
    }


def contents(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.jpg")}


def pictures(root: Path) -> dict[str, str]:
    return {file: text for file, text in contents(root).items() if not file.startswith(".voilens/")}


def class_folders(root: Path) -> set[str]:
    return {path.name for path in root.iterdir() if path.is_dir() and path.name != ".voilens"}


def pending(log: Journal) -> list[tuple]:
    return [(change.file, change.label or change.action) for change in log.pending()]


def failing_at(monkeypatch, name: str, number: int, error: OSError) -> None:
    """Let the `number`-th call of a function of `os` fail, and those after it work."""
    real, left = getattr(os, name), [number]

    def call(*args, **options):
        left[0] -= 1
        if left[0] == 0:
            raise error
        return real(*args, **options)

    monkeypatch.setattr(os, name, call)
