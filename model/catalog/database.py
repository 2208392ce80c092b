"""The index of a folder, `DATA/.voilens/index.sqlite`: its whole schema and how it is opened. Knows SQL, no pixels."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from model.errors import BadData
from model.journal import OF_A_MARK

TRANSACTIONS_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS applies (
    apply INTEGER PRIMARY KEY,
    time TEXT NOT NULL,
    state TEXT NOT NULL,
    made TEXT NOT NULL,                  -- the folders that had to be made, as JSON
    csv TEXT                             -- the labels that were cleaned, where they are in a CSV
);
CREATE TABLE IF NOT EXISTS moves (       -- marks that are applied, and where their files go
    apply INTEGER NOT NULL,
    target TEXT NOT NULL,
    emptied INTEGER NOT NULL DEFAULT 0,  -- 1 once it was removed from the trash, for good
    {OF_A_MARK}, PRIMARY KEY (apply, file)
) WITHOUT ROWID;
"""

INDEX_FOLDER = ".voilens"  # in the folder of pictures, so that it moves with them
BUSY_SECONDS = 20.0

SCHEMA = """
CREATE TABLE IF NOT EXISTS pictures (  -- what lies in the folder
    file TEXT PRIMARY KEY,
    label TEXT NOT NULL,
    split TEXT NOT NULL,               -- train, valid, test, or inbox
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    seen REAL                          -- when a person last saw it in the cleaner
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS pictures_by_label ON pictures (label, split);
CREATE INDEX IF NOT EXISTS pictures_by_content ON pictures (sha256);

CREATE TABLE IF NOT EXISTS contents (  -- what the pixels say, by content
    sha256 TEXT PRIMARY KEY,
    problem TEXT,                      -- why it cannot be opened; then the rest is NULL
    width INTEGER, height INTEGER,
    brightness REAL, contrast REAL, sharpness REAL,
    pixels BLOB, phash BLOB
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS features (  -- what a model's body sees in it, half precision
    sha256 TEXT, model TEXT, row BLOB NOT NULL,
    PRIMARY KEY (sha256, model)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS scores (    -- judged by a model that has not seen its label
    file TEXT PRIMARY KEY,
    label TEXT NOT NULL,               -- the label that was judged
    predicted TEXT NOT NULL,
    probability REAL NOT NULL,         -- of the predicted class
    loss REAL NOT NULL,                -- cross-entropy of the label
    doubt REAL NOT NULL,               -- 0 to 1, the higher the likelier mislabelled
    suggested TEXT,                    -- another label that it should have, or NULL
    doubtful INTEGER NOT NULL          -- the verdict: 1 where the label is likely wrong
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS scores_by_doubt ON scores (doubt DESC);
CREATE INDEX IF NOT EXISTS scores_by_loss ON scores (loss DESC);
CREATE INDEX IF NOT EXISTS scores_by_probability ON scores (probability);

CREATE TABLE IF NOT EXISTS copies (    -- pictures that show the same
    file TEXT PRIMARY KEY,
    number INTEGER NOT NULL,           -- of the group
    kind TEXT NOT NULL,                -- bytes, pixels or near
    conflict INTEGER NOT NULL,         -- 1 where the group has several labels
    leak INTEGER NOT NULL              -- 1 where the group lies in several splits
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS copies_by_number ON copies (number);

CREATE TABLE IF NOT EXISTS issues (    -- verdicts on quality: broken, dark, bright, blurry, odd size
    file TEXT, issue TEXT,
    PRIMARY KEY (file, issue)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS issues_by_kind ON issues (issue);

CREATE TABLE IF NOT EXISTS visitors (  -- photos that came to the inbox, by their names there, so that an undo finds them
    file TEXT PRIMARY KEY,
    predicted TEXT NOT NULL, probability REAL NOT NULL,
    said TEXT,                         -- what the visitor says it is, or NULL
    sent REAL NOT NULL                 -- when
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS facts (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;  -- how and when it was scored
"""


def open_database(root: Path) -> sqlite3.Connection:
    """Open the catalogue of the folder `root`, made when missing; in autocommit mode, rows by name. Raises BadData."""
    home = root / INDEX_FOLDER
    try:
        home.mkdir(exist_ok=True)
        database = sqlite3.connect(home / "index.sqlite", timeout=BUSY_SECONDS, isolation_level=None)
        database.row_factory = sqlite3.Row
        database.executescript(f"BEGIN; {SCHEMA} COMMIT;")  # one sync of the disk, not twenty
    except (OSError, sqlite3.Error) as error:
        raise refusal(root, error) from error
    return database


def refusal(root: Path, error: Exception) -> BadData:
    """One sentence for what a file system or SQLite says when the catalogue cannot be written."""
    words = (getattr(error, "strerror", None) or str(error)).lower()
    if "full" in words or "no space" in words:
        return BadData(
            f"There is no space left to keep marks and scores in {root / INDEX_FOLDER}: make room, nothing was lost."
        )
    if "locked" in words or "busy" in words:
        return BadData(f"Another program keeps {root / INDEX_FOLDER} busy: wait for it to end, then try again.")
    if "malformed" in words or "not a database" in words:
        return BadData(
            f"{root / INDEX_FOLDER / 'index.sqlite'} is damaged: move it away; the pictures are not touched by that."
        )
    return BadData(f"Cannot keep marks and scores in {root / INDEX_FOLDER} ({words}): make the folder writable, or copy it.")


@contextmanager
def writing(database: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """One transaction: all of it, or nothing."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield database
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:  # on a full disk SQLite has rolled back by itself
            database.execute("ROLLBACK")
        raise


MARKS_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS marks ({OF_A_MARK}, PRIMARY KEY (file)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS steps (
    step INTEGER PRIMARY KEY,
    sentence TEXT NOT NULL,
    undone INTEGER NOT NULL DEFAULT 0,
    apply INTEGER                    -- the apply that came after it: behind that, steps are not taken back one by one
);
CREATE TABLE IF NOT EXISTS step_marks (
    step INTEGER NOT NULL,
    side TEXT NOT NULL,              -- the marks of the step's files before and after it
    {OF_A_MARK}, PRIMARY KEY (step, side, file)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS step_marks_by_file ON step_marks (file);
"""

LISTING_INDEXES = """
CREATE INDEX IF NOT EXISTS pictures_by_sight ON pictures (label, split, seen);
CREATE INDEX IF NOT EXISTS scores_doubtful ON scores (file) WHERE doubtful = 1;
"""
