"""Features by content, in the catalog of a folder, so that a picture is looked at once; half precision. Knows SQL alone."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np

from model import catalog
from model.catalog import writing
from model.core import cache_folder, checksum_of
from model.features.general_body import MIDDLE_WIDTH, WIDTH, Seen

ASKED_AT_ONCE = 500  # contents in one question


class FeatureStore:
    """The features of one folder's pictures by the body called `name`, by the SHA-256 of a picture's bytes."""

    def __init__(self, root: Path, name: str):
        self._database: sqlite3.Connection = catalog.open_database(_home_of(root))
        self._name = name

    def close(self) -> None:
        self._database.close()

    def get(self, contents: Iterable[str]) -> dict[str, np.ndarray]:
        """What is known of some contents: features and middle in one row (WIDTH + MIDDLE_WIDTH, float32)."""
        wanted, found = list(contents), {}
        for start in range(0, len(wanted), ASKED_AT_ONCE):
            some = wanted[start : start + ASKED_AT_ONCE]
            places = ",".join("?" * len(some))
            query = f"SELECT sha256, row FROM features WHERE model = ? AND sha256 IN ({places})"
            for sha256, row in self._database.execute(query, [self._name, *some]):
                values = np.frombuffer(row, dtype=np.float16).astype(np.float32)
                if len(values) == WIDTH + MIDDLE_WIDTH:
                    found[sha256] = values
        return found

    def put(self, rows: Mapping[str, np.ndarray]) -> None:
        """Keep rows of WIDTH + MIDDLE_WIDTH numbers."""
        with writing(self._database):
            put_rows(self._database, self._name, rows)


def put_rows(database: sqlite3.Connection, name: str, rows: Mapping[str, np.ndarray]) -> None:
    """Keep what `name` sees in contents, by their SHA-256, in half precision; within a transaction of the caller's."""
    database.executemany(
        "INSERT OR REPLACE INTO features VALUES (?, ?, ?)",
        ((sha256, name, row.astype(np.float16).tobytes()) for sha256, row in rows.items()),
    )


def _home_of(root: Path) -> Path:
    """Where features of a folder are kept: there, or in the cache where nobody may write there."""
    if os.access(root, os.W_OK):
        return root
    home = cache_folder("features-elsewhere", checksum_of(os.fsencode(root.resolve()))[:16])
    home.mkdir(parents=True, exist_ok=True)
    return home


def as_rows(seen: Seen) -> np.ndarray:
    """Features and middle beside each other: pictures × (WIDTH + MIDDLE_WIDTH)."""
    return np.concatenate([seen.features, seen.middle], axis=1)


def from_rows(rows: np.ndarray) -> Seen:
    """What `as_rows` joined."""
    return Seen(rows[:, :WIDTH], rows[:, WIDTH:])
