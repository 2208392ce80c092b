"""A visitor's own folder: photos that the model has labelled, for the person to correct and take home as a zip.

A dataset like any other, so the cleaner works on it, but private, bounded, and removed at the end of the visit; what a
killed process left behind is swept up by the next. Standard library only.
"""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import re
import secrets
import shutil
import sqlite3
from pathlib import Path
from typing import TextIO

from model import catalogue, places
from model.catalogue import connect, writing
from model.errors import BadData
from model.inbox import list_answer, list_picture, plain_name
from model.types import Prediction

MAX_PHOTOS = 500
MAX_BYTES = 200_000_000
LOCK = ".lock"  # held while the visit lasts


class Visit:
    """The folder of one visit, made when the first photo comes."""

    def __init__(self):
        self._lock: TextIO | None = None
        self._folder: Path | None = None
        self._count = self._bytes = 0

    @property
    def folder(self) -> Path:
        """The folder, a dataset of class folders."""
        if self._folder is None:
            _sweep()
            self._folder = places.cache("visits", secrets.token_hex(8))
            self._folder.mkdir(mode=0o700, parents=True)
            self._lock = (self._folder / LOCK).open("w")
            fcntl.flock(self._lock, fcntl.LOCK_EX)
            atexit.register(self.end)
        return self._folder

    def __len__(self) -> int:
        return self._count

    def add(self, content: bytes, name: str, prediction: Prediction, said: str | None = None) -> str:
        """File a photo under what the person says it is, else under the model's answer. Raises BadData when it is full."""
        if self._count >= MAX_PHOTOS or self._bytes + len(content) > MAX_BYTES:
            raise BadData(
                f"There is room for {MAX_PHOTOS} photos or {MAX_BYTES // 1_000_000} MB in one visit: download what is "
                "here as a zip, then reload the page and go on."
            )
        label = said or prediction.label
        try:
            place = self._place(folder_name(label), plain_name(name))
            place.write_bytes(content)
            file = place.relative_to(self.folder).as_posix()
            database = connect(self.folder)
            try:
                with writing(database):
                    checksum = hashlib.sha256(content).hexdigest()
                    list_picture(database, place, file, place.parent.name, "train", checksum)
                    list_answer(database, file, prediction, said)
            finally:
                database.close()
        except (OSError, sqlite3.Error) as error:
            raise catalogue.refusal(self.folder, error) from error
        self._count += 1
        self._bytes += len(content)
        return file

    def labelled(self) -> list[tuple[Path, str, Prediction]]:
        """Each photo with the label it has by now, corrections counted and deletions left out, and the model's answer."""
        database = connect(self.folder)
        try:
            rows = database.execute(
                "SELECT p.file, coalesce(m.label, p.label) AS label, s.predicted, s.probability FROM pictures p "
                "JOIN scores s USING (file) LEFT JOIN marks m USING (file) "
                "WHERE coalesce(m.action, 'keep') <> 'delete' ORDER BY p.file"
            ).fetchall()
        finally:
            database.close()
        return [(self.folder / r["file"], r["label"], _answer(r["predicted"], r["probability"])) for r in rows]

    def end(self) -> None:
        """Remove the folder and all that is in it."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._lock.close()
            self._folder, self._count, self._bytes = None, 0, 0
            atexit.unregister(self.end)

    def _place(self, label: str, name: str) -> Path:
        folder = self.folder / label
        folder.mkdir(exist_ok=True)
        stem, dot, kind = name.rpartition(".")
        number, place = 2, folder / name
        while place.exists():
            number, place = number + 1, folder / f"{stem}-{number}{dot}{kind}"
        return place


def _answer(label: str, probability: float) -> Prediction:
    return Prediction(label, probability, {label: probability}, "unsure", 0.0)


def folder_name(label: str) -> str:
    """A class as the name of a folder: without what would be a path, hidden, or a control character."""
    return re.sub(r"[/\\\x00-\x1f\x7f]+", "-", label).strip(" .")[:100] or "unnamed"


def _sweep() -> None:
    """Remove the folders of visits whose process is no more: nobody holds their lock."""
    for folder in places.cache("visits").glob("*"):
        try:
            with (folder / LOCK).open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:  # it is in use, or being made
            continue
