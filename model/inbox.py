"""The inbox of a dataset: photos sent from the classify page, with what the model answered and what the person says.

They wait in `DATA/.voilens/inbox/` until somebody accepts them in the cleaner. Knows files and the catalogue, no model.
Standard library only, but for the look at a picture's first bytes.
"""

from __future__ import annotations

import hashlib
import math
import re
import sqlite3
import time
import unicodedata
from pathlib import Path

from model import catalogue, dataset
from model.catalogue import INBOX, connect, writing
from model.errors import BadData
from model.types import Prediction

MAX_PHOTOS = 2000
MAX_BYTES = 1_000_000_000
LONGEST_NAME = 60  # letters of the person's own file name that are kept


class Inbox:
    """The inbox of one dataset."""

    def __init__(self, data: str | Path):
        self._root = dataset.folder(data)

    def add(self, content: bytes, name: str, prediction: Prediction, said: str | None = None) -> str:
        """Keep a photo, once however often it is sent; give its file. `said` is the label by the person. Raises BadData."""
        sha256 = hashlib.sha256(content).hexdigest()
        file = f"{INBOX}/{sha256[:16]}-{plain_name(name)}"
        try:
            self._check_space(len(content))
            place = self._root / file
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
            self._file(file, sha256, prediction, said)
        except (OSError, sqlite3.Error) as error:
            raise catalogue.refusal(self._root, error) from error
        return file

    def _check_space(self, size: int) -> None:
        kept = [f.stat().st_size for f in (self._root / INBOX).glob("*")]
        if len(kept) >= MAX_PHOTOS or sum(kept) + size > MAX_BYTES:
            raise BadData("The inbox of this dataset is full: open the cleaner, look through “from visitors” and apply.")

    def _file(self, file: str, sha256: str, prediction: Prediction, said: str | None) -> None:
        place = self._root / file
        database = connect(self._root)
        try:
            with writing(database):
                row = (file, prediction.label, prediction.probability, said, time.time())
                database.execute("INSERT OR REPLACE INTO visitors VALUES (?, ?, ?, ?, ?)", row)
                list_picture(database, place, file, said or prediction.label, "inbox", sha256)
                list_answer(database, file, prediction, said)
        finally:
            database.close()


def list_picture(database: sqlite3.Connection, place: Path, file: str, label: str, split: str, sha256: str) -> None:
    """Enter one new file into the catalogue without a scan."""
    found = place.stat()
    row = (file, label, split, found.st_size, found.st_mtime_ns, found.st_ino, sha256)
    database.execute(
        "INSERT OR REPLACE INTO pictures (file, label, split, size, mtime_ns, inode, sha256) VALUES (?, ?, ?, ?, ?, ?, ?)", row
    )


def list_answer(database: sqlite3.Connection, file: str, prediction: Prediction, said: str | None) -> None:
    """Enter a model's answer as the score of a new file; what is suggested is what the person said, else the answer."""
    label = said or prediction.label
    share = prediction.probabilities.get(label, 0.0)
    loss = -math.log(max(share, 1e-12))
    row = (file, label, prediction.label, prediction.probability, loss, 1 - share, label, 0)
    database.execute("INSERT OR REPLACE INTO scores VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)


def plain_name(name: str) -> str:
    """A person's file name as one that is safe everywhere: its letters and digits, no path, never hidden, never empty."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    stem, dot, kind = last.rpartition(".")
    if not dot:
        stem, kind = last, ""
    stem = re.sub(r"[^\w-]+", "-", stem).strip("-_")[:LONGEST_NAME] or "photo"
    kind = re.sub(r"[^A-Za-z0-9]", "", kind)[:5] or "jpg"
    return f"{stem}.{kind.lower()}"
