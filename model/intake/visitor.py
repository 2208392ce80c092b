"""A visitor's own folder: photos that the model has labelled, for the person to correct and take home as a zip.

A dataset like any other, so the cleaner works on it, but private, bounded, and removed at the end of the visit; what a
killed process left behind is swept up by the next. Standard library only.
"""

from __future__ import annotations

import atexit
import secrets
import shutil
import sqlite3
import threading
from contextlib import ExitStack
from pathlib import Path

from model import catalog
from model.catalog import open_database, writing
from model.core import cache_folder, checksum_of, locked, unique_path
from model.data import class_name_of, file_name_of
from model.errors import BadData
from model.intake.inbox import list_answer, list_picture
from model.types import Prediction

MAX_PHOTOS = 500
MAX_BYTES = 200_000_000
LOCK = ".lock"  # held while the visit lasts


class VisitorFolder:
    """The folder of one visit, made when the first photo comes; photos may come from several threads at once."""

    def __init__(self) -> None:
        self._alone = threading.RLock()
        self._held = ExitStack()  # the lock of the folder
        self._folder: Path | None = None
        self._count = self._bytes = 0

    @property
    def folder(self) -> Path:
        """The folder, a dataset of class folders."""
        with self._alone:
            if self._folder is None:
                remove_left_visits()
                self._folder = cache_folder("visits", secrets.token_hex(8))
                self._folder.mkdir(mode=0o700, parents=True)
                self._held.enter_context(locked(self._folder / LOCK))
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
                self._held.close()
                self._folder, self._count, self._bytes = None, 0, 0
                atexit.unregister(self.end)

    def _file(self, content: bytes, name: str, prediction: Prediction, said: str | None) -> str:
        place = self._write(content, class_name_of(said or prediction.label), file_name_of(name))
        file = place.relative_to(self.folder).as_posix()
        database = open_database(self.folder)
        try:
            with writing(database):
                list_picture(database, place, file, place.parent.name, "train", checksum_of(content))
                list_answer(database, file, prediction, said)
        finally:
            database.close()
        return file

    def _write(self, content: bytes, label: str, name: str) -> Path:
        """Write a photo under its name, or with -2, -3 ... where another has it: phones call every photo image.jpg."""
        folder = self.folder / label
        folder.mkdir(exist_ok=True)

        def create(place: Path) -> None:
            with place.open("xb") as stream:
                stream.write(content)

        return unique_path(folder / name, create)


def _answer(label: str, probability: float) -> Prediction:
    return Prediction(label, probability, {label: probability}, "unsure", 0.0)


def remove_left_visits() -> None:
    """Remove the folders of visits whose process is no more: nobody holds their lock. Other visits are left alone."""
    for folder in cache_folder("visits").glob("*"):
        try:
            with locked(folder / LOCK, patience=0):
                shutil.rmtree(folder, ignore_errors=True)
        except OSError:  # it is in use, or being made
            continue
