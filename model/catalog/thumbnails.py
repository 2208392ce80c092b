"""Small pictures to show, made by workers, kept beside the catalog by content.

What is kept may be thrown away at any time. Knows files, neither pixels nor labels.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.catalog.database import THUMBNAILS, open_thumbnails
from model.core import INDEX_FOLDER
from model.images import WORKERS, Answer, Outcome, WorkerPool, thumbnail_file

SIDE, LARGE_SIDE = 176, 1024  # pixels of the longer side: in the grid, in the detail pane
QUALITY, LARGE_QUALITY = 78, 88
IDLE_SECONDS = 60.0  # without work, after which a worker is ended until there is some
MOST_KEPT = 50_000  # some 300 MB
LOOKED_AT, ASKED, AHEAD = range(3)  # what comes first


@dataclass(frozen=True)
class Thumbnail:
    """A JPEG (a PNG where it is tiny), or the sentence why there is none."""

    content: bytes = b""
    problem: str = ""


class Thumbnails:
    """The thumbnails of one folder; safe to use from several threads. Its workers start at once, and sleep without work."""

    def __init__(self, root: Path, workers: int = WORKERS):
        self._root = root
        self._store = _Store(root)
        self._pool = WorkerPool(thumbnail_file, workers, idle=IDLE_SECONDS)

    def kept(self, checksums: Iterable[str]) -> dict[str, Thumbnail]:
        """Those that are there already, by the SHA-256 of the picture."""
        return self._store.find(checksums)

    def make(self, file: str, wanted: Callable[[], bool] = lambda: True, ahead: bool = False) -> Future[Thumbnail | None]:
        """Make and keep the thumbnail of a file of the folder; None when `wanted()` is no longer so by then.

        What is made `ahead`, before anybody asked for it, comes after all else.
        """
        request = self._request(file, SIDE, QUALITY)
        return self._pool.submit(request, urgency=AHEAD if ahead else ASKED, wanted=wanted, then=self._keep)

    def large(self, file: str) -> Future[Thumbnail]:
        """The picture with its longer side at LARGE_SIDE pixels, made again each time."""
        return self._pool.submit(self._request(file, LARGE_SIDE, LARGE_QUALITY), urgency=LOOKED_AT, then=_made)

    def close(self) -> None:
        self._pool.close()
        self._store.close()

    def _request(self, file: str, side: int, quality: int) -> dict[str, Any]:
        return {"file": str(self._root / file), "side": side, "quality": quality}

    def _keep(self, outcome: Outcome) -> Thumbnail:
        made = _made(outcome)
        if isinstance(outcome, Answer) and outcome.told["sha256"]:
            self._store.keep(outcome.told["sha256"], made)
        return made


def _made(outcome: Outcome) -> Thumbnail:
    """A worker's answer, or its refusal, as a thumbnail."""
    if isinstance(outcome, Answer):
        return Thumbnail(outcome.content, outcome.told["problem"])
    return Thumbnail(problem=str(outcome))


class _Store:
    """Thumbnails on disk; where there can be none, the last few in memory."""

    def __init__(self, root: Path):
        self._lock = threading.Lock()
        self._recent: OrderedDict[str, Thumbnail] = OrderedDict()
        self._database = _connect(root) or _connect_anew(root)

    def find(self, checksums: Iterable[str]) -> dict[str, Thumbnail]:
        asked = list(checksums)
        if self._database is None:
            return {key: self._recent[key] for key in asked if key in self._recent}
        sql = "SELECT sha256, content, problem FROM thumbnails WHERE sha256 IN (SELECT value FROM json_each(?))"
        try:
            with self._lock:
                rows = self._database.execute(sql, [json.dumps(asked)]).fetchall()
        except sqlite3.Error:
            return {}
        return {sha256: Thumbnail(content or b"", problem or "") for sha256, content, problem in rows}

    def keep(self, sha256: str, made: Thumbnail) -> None:
        with self._lock:
            if self._database is None:
                self._recent[sha256] = made
                while len(self._recent) > 200:
                    self._recent.popitem(last=False)
                return
            try:
                row = (sha256, made.content or None, made.problem or None)
                self._database.execute("INSERT OR REPLACE INTO thumbnails (sha256, content, problem) VALUES (?, ?, ?)", row)
            except sqlite3.Error:  # busy or full: it is made again next time
                pass

    def close(self) -> None:
        with self._lock:
            if self._database is not None:
                self._database.close()


def _connect(root: Path) -> sqlite3.Connection | None:
    try:
        database = open_thumbnails(root)
        newest = database.execute("SELECT coalesce(max(number), 0) FROM thumbnails").fetchone()[0]
        database.execute("DELETE FROM thumbnails WHERE number <= ?", [newest - MOST_KEPT])
        return database
    except (sqlite3.Error, OSError):
        return None


def _connect_anew(root: Path) -> sqlite3.Connection | None:
    """After a damaged file; a folder that cannot be written gives None once more."""
    try:
        (root / INDEX_FOLDER / THUMBNAILS).unlink()
    except OSError:
        return None
    return _connect(root)
