"""The inbox of a dataset: photos sent from the classify page, with what the model answered and what the person says.

They wait in `DATA/.voilens/inbox/` until somebody accepts them in the cleaner. Knows files and the catalog, no model.
Standard library only, except for the look at a picture's first bytes.
"""

from __future__ import annotations

import math
import sqlite3
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from model import catalog
from model.catalog import INBOX, open_database, writing
from model.core import checksum_of, write_atomically
from model.data import file_name_of, find_folder
from model.errors import BadData
from model.types import Prediction

MAX_PHOTOS = 2000
MAX_BYTES = 1_000_000_000
NOTHING = "Nothing was taken."


class Sent(NamedTuple):
    """A photo as it came, with what the model answered and what the person says it shows, if they say something."""

    content: bytes
    name: str
    prediction: Prediction
    said: str | None = None


class Delivery(NamedTuple):
    """A file in which photos came together: its checksum, and its name for people."""

    sha256: str
    name: str


class Inbox:
    """The inbox of one dataset."""

    def __init__(self, data: str | Path):
        self._root = find_folder(data)

    def add(self, content: bytes, name: str, prediction: Prediction, said: str | None = None) -> str:
        """Keep a photo, once however often it is sent; give its file. `said` is the label by the person. Raises BadData.

        A photo that is there already stays untouched, because it may be marked; what was said of it counts until more is said.
        """
        return self.add_all([Sent(content, name, prediction, said)])[0]

    def add_all(self, photos: Sequence[Sent], delivery: Delivery | None = None) -> list[str]:
        """Keep photos, all of them or none; give their files. Raises BadData, where the same `delivery` came before, too.

        A photo counts once it is listed, which is one step for all: whoever is killed before that can send them again.
        """
        files = {f"{INBOX}/{checksum_of(each.content)[:16]}-{file_name_of(each.name)}": each for each in photos}
        try:
            new = {file: each for file, each in files.items() if not (self._root / file).exists()}
            if new:
                self.check_space([len(each.content) for each in new.values()])
                (self._root / INBOX).mkdir(parents=True, exist_ok=True)
            for file, each in new.items():
                write_atomically(self._root / file, each.content)
            self._list(files, delivery)
        except (OSError, sqlite3.Error) as error:
            raise catalog.refusal(self._root, error) from error
        return list(files)

    def check_new(self, delivery: Delivery) -> None:
        """Refuse a delivery that came before. Raises BadData."""
        with closing(open_database(self._root)) as database:
            _check_new(database, delivery)

    def classes(self) -> set[str]:
        """The classes of the dataset, as far as it has been listed. Raises BadData."""
        with closing(open_database(self._root)) as database:
            return {row["label"] for row in database.execute("SELECT DISTINCT label FROM pictures WHERE split <> 'inbox'")}

    def check_space(self, sizes: Sequence[int]) -> None:
        """Refuse photos of these sizes, in bytes, when they do not all find room. Raises BadData."""
        kept = [f.stat().st_size for f in (self._root / INBOX).glob("*")]
        if len(kept) + len(sizes) > MAX_PHOTOS or sum(kept) + sum(sizes) > MAX_BYTES:
            raise BadData("The inbox of this dataset is full: open the cleaner, look through “from visitors” and apply.")

    def _list(self, files: Mapping[str, Sent], delivery: Delivery | None) -> None:
        with closing(open_database(self._root)) as database, writing(database):
            if delivery:
                _check_new(database, delivery)
            for file, (content, _, prediction, said) in files.items():
                earlier = database.execute("SELECT said FROM visitors WHERE file = ?", [file]).fetchone()
                said = said or (earlier and earlier["said"])
                row = (file, prediction.label, prediction.probability, said, time.time())
                database.execute("INSERT OR REPLACE INTO visitors VALUES (?, ?, ?, ?, ?)", row)
                list_picture(database, self._root / file, file, said or prediction.label, "inbox", checksum_of(content))
                list_answer(database, file, prediction, said)
                if delivery:
                    database.execute("INSERT INTO deliveries VALUES (?, ?, ?)", (delivery.sha256, file, delivery.name))


def _check_new(database: sqlite3.Connection, delivery: Delivery) -> None:
    if database.execute("SELECT 1 FROM deliveries WHERE sha256 = ?", [delivery.sha256]).fetchone():
        raise BadData(f"{delivery.name} was taken before: what it brought is in the cleaner, or was decided there. {NOTHING}")


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
