"""A visitor's own folder: photos that the model has labelled, for the person to correct and take home as a zip.

A dataset like any other, so the cleaner works on it, but private, bounded, and removed at the end of the visit; what a
killed process left behind is swept up by the next. Standard library only.
"""

from __future__ import annotations

import atexit
import fcntl
import hashlib
import itertools
import secrets
import shutil
import sqlite3
import threading
from pathlib import Path
from typing import TextIO

from model import catalog
from model.catalog import open_database, writing
from model.core import cache_folder
from model.data import class_name_of, file_name_of
from model.errors import BadData
from model.intake.inbox import list_answer, list_picture
from model.types import Prediction

MAX_PHOTOS = 500
MAX_BYTES = 200_000_000
LOCK = ".lock"  # held while the visit lasts


class VisitorFolder:
    """The folder of one visit, made when the first photo comes; photos may come from several threads at once."""

    def __init__(self):
        self._alone = threading.RLock()
        self._lock: TextIO | None = None
        self._folder: Path | None = None
        self._count = self._bytes = 0

    @property
    def folder(self) -> Path:
        """The folder, a dataset of class folders."""
        with self._alone:
            if self._folder is None:
                _sweep()
                self._folder = cache_folder("visits", secrets.token_hex(8))
                self._folder.mkdir(mode=0o700, parents=True)
                self._lock = (self._folder / LOCK).open("w")
                fcntl.flock(self._lock, fcntl.LOCK_EX)
                atexit.register(self.end)
            return self._folder

    def __len__(self) -> int:
        return self._count

    def add(self, content: bytes, name: str, prediction: Prediction, said: str | None = None) -> str:
        """File a photo under what the person says it is, else under the model's answer. Raises BadData when it is full."""
        with self._alone:
            if self._count >= MAX_PHOTOS or self._bytes + len(content) > MAX_BYTES:
                raise BadData(
                    f"There is room for {MAX_PHOTOS} photos or {MAX_BYTES // 1_000_000} MB in one visit: download what is "
                    "here as a zip, then reload the page and go on."
                )
            try:
                file = self._file(content, name, prediction, said)
            except (OSError, sqlite3.Error) as error:
                raise catalog.refusal(self.folder, error) from error
            self._count += 1
            self._bytes += len(content)
            return file

    def labelled(self) -> list[tuple[Path, str, Prediction]]:
        """Each photo with the label it has by now, corrections counted and deletions left out, and the model's answer."""
        database = open_database(self.folder)
        try:
            database.executescript(catalog.MARKS_SCHEMA)  # nobody may have opened the cleaner yet
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
        with self._alone:
            if self._folder is not None:
                shutil.rmtree(self._folder, ignore_errors=True)
                self._lock.close()
                self._folder, self._count, self._bytes = None, 0, 0
                atexit.unregister(self.end)

    def _file(self, content: bytes, name: str, prediction: Prediction, said: str | None) -> str:
        place = self._write(content, class_name_of(said or prediction.label), file_name_of(name))
        file = place.relative_to(self.folder).as_posix()
        database = open_database(self.folder)
        try:
            with writing(database):
                list_picture(database, place, file, place.parent.name, "train", hashlib.sha256(content).hexdigest())
                list_answer(database, file, prediction, said)
        finally:
            database.close()
        return file

    def _write(self, content: bytes, label: str, name: str) -> Path:
        """Write a photo under its name, or with -2, -3 ... where another has it: phones call every photo image.jpg."""
        folder = self.folder / label
        folder.mkdir(exist_ok=True)
        stem, dot, kind = name.rpartition(".")
        for number in itertools.count(1):
            place = folder / (name if number == 1 else f"{stem}-{number}{dot}{kind}")
            try:
                with place.open("xb") as stream:
                    stream.write(content)
                return place
            except FileExistsError:
                continue


def _answer(label: str, probability: float) -> Prediction:
    return Prediction(label, probability, {label: probability}, "unsure", 0.0)


def _sweep() -> None:
    """Remove the folders of visits whose process is no more: nobody holds their lock."""
    for folder in cache_folder("visits").glob("*"):
        try:
            with (folder / LOCK).open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:  # it is in use, or being made
            continue
