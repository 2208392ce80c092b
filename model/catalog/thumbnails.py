"""Small pictures to show, made by workers (see model.thumbnailer), kept beside the catalogue by content.

What is kept may be thrown away at any time. Knows files and processes, neither pixels nor labels.
"""

from __future__ import annotations

import json
import os
import queue
import select
import sqlite3
import subprocess
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO

from model.catalog.database import INDEX_FOLDER, THUMBNAILS, open_thumbnails
from model.core import PROJECT
from model.images import ANSWER, REQUEST

SIDE, LARGE_SIDE = 176, 1024  # pixels of the longer side: in the grid, in the detail pane
QUALITY, LARGE_QUALITY = 78, 88
WORKERS = min(4, max(2, os.cpu_count() or 2))
SECONDS = 5.0  # for one picture
MOST_KEPT = 50_000  # some 300 MB
LOOKED_AT, ASKED, AHEAD = range(3)  # what comes first
LATE = f"This picture takes longer than {SECONDS:.0f} s to open: open it in a picture program and save it again."
HUNGRY = "This picture needs too much memory to open: save a smaller copy of it."
NO_ROOM = "The machine has no room to open a picture: try again in a moment."


@dataclass(frozen=True)
class Thumbnail:
    """A JPEG (a PNG where it is tiny), or the sentence why there is none."""

    content: bytes = b""
    problem: str = ""


class Thumbnails:
    """The thumbnails of one folder; safe to use from several threads. Its workers start at once."""

    def __init__(self, root: Path, workers: int = WORKERS):
        self._root = root
        self._store = _Store(root)
        self._tasks: queue.PriorityQueue[tuple] = queue.PriorityQueue()
        self._numbers = count()
        self._workers = [_Worker() for _ in range(workers)]
        turns = [threading.Event() for _ in range(workers + 1)]
        turns[0].set()
        for worker, turn, following in zip(self._workers, turns, turns[1:], strict=False):
            threading.Thread(target=self._work, args=(worker, turn, following), daemon=True).start()

    def kept(self, checksums: Iterable[str]) -> dict[str, Thumbnail]:
        """Those that are there already, by the SHA-256 of the picture."""
        return self._store.find(checksums)

    def make(self, file: str, wanted: Callable[[], bool] = lambda: True, ahead: bool = False) -> Future[Thumbnail | None]:
        """Make and keep the thumbnail of a file of the folder; None when `wanted()` is no longer so by then.

        What is made `ahead`, before anybody asked for it, comes after all else.
        """
        return self._submit(lambda worker: self._make(worker, file) if wanted() else None, AHEAD if ahead else ASKED)

    def large(self, file: str) -> Future[Thumbnail]:
        """The picture with its longer side at LARGE_SIDE pixels, made anew each time."""
        return self._submit(lambda worker: self._ask(worker, file, LARGE_SIDE, LARGE_QUALITY)[1], LOOKED_AT)

    def close(self) -> None:
        for worker in self._workers:
            self._tasks.put((-1, next(self._numbers), None, None))
            worker.end()
        self._store.close()

    def _submit(self, task: Callable[[_Worker], Any], urgency: int) -> Future:
        future: Future = Future()
        self._tasks.put((urgency, next(self._numbers), task, future))
        return future

    def _work(self, worker: _Worker, turn: threading.Event, following: threading.Event) -> None:
        """One thread with one worker; the workers start one after the other, for then the first picture comes sooner."""
        turn.wait()
        with suppress(OSError):
            worker.start()
        following.set()
        while True:
            _, _, task, future = self._tasks.get()
            if task is None:
                return worker.end()
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(task(worker))
                except Exception as error:
                    future.set_exception(error)

    def _make(self, worker: _Worker, file: str) -> Thumbnail:
        sha256, made = self._ask(worker, file, SIDE, QUALITY)
        if sha256:
            self._store.keep(sha256, made)
        return made

    def _ask(self, worker: _Worker, file: str, side: int, quality: int) -> tuple[str, Thumbnail]:
        try:
            return worker.ask({"file": str(self._root / file), "side": side, "quality": quality})
        except OSError:
            return "", Thumbnail(problem=NO_ROOM)


class _Worker:
    """One worker process, used by one thread; started when it is needed."""

    def __init__(self):
        self._process: subprocess.Popen | None = None

    def start(self) -> subprocess.Popen:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "model.images.thumbnailer"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=PROJECT,
            )
            self._process.stdout.read(1)  # its start is not part of anybody's SECONDS
        return self._process

    def ask(self, request: dict[str, Any]) -> tuple[str, Thumbnail]:
        """The file's SHA-256 and its picture. Raises OSError when no process can be started."""
        body = json.dumps(request).encode()
        for _ in range(2):
            process = self.start()
            try:
                process.stdin.write(REQUEST.pack(len(body)) + body)
                process.stdin.flush()
                if not select.select([process.stdout], [], [], SECONDS)[0]:
                    self.end()
                    return "", Thumbnail(problem=LATE)
                return _read_answer(process.stdout)
            except (EOFError, BrokenPipeError):
                if process.wait() != 0:
                    return "", Thumbnail(problem=HUNGRY)
        return "", Thumbnail(problem=NO_ROOM)  # it was just going to sleep, twice

    def end(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()


def _read_answer(stream: BinaryIO) -> tuple[str, Thumbnail]:
    head = stream.read(ANSWER.size)
    if len(head) < ANSWER.size:
        raise EOFError
    refused, digest, length = ANSWER.unpack(head)
    payload = stream.read(length)
    if len(payload) < length:
        raise EOFError
    sha256 = digest.hex() if any(digest) else ""
    return sha256, Thumbnail(problem=payload.decode()) if refused else Thumbnail(payload)


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
