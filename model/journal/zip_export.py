"""A folder of pictures with the labels of its marks, as a zip that is made while it is sent. Standard library only.

Deleted pictures are left out; nothing on disk changes, and nothing larger than one picture is held.
"""

from __future__ import annotations

import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from pathlib import Path

from model import catalog
from model.core import free_name
from model.data import class_name_of, split_of
from model.errors import BadData

CHUNK = 512 * 1024  # bytes
AT_ONCE = 500  # names held
_NEXT = """
SELECT p.file, CASE m.action WHEN 'relabel' THEN m.label ELSE p.label END AS label
FROM pictures p LEFT JOIN marks m ON m.file = p.file
WHERE p.file > ? AND m.action IS NOT 'delete' AND (p.split <> 'inbox' OR m.action = 'relabel') ORDER BY p.file LIMIT ?
"""


class _Pipe:
    """What a ZipFile writes to: kept until it is taken."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.held = 0

    def write(self, part: bytes) -> int:
        self._parts.append(bytes(part))
        self.held += len(part)
        return len(part)

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass

    def take(self) -> bytes:
        taken, self._parts, self.held = b"".join(self._parts), [], 0
        return taken


def zip_size(root: Path) -> int:
    """About how many bytes `zip_chunks` will give. Raises BadData."""
    with _reading(root) as database:
        sql = "SELECT coalesce(sum(p.size), 0) FROM pictures p LEFT JOIN marks m ON m.file = p.file"
        return database.execute(f"{sql} WHERE m.action IS NOT 'delete'").fetchone()[0]


def zip_chunks(root: Path) -> Iterator[bytes]:
    """The zip: `<class>/<name>`, below its split where the folder has splits; of equal names the second gets -2."""
    pipe = _Pipe()
    taken: set[str] = set()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED, strict_timestamps=False) as bundle:
        for file, label in _labelled(root):
            place = _place(file, label, taken)
            try:
                bundle.write(root / file, place)
            except OSError:  # it vanished in the meantime
                continue
            if pipe.held >= CHUNK:
                yield pipe.take()
    yield pipe.take()


def _labelled(root: Path) -> Iterator[tuple[str, str]]:
    last = ""
    while True:
        with _reading(root) as database:  # opened again each time, because every part may be asked for from another thread
            rows = database.execute(_NEXT, (last, AT_ONCE)).fetchall()
        if not rows:
            return
        yield from map(tuple, rows)
        last = rows[-1]["file"]


def _reading(root: Path) -> AbstractContextManager[sqlite3.Connection]:
    try:
        return closing(catalog.open_database(root))
    except sqlite3.Error as error:
        raise BadData(f"The marks of this folder cannot be read ({error}): try again.") from error


def _place(file: str, label: str, taken: set[str]) -> str:
    split, name = file.partition("/")[0], file.rpartition("/")[2]
    folder = class_name_of(label)
    if file.count("/") > 1 and split_of(split):
        folder = f"{split}/{folder}"
    return free_name(None, f"{folder}/{name}", taken)
