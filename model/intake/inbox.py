"""The inbox of a dataset: photos sent from the classify page, with what the model answered and what the person says.

They wait in `DATA/.voilens/inbox/` until somebody accepts them in the cleaner. Knows files and the catalog, no model.
Standard library only, except for the look at a picture's first bytes.
"""

from __future__ import annotations

import math
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path

from model import catalog
from model.catalog import INBOX, open_database, writing
from model.core import checksum_of, write_atomically
from model.data import file_name_of, find_folder
from model.errors import BadData
from model.types import Prediction

MAX_PHOTOS = 2000
MAX_BYTES = 1_000_000_000


class Inbox:
    """The inbox of one dataset."""

    def __init__(self, data: str | Path):
        self._root = find_folder(data)

    def add(self, content: bytes, name: str, prediction: Prediction, said: str | None = None) -> str:
        """Keep a photo, once however often it is sent; give its file. `said` is the label by the person. Raises BadData.

        A photo that is there already stays untouched, because it may be marked; what was said of it counts until more is said.
        """
        sha256 = checksum_of(content)
        file = f"{INBOX}/{sha256[:16]}-{file_name_of(name)}"
        try:
            if not (self._root / file).exists():
                self.check_space([len(content)])
                (self._root / INBOX).mkdir(parents=True, exist_ok=True)
                write_atomically(self._root / file, content)
            self._file(file, sha256, prediction, said)
        except (OSError, sqlite3.Error) as error:
            raise catalog.refusal(self._root, error) from error
        return file

    def check_space(self, sizes: Sequence[int]) -> None:
        """Refuse photos of these sizes, in bytes, when they do not all find room. Raises BadData."""
        kept = [f.stat().st_size for f in (self._root / INBOX).glob("*")]
        if len(kept) + len(sizes) > MAX_PHOTOS or sum(kept) + sum(sizes) > MAX_BYTES:
            raise BadData("The inbox of this dataset is full: open the cleaner, look through “from visitors” and apply.")

    def _file(self, file: str, sha256: str, prediction: Prediction, said: str | None) -> None:
        place = self._root / file
        database = open_database(self._root)
        try:
            with writing(database):
                earlier = database.execute("SELECT said FROM visitors WHERE file = ?", [file]).fetchone()
                said = said or (earlier and earlier["said"])
                row = (file, prediction.label, prediction.probability, said, time.time())
                database.execute("INSERT OR REPLACE INTO visitors VALUES (?, ?, ?, ?, ?)", row)
                list_picture(database, place, file, said or prediction.label, "inbox", sha256)
                list_answer(database, file, prediction, said)
        finally:
            database.close()


def list_picture(database: sqlite3.Connection, place: Path, file: str, label: str, split: str, sha256: str) -> None:
    """Enter one new file into the catalog without a scan."""
    found = place.stat()
    row = (file, label, split, found.st_size, found.st_mtime_ns, found.st_ino, sha256)
    database.execute(
        "INSERT OR REPLACE INTO pictures (file, label, split, size, mtime_ns, inode, sha256) VALUES (?, ?, ?, ?, ?, ?, ?)", row
    )


def list_answer(database: sqlite3.Connection, file: str, prediction: Prediction, said: str | None) -> None:
    """Enter a model's answer as the score of a new file; what is suggested is what the person said, else the answer.

    The answer for what is unlike anything that the model was taught is a guess: its label is as doubtful as can be.
    """
    label, guessed = said or prediction.label, not said and prediction.status == "unfamiliar"
    share = prediction.probabilities.get(label, 0.0)
    loss = -math.log(max(share, 1e-12))
    doubt = 1.0 if guessed else 1 - share
    row = (file, label, prediction.label, prediction.probability, loss, doubt, label, 0)
    database.execute("INSERT OR REPLACE INTO scores VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
