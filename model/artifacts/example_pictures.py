"""Pictures beside an export that its page offers to click: `<export>-examples/`. Standard library only.

Beside the shipped export they are drawings of our own; beside another there are none unless its owner asked for them.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable
from pathlib import Path

from model.core import checksum_of, is_plain_file

MOST = 6
_PUBLIC_NAME = re.compile(r"example-[0-9a-f]{16}\.jpg")


def beside(export: Path) -> Path:
    """The folder of an export's examples, whether it is there or not."""
    return export.with_name(f"{export.stem}-examples")


def of(export: Path) -> list[Path]:
    """The examples of an export, by name."""
    folder = beside(export)
    found = sorted(folder.glob("*.jpg")) if folder.is_dir() else []
    return [file for file in found if is_plain_file(file)][:MOST]


def public_name(content: bytes) -> str:
    """The name under which an example of this content is handed out to browsers, which keep it."""
    return f"example-{checksum_of(content)[:16]}.jpg"


def by_public_name(export: Path, name: str) -> bytes | None:
    """The content of the example of an export that is handed out under this name; None where it has none."""
    if _PUBLIC_NAME.fullmatch(name):
        for file in of(export):
            with contextlib.suppress(OSError):
                content = file.read_bytes()
                if public_name(content) == name:
                    return content
    return None


def label_of(name: str, classes: Iterable[str]) -> str:
    """The class that an example shows, by its name, `<number>-<class>.jpg`; empty where it names none of these."""
    shown = _plain(Path(name).stem.partition("-")[2])
    return next((label for label in classes if shown and _plain(label) == shown), "")


def _plain(text: str) -> str:
    """What is left of a class in the name of a file."""
    return re.sub(r"[^\w]+", "-", text).strip("-_").casefold()
