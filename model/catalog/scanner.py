"""The catalog of a folder: `DATA/.voilens/index.sqlite`, what lies in the folder and what is known of each picture.

Scoring writes to it, the journal keeps its marks in it, the cleaner reads it page by page, so that nobody holds the
whole list. Several processes may have it open at once. Knows files and SQL, no pixels. Standard library only.

Every file is named by its path relative to the folder, in POSIX form. What depends on the bytes alone (`contents`,
`features`) is kept by their SHA-256, so that a moved or copied picture is known already; what depends on the label too
(`scores`) by file, and it counts only while the file still has the label that was judged.
"""

from __future__ import annotations

import functools
import glob
import itertools
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from model.catalog.database import open_database, refusal, writing
from model.core import INDEX_FOLDER, checksum, is_utf8
from model.data import Dataset, find_folder, is_called_picture, read_dataset
from model.jobs import Report, Stopping
from model.types import Item

INBOX = f"{INDEX_FOLDER}/inbox"  # photos that visitors sent; relabelling one moves it into the dataset
FOLLOWING = ("scores", "copies", "issues")  # tables that name files of `pictures`; `visitors` keep the names of the inbox

Identity = tuple[int, int, int]  # size, time of the last change in nanoseconds, inode


def scan(
    data: str | Path,
    labels: Path | None = None,
    report: Report = lambda event: None,
    stopping: Stopping = lambda: False,
) -> int:
    """Bring the catalog up to date with the folder; give the number of pictures. Raises BadData.

    Reads the bytes of new and changed files alone. A file that only moved keeps what is known of it. Reports
    {"event": "scanning", "done", "total"}. A stop leaves the catalog as it was and raises KeyboardInterrupt.
    """
    root = find_folder(data)
    database = open_database(root)
    try:
        return _scan(database, root, data, labels, report, stopping)
    except sqlite3.Error as error:
        raise refusal(root, error) from error
    finally:
        database.close()


def _scan(
    database: sqlite3.Connection, root: Path, data: str | Path, labels: Path | None, report: Report, stopping: Stopping
) -> int:
    furthest = 0

    def far(done: int, total: int) -> None:
        nonlocal furthest
        if done > furthest:
            furthest = done
            report({"event": "scanning", "done": done, "total": max(done, total)})
        if stopping():
            raise KeyboardInterrupt("Stopped while the pictures were listed: nothing was changed.")

    rows = []
    before = [row[0] for row in database.execute("SELECT file FROM pictures")]  # what comes in meanwhile is not ours to forget
    checksums = _Checksums(database)
    files, count = functools.cache(lambda: _file_count(root)), itertools.count(1)

    def counted(file: Path) -> str:  # asked for each picture of a folder that is not split
        far(next(count), files())
        return checksums(file)

    pictures = read_dataset(data, labels=labels, checksum=counted)
    items = [*pictures.items, *_broken(pictures), *_inbox(database, root)]
    for done, item in enumerate(items):
        try:
            sha256, identity = checksums(item.path), checksums.identity(item.path)
            file = item.path.relative_to(root).as_posix()
            file.encode()
        except (OSError, UnicodeEncodeError):  # it vanished in the meantime, or its name is no text
            continue
        rows.append((file, item.label, item.split, *identity, sha256))
        far(done + 1, len(items))
    with writing(database):
        _follow_moves(database, rows)
        gone = {*before} - {row[0] for row in rows}
        for table in ("pictures", *FOLLOWING):
            database.executemany(f"DELETE FROM {table} WHERE file = ?", ([file] for file in gone))
        database.executemany(
            "INSERT INTO pictures (file, label, split, size, mtime_ns, inode, sha256) VALUES (?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (file) DO UPDATE SET (label, split, size, mtime_ns, inode, sha256) = "
            "(excluded.label, excluded.split, excluded.size, excluded.mtime_ns, excluded.inode, excluded.sha256)",
            rows,
        )
        judge_copies(database)
    return len(rows)


def judge_copies(database: sqlite3.Connection) -> None:
    """Say which groups of copies have several labels (conflict) or lie in several splits (leak); one left alone is no copy."""
    database.execute("DELETE FROM copies WHERE number IN (SELECT number FROM copies GROUP BY number HAVING count(*) = 1)")
    database.execute(
        "UPDATE copies SET (conflict, leak) = ("
        "SELECT count(DISTINCT p.label) > 1, count(DISTINCT nullif(p.split, 'inbox')) > 1 "
        "FROM copies o JOIN pictures p ON p.file = o.file WHERE o.number = copies.number)"
    )


def _file_count(root: Path) -> int:
    """About how many pictures there are: the visible files of a folder and of those in it, two levels down."""
    patterns = ("*", "*/*", "*/*/*")
    return sum(path.count(".") > 0 and is_utf8(path) for pattern in patterns for path in glob.iglob(pattern, root_dir=root))


class _Checksums:
    """SHA-256 of files, read from the catalog for those that are as they were."""

    def __init__(self, database: sqlite3.Connection):
        known = database.execute("SELECT size, mtime_ns, inode, sha256 FROM pictures")
        self._known: dict[Identity, str] = {(row[0], row[1], row[2]): row[3] for row in known}

    @staticmethod
    def identity(file: Path) -> Identity:
        """What changes when a file's content does, and stays when it is renamed. Raises OSError."""
        found = file.stat()
        return found.st_size, found.st_mtime_ns, found.st_ino

    def __call__(self, file: Path) -> str:
        identity = self.identity(file)
        if identity not in self._known:
            self._known[identity] = checksum(file)
        return self._known[identity]


def _broken(pictures: Dataset) -> Iterator[Item]:
    """What is called a picture, lies in a class and is none: an empty file, a page saved in the place of a picture."""
    for file in pictures.left_out:
        if file.item and is_called_picture(file.path.name):
            yield file.item


def _inbox(database: sqlite3.Connection, root: Path) -> Iterator[Item]:
    """Visitors' photos: filed under what the visitor said they show, else under the model's answer."""
    for row in database.execute("SELECT file, coalesce(said, predicted) AS label FROM visitors"):
        if (root / row["file"]).is_file():
            yield Item(root / row["file"], row["label"], "inbox")


def _follow_moves(database: sqlite3.Connection, rows: list[tuple]) -> None:
    """Rename what is known of files that were only moved: the same size, time and inode under another name."""
    present = {row[0] for row in rows}
    gone = {
        (row["size"], row["mtime_ns"], row["inode"]): row["file"]
        for row in database.execute("SELECT file, size, mtime_ns, inode FROM pictures")
        if row["file"] not in present
    }
    for file, _, _, *identity, _ in rows:
        before = gone.pop(tuple(identity), None)
        if before is not None:
            for table in ("pictures", *FOLLOWING):
                database.execute(f"UPDATE OR REPLACE {table} SET file = ? WHERE file = ?", (file, before))
