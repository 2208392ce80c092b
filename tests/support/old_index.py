"""An index as it was written before it had a version: its SQL of then, word for word except for comments."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

_MARK = """
file TEXT NOT NULL, action TEXT NOT NULL, label TEXT,
size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, inode INTEGER NOT NULL,
home INTEGER NOT NULL, marked REAL NOT NULL
"""
SCAN = """
CREATE TABLE IF NOT EXISTS pictures (
    file TEXT PRIMARY KEY,
    label TEXT NOT NULL,
    split TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    seen REAL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS pictures_by_label ON pictures (label, split);
CREATE INDEX IF NOT EXISTS pictures_by_content ON pictures (sha256);
CREATE TABLE IF NOT EXISTS contents (
    sha256 TEXT PRIMARY KEY,
    problem TEXT,
    width INTEGER, height INTEGER,
    brightness REAL, contrast REAL, sharpness REAL,
    pixels BLOB, phash BLOB
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS features (
    sha256 TEXT, model TEXT, row BLOB NOT NULL,
    PRIMARY KEY (sha256, model)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS scores (
    file TEXT PRIMARY KEY,
    label TEXT NOT NULL,
    predicted TEXT NOT NULL,
    probability REAL NOT NULL,
    loss REAL NOT NULL,
    doubt REAL NOT NULL,
    suggested TEXT,
    doubtful INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS scores_by_doubt ON scores (doubt DESC);
CREATE INDEX IF NOT EXISTS scores_by_loss ON scores (loss DESC);
CREATE INDEX IF NOT EXISTS scores_by_probability ON scores (probability);
CREATE TABLE IF NOT EXISTS copies (
    file TEXT PRIMARY KEY,
    number INTEGER NOT NULL,
    kind TEXT NOT NULL,
    conflict INTEGER NOT NULL,
    leak INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS copies_by_number ON copies (number);
CREATE TABLE IF NOT EXISTS issues (
    file TEXT, issue TEXT,
    PRIMARY KEY (file, issue)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS issues_by_kind ON issues (issue);
CREATE TABLE IF NOT EXISTS visitors (
    file TEXT PRIMARY KEY,
    predicted TEXT NOT NULL, probability REAL NOT NULL,
    said TEXT,
    sent REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS facts (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
"""
MARKS = f"""
CREATE TABLE IF NOT EXISTS marks ({_MARK}, PRIMARY KEY (file)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS steps (
    step INTEGER PRIMARY KEY,
    sentence TEXT NOT NULL,
    undone INTEGER NOT NULL DEFAULT 0,
    apply INTEGER
);
CREATE TABLE IF NOT EXISTS step_marks (
    step INTEGER NOT NULL,
    side TEXT NOT NULL,
    {_MARK}, PRIMARY KEY (step, side, file)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS step_marks_by_file ON step_marks (file);
"""
APPLIES = f"""
CREATE TABLE IF NOT EXISTS applies (
    apply INTEGER PRIMARY KEY,
    time TEXT NOT NULL,
    state TEXT NOT NULL,
    made TEXT NOT NULL,
    csv TEXT
);
CREATE TABLE IF NOT EXISTS moves (
    apply INTEGER NOT NULL,
    target TEXT NOT NULL,
    emptied INTEGER NOT NULL DEFAULT 0,
    {_MARK}, PRIMARY KEY (apply, file)
) WITHOUT ROWID;
"""
LISTING = """
CREATE INDEX IF NOT EXISTS pictures_by_sight ON pictures (label, split, seen);
CREATE INDEX IF NOT EXISTS scores_doubtful ON scores (file) WHERE doubtful = 1;
"""
PARTS = (SCAN, MARKS, APPLIES, LISTING)  # in the order in which the parts of the program came to the folder


def write_old_index(root: Path, *parts: str) -> None:
    """Make the index of a folder with these parts of the schema, all of them where none are named."""
    (root / ".voilens").mkdir(exist_ok=True)
    with closing(sqlite3.connect(root / ".voilens" / "index.sqlite", isolation_level=None)) as database:
        for part in parts or PARTS:
            database.executescript(part)


def write_old_work(root: Path) -> None:
    """In a folder with cat/1.jpg, cat/2.jpg and dog/4.jpg: one apply, which deleted the first and moved the last, and one mark.

    The steps are as the journal of then wrote them: the first before the apply, the second after it.
    """
    write_old_index(root)
    trashed, moved = ".voilens/trash/2026-01-02-030405/cat/1.jpg", "cat/4.jpg"
    rows = {file: _mark(root, file) for file in ("cat/1.jpg", "cat/2.jpg", "dog/4.jpg")}
    deleted, relabelled, waiting = (
        (file, action, label, *rows[file])
        for file, action, label in [
            ("cat/1.jpg", "delete", None),
            ("dog/4.jpg", "relabel", "cat"),
            ("cat/2.jpg", "delete", None),
        ]
    )
    (root / trashed).parent.mkdir(parents=True)
    (root / "cat/1.jpg").rename(root / trashed)
    (root / "dog/4.jpg").rename(root / moved)
    made = '[".voilens/trash", ".voilens/trash/2026-01-02-030405", ".voilens/trash/2026-01-02-030405/cat"]'
    with closing(sqlite3.connect(root / ".voilens" / "index.sqlite")) as database, database:
        database.execute("INSERT INTO applies VALUES (1, '2026-01-02T03:04:05', 'done', ?, NULL)", [made])
        for target, mark in ((trashed, deleted), (moved, relabelled)):
            database.execute("INSERT INTO moves VALUES (1, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?)", [target, *mark])
        database.execute("INSERT INTO marks VALUES (?, ?, ?, ?, ?, ?, ?, ?)", waiting)
        database.execute("INSERT INTO steps VALUES (1, '2 pictures marked', 0, 1), (2, '1 picture marked delete', 0, NULL)")
        for step, mark in ((1, deleted), (1, relabelled), (2, waiting)):
            database.execute("INSERT INTO step_marks VALUES (?, 'after', ?, ?, ?, ?, ?, ?, ?, ?)", [step, *mark])


def _mark(root: Path, file: str) -> tuple[int, int, int, int, float]:
    found = (root / file).stat()
    return found.st_size, found.st_mtime_ns, found.st_ino, (root / ".voilens").stat().st_ino, 1.0
