"""The SQLite files of a folder of pictures, `DATA/.voilens/`: their whole schema and how they are opened. Knows SQL, no pixels.

`index.sqlite` holds what lies in the folder, what is known of each picture, the marks and what was applied; its
`user_version` counts the migrations that it has been through. `thumbnails.sqlite` may be thrown away at any time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from model.core import INDEX_FOLDER
from model.errors import BadData

INDEX, THUMBNAILS = "index.sqlite", "thumbnails.sqlite"
BUSY_SECONDS = 20.0

_MARK = """
    file TEXT NOT NULL,
    action TEXT NOT NULL,            -- keep, delete or relabel
    label TEXT,                      -- the new one
    size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, inode INTEGER NOT NULL,  -- of the file, when it was marked
    home INTEGER NOT NULL,           -- inode of the index's folder then; in a copied folder the files' have changed too
    marked REAL NOT NULL             -- when
"""
# Version 1. An index without a version has these very tables, or some of them: each part of the program made its own.
_ALL_TABLES = f"""
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

CREATE TABLE IF NOT EXISTS marks ({_MARK}, PRIMARY KEY (file)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS steps (
    step INTEGER PRIMARY KEY,
    sentence TEXT NOT NULL,
    undone INTEGER NOT NULL DEFAULT 0,
    apply INTEGER                    -- the apply that came after it: behind that, steps are not taken back one by one
);
CREATE TABLE IF NOT EXISTS step_marks (
    step INTEGER NOT NULL,
    side TEXT NOT NULL,              -- the marks of the step's files before and after it
    {_MARK}, PRIMARY KEY (step, side, file)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS step_marks_by_file ON step_marks (file);

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
    {_MARK}, PRIMARY KEY (apply, file)
) WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS pictures_by_sight ON pictures (label, split, seen);
CREATE INDEX IF NOT EXISTS scores_doubtful ON scores (file) WHERE doubtful = 1;
"""
_READ_ANEW = """
DELETE FROM issues WHERE issue = 'broken';
DELETE FROM contents WHERE problem IS NOT NULL;
DELETE FROM contents WHERE sha256 IN
    (SELECT sha256 FROM pictures WHERE file LIKE '%.png' OR file LIKE '%.tif' OR file LIKE '%.tiff');
"""  # HEIC and more is opened since, and 16 bits are scaled in another way: what was found before is looked at again
_ANSWERS = """
CREATE TABLE IF NOT EXISTS answers (   -- what a model that answers says, by content; it may have learned from the picture
    sha256 TEXT PRIMARY KEY,
    predicted TEXT NOT NULL,
    probability REAL NOT NULL          -- of the predicted class
) WITHOUT ROWID;
"""
_DELIVERIES = """
CREATE TABLE IF NOT EXISTS deliveries (  -- files in which visitors' photos came together
    sha256 TEXT NOT NULL,                -- of such a file
    file TEXT NOT NULL,                  -- a photo of it, by its name in the inbox
    name TEXT NOT NULL,                  -- of such a file, for people
    PRIMARY KEY (sha256, file)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS deliveries_by_file ON deliveries (file);
"""
# The script that leads to version 1, to version 2 ...: add one, never change one.
MIGRATIONS = (_ALL_TABLES, _READ_ANEW, _ANSWERS, _DELIVERIES)

THUMBNAILS_VERSION = 1  # of how pictures are opened: a change here makes each one again
_THUMBNAILS = """
PRAGMA synchronous = OFF;
PRAGMA journal_mode = MEMORY;
PRAGMA cache_size = -512;
CREATE TABLE IF NOT EXISTS thumbnails (
    number INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, content BLOB, problem TEXT
);
"""


def open_database(root: Path) -> sqlite3.Connection:
    """Open the index of the folder `root`, made when missing; in autocommit mode, rows by name.

    An index of an earlier version is brought up to date. Raises BadData; one of a later version is left untouched.
    """
    home = root / INDEX_FOLDER
    try:
        home.mkdir(exist_ok=True)
        database = sqlite3.connect(home / INDEX, timeout=BUSY_SECONDS, isolation_level=None)
        try:
            database.row_factory = sqlite3.Row
            _bring_up_to_date(database, root)
        except BaseException:
            database.close()
            raise
    except (OSError, sqlite3.Error) as error:
        raise refusal(root, error) from error
    return database


def open_thumbnails(root: Path) -> sqlite3.Connection:
    """Open the thumbnails of the folder `root`, made when missing, for threads that take turns. Raises sqlite3.Error."""
    database = sqlite3.connect(root / INDEX_FOLDER / THUMBNAILS, timeout=1.0, isolation_level=None, check_same_thread=False)
    database.executescript(_THUMBNAILS)
    if database.execute("PRAGMA user_version").fetchone()[0] != THUMBNAILS_VERSION:
        database.execute("DELETE FROM thumbnails")
        database.execute(f"PRAGMA user_version = {THUMBNAILS_VERSION}")
    return database


def _bring_up_to_date(database: sqlite3.Connection, root: Path) -> None:
    """Carry out the migrations that this index has not seen, in one transaction; of two processes, the second finds it done."""
    if _version(database, root) == len(MIGRATIONS):
        return
    try:
        with writing(database):
            for script in MIGRATIONS[_version(database, root) :]:
                for statement in _statements(script):
                    database.execute(statement)
            database.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    except sqlite3.OperationalError:
        if not _has_all_tables(database):
            raise  # else the disk is read-only, and the version alone is missing: it can be read all the same
        for script in (_ANSWERS, _DELIVERIES):  # for as long as it is open, nobody has answered, and nothing came
            database.execute(next(_statements(script)).replace("TABLE", "TEMP TABLE"))


def _version(database: sqlite3.Connection, root: Path) -> int:
    """How many migrations the index has been through. Raises BadData where these are more than there are."""
    version = int(database.execute("PRAGMA user_version").fetchone()[0])
    if version > len(MIGRATIONS):
        raise BadData(
            f"{root / INDEX_FOLDER / INDEX} was written by a newer version of this program: open the folder with that one. "
            "Nothing was changed."
        )
    return version


def _statements(script: str) -> Iterator[str]:
    """The statements of a script one by one: `executescript` would end the transaction that it is called in."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _has_all_tables(database: sqlite3.Connection) -> bool:
    """Whether an index of an earlier version lacks no table: what a migration changes in them can wait."""
    with closing(sqlite3.connect(":memory:")) as empty:
        empty.executescript(_ALL_TABLES)
        return _tables(empty) <= _tables(database)


def _tables(database: sqlite3.Connection) -> set[str]:
    return {row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def refusal(root: Path, error: Exception) -> BadData:
    """One sentence for what a file system or SQLite says when the catalog cannot be written."""
    words = (getattr(error, "strerror", None) or str(error)).lower()
    if "full" in words or "no space" in words:
        return BadData(
            f"There is no space left to keep marks and scores in {root / INDEX_FOLDER}: make room, nothing was lost."
        )
    if "locked" in words or "busy" in words:
        return BadData(f"Another program keeps {root / INDEX_FOLDER} busy: wait for it to end, then try again.")
    if "malformed" in words or "not a database" in words:
        return BadData(f"{root / INDEX_FOLDER / INDEX} is damaged: move it away; the pictures are not touched by that.")
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
