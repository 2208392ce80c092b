"""Pictures beside an export that its page offers to click: `<export>-examples/`. Standard library only.

Beside the shipped export they are drawings of our own; beside another there are none unless its owner asked for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from model.core import is_plain_file

MOST = 6


def beside(export: Path) -> Path:
    """The folder of an export's examples, whether it is there or not."""
    return export.with_name(f"{export.stem}-examples")


def of(export: Path) -> list[Path]:
    """The examples of an export, by name."""
    folder = beside(export)
    found = sorted(folder.glob("*.jpg")) if folder.is_dir() else []
    return [file for file in found if is_plain_file(file)][:MOST]


def label_of(name: str, classes: Iterable[str]) -> str:
    """The class that an example shows, by its name, `<number>-<class>.jpg`; empty where it names none of these."""
    shown = _plain(Path(name).stem.partition("-")[2])
    return next((label for label in classes if shown and _plain(label) == shown), "")


def _plain(text: str) -> str:
    """What is left of a class in the name of a file."""
    return re.sub(r"[^\w]+", "-", text).strip("-_").casefold()
