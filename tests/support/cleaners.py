"""A cleaner of a small scored folder, and a browser's side of it without a browser."""

from __future__ import annotations

import asyncio
import random
import shutil
import time
from pathlib import Path

from model.catalog import scanner
from model.catalog.database import open_database
from widgets.clean.cleaner import Cleaner

LABELS = ("Bär", "cat", "two words")


def scored(pictures: Path, root: Path) -> Path:
    """Three classes of eight pictures in the folder `root`, listed and scored; the classes number their files alike."""
    shutil.copytree(pictures, root)
    scanner.scan(root)
    database, rng = open_database(root), random.Random(0)
    for number, (file, label) in enumerate(database.execute("SELECT file, label FROM pictures ORDER BY file").fetchall()):
        other = LABELS[(LABELS.index(label) + 1) % 3]
        wrong = number < 6
        row = (file, label, other if wrong else label, 0.9, 2.0, 1 - number / 30, other if wrong else None, wrong)
        database.execute("INSERT INTO scores VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        if rng.random() < 0.2:
            database.execute("INSERT INTO issues VALUES (?, 'dark')", [file])
    database.execute("INSERT OR REPLACE INTO facts VALUES ('scored', 'quick')")
    database.close()
    return root


class Person:
    """A browser's side of a cleaner, without the browser."""

    def __init__(self, folder: Path, **options):
        self.sent: list[tuple[dict, list]] = []
        self.cleaner = Cleaner(folder, **options)
        self.cleaner.send = lambda content, buffers=None: self.sent.append((content, buffers or []))

    async def until(self, condition, seconds: float = 20) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, (self.cleaner.state, self.cleaner.notice, self.cleaner.changes)
            await asyncio.sleep(0.01)

    async def ready(self) -> None:
        await self.until(lambda: self.cleaner.state != "opening" and self.cleaner.changes)

    async def ask(self, kind: str, **rest) -> None:
        """Send one message and wait until something has been said or sent."""
        before = len(self.sent), self.cleaner.notice
        self.cleaner._on_browser_message(None, {"type": kind, "stamp": self.cleaner.listing.get("stamp", 0), **rest}, [])
        await self.until(lambda: (len(self.sent), self.cleaner.notice) != before)

    async def mark(self, action: str, start: int = 0, stop: int = 1, label: str | None = None) -> None:
        before = self.cleaner.notice
        await self.ask("mark", action=action, label=label, ranges=[[start, stop]])
        await self.until(lambda: self.cleaner.notice != before)
        await asyncio.sleep(0.1)

    def got(self, kind: str) -> list[dict]:
        return [content for content, _ in self.sent if content["type"] == kind]


def play(folder: Path, story, **options) -> Cleaner:
    """Open a cleaner, let `story(person)` happen, close it."""

    async def act():
        person = Person(folder, **options)
        try:
            await person.ready()
            await story(person)
        finally:
            person.cleaner.close()
        return person.cleaner

    return asyncio.run(act())


def marks(folder: Path) -> dict[str, tuple[str, str | None]]:
    database = open_database(folder)
    return {row["file"]: (row["action"], row["label"]) for row in database.execute("SELECT * FROM marks")}
