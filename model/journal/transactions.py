"""Transactions: changes written down in the index before the first file moves, then carried out all or none, and undone.

Each transaction, a row of the table `applies`, goes from applying to done, from done to undoing to undone. One that is
found applying or undoing was left by a killed process: it is finished, or taken back as a whole. Knows SQL and moves; does
not ask what is marked, or why.
Whoever writes holds the journal's lock.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path

from model.catalog import writing
from model.core import file_list, is_free, is_plain_file
from model.errors import BadData
from model.journal import file_moves
from model.journal.file_moves import Move
from model.journal.marks import COLUMNS, Marks
from model.types import AppliedChanges, Change

APPLYING, DONE, UNDOING, UNDONE = "applying", "done", "undoing", "undone"
CSV_COPY = "copy"  # the action of the row that moves a cleaned CSV to its place, beside those of the marks


class HalfDone(BadData):
    """A transaction that could be neither finished nor taken back; it is tried again before the next change."""


class Transactions:
    """The transactions of one index, of the folder `root`; paths in them are relative to it where they lie in it."""

    def __init__(self, database: sqlite3.Connection, root: Path):
        self._database, self._root = database, root
        self._marks = Marks(database)

    def all(self) -> list[AppliedChanges]:
        """What was applied, newest first."""
        counts: dict[int, dict[str, int]] = {}
        query = "SELECT apply, action, count(*) AS number FROM moves WHERE action <> ? GROUP BY apply, action"
        for row in self._database.execute(query, [CSV_COPY]).fetchall():
            counts.setdefault(row["apply"], {})[row["action"]] = row["number"]
        rows = self._database.execute("SELECT * FROM applies WHERE state <> ? ORDER BY apply DESC", [APPLYING]).fetchall()
        return [AppliedChanges(row["apply"], row["time"], counts[row["apply"]], row["state"] == UNDONE) for row in rows]

    def changes(self, transaction: int) -> list[Change]:
        """The changes of one transaction, without those that were removed for good since."""
        rows = self._rows(transaction, "action <> ?", CSV_COPY)
        return [Change(row["file"], row["action"], row["label"], row["target"]) for row in rows]

    def newest_copy(self, csv: str) -> str:
        """The cleaned copy of a CSV, of that copy, and so on, as far as there are any."""
        transaction = 0
        query = (
            "SELECT apply, target FROM moves JOIN applies USING (apply) "
            "WHERE action = ? AND state = ? AND csv = ? AND apply > ? ORDER BY apply DESC LIMIT 1"
        )
        while row := self._database.execute(query, [CSV_COPY, DONE, csv, transaction]).fetchone():
            if not (self._root / row["target"]).is_file():
                break
            transaction, csv = row
        return csv

    def half_done(self) -> list[int]:
        rows = self._database.execute("SELECT apply FROM applies WHERE state IN (?, ?)", [APPLYING, UNDOING]).fetchall()
        return [row["apply"] for row in rows]

    def undoable(self) -> int | None:
        """The latest transaction that was not undone, and of which something can be."""
        query = "SELECT max(apply) FROM applies WHERE state = ? AND apply IN (SELECT apply FROM moves WHERE emptied = 0)"
        return self._database.execute(query, [DONE]).fetchone()[0]

    def write(self, rows: Iterable[tuple], time: str, csv: str | None) -> int:
        """Write down a transaction, rows of target and COLUMNS of the mark; from then on it will be finished, or taken back."""
        rows = list(rows)
        made = file_moves.missing_folders(self._root / row[0] for row in rows)
        with writing(self._database):
            cursor = self._database.execute(
                "INSERT INTO applies (time, state, made, csv) VALUES (?, ?, ?, ?)",
                [time, APPLYING, json.dumps([folder.relative_to(self._root).as_posix() for folder in made]), csv],
            )
            transaction = cursor.lastrowid
            assert transaction is not None  # after an INSERT there is one
            query = f"INSERT INTO moves (apply, target, {COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
            self._database.executemany(query, ((transaction, *row) for row in rows))
        return transaction

    def undo(self, transaction: int) -> None:
        """Take back a transaction that is done. Raises BadData, nothing changed, where files are gone or others in the way."""
        rows = self._rows(transaction, "file <> target")
        gone = [row["target"] for row in rows if not is_plain_file(self._root / row["target"])]
        if gone:
            raise BadData(
                f"Nothing was undone, because these are no longer where they went: {file_list(gone)}. Put them back first."
            )
        blocked = [row["file"] for row in rows if not is_free(self._root, row["file"])]
        if blocked:
            raise BadData(f"Nothing was undone, because something lies there now: {file_list(blocked)}. Move it away first.")
        self._set_state(transaction, UNDOING)
        self.finish(transaction)

    def finish(self, transaction: int, report: Callable[[int, int], None] = lambda done, total: None) -> None:
        """Bring a transaction that was written down, or its undo, to its end. Where that fails, back to its beginning: BadData.

        Raises HalfDone when neither can be. `report` is told how many files of how many are done.
        """
        row = self._database.execute("SELECT state, made FROM applies WHERE apply = ?", [transaction]).fetchone()
        undoing, made = row["state"] == UNDOING, [self._root / folder for folder in json.loads(row["made"])]
        todo = self._moves(transaction)
        if undoing:
            todo = [move.back() for move in reversed(todo)]
        try:
            file_moves.carry_out(todo, lambda done: report(done, len(todo)))
        except BaseException as error:
            _take_back(todo)
            if undoing:
                self._set_state(transaction, DONE)
            else:
                self._forget(transaction, made)
            if isinstance(error, OSError):
                raise BadData(f"{file_moves.reason(error)} Nothing was changed.") from error
            raise
        if undoing:
            self._end_undo(transaction, made)
        else:
            self._end_apply(transaction)

    def emptied(self, trash: str) -> None:
        """Write down that what lies in the trash is about to be removed for good."""
        with writing(self._database):
            self._database.execute(
                "UPDATE moves SET emptied = 1 WHERE target LIKE ? AND apply IN (SELECT apply FROM applies WHERE state = ?)",
                [f"{trash}/%", DONE],
            )

    def _end_apply(self, transaction: int) -> None:
        with writing(self._database):
            self._set_state(transaction, DONE)
            self._database.execute("DELETE FROM marks WHERE file IN (SELECT file FROM moves WHERE apply = ?)", [transaction])
            self._marks.seal(transaction)

    def _forget(self, transaction: int, made: list[Path]) -> None:
        for row in self._rows(transaction, "action = ?", CSV_COPY):
            draft = self._root / row["file"]
            draft.unlink(missing_ok=True)
            made = [*made, draft.parent, draft.parent.parent]
        file_moves.remove_empty(made)
        with writing(self._database):
            self._database.execute("DELETE FROM moves WHERE apply = ?", [transaction])
            self._database.execute("DELETE FROM applies WHERE apply = ?", [transaction])

    def _end_undo(self, transaction: int, made: list[Path]) -> None:
        """Its marks are there again, except for pictures that were marked again where they had gone: that mark follows."""
        file_moves.remove_empty(made)
        with writing(self._database):
            self._set_state(transaction, UNDONE)
            self._marks.follow([(row["target"], row["file"]) for row in self._rows(transaction, "file <> target")])
            self._database.execute(
                f"INSERT OR IGNORE INTO marks ({COLUMNS}) SELECT {COLUMNS} FROM moves "
                "WHERE apply = ? AND action <> ? AND emptied = 0",
                [transaction, CSV_COPY],
            )
            self._marks.unseal(transaction)

    def _set_state(self, transaction: int, state: str) -> None:
        self._database.execute("UPDATE applies SET state = ? WHERE apply = ?", [state, transaction])

    def _moves(self, transaction: int) -> list[Move]:
        rows = self._rows(transaction, "file <> target")
        return [Move(self._root / row["file"], self._root / row["target"], row["inode"]) for row in rows]

    def _rows(self, transaction: int, condition: str, *values: str) -> list[sqlite3.Row]:
        query = f"SELECT * FROM moves WHERE apply = ? AND emptied = 0 AND {condition} ORDER BY file"
        return self._database.execute(query, [transaction, *values]).fetchall()


def _take_back(todo: list[Move]) -> None:
    try:
        file_moves.take_back(todo)
    except OSError as error:
        raise HalfDone(
            f"The changes could be neither finished nor taken back. {file_moves.reason(error)} "
            "It is tried again before the next change; no picture is lost."
        ) from error
