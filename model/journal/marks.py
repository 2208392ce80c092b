"""The marks in a folder's index, and the edits by which they were made. Knows SQL; no files, no labels.

A mark is a row: the file, what is to be done with it, and what the file was like when it was marked. Each change of marks
is one edit (a row of the table `steps`), which can be taken back and made again; edits outlive the process, and are shared
by all who have the index open. Methods that write are called inside a transaction of SQLite.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from model.core import number_of

COLUMNS = "file, action, label, size, mtime_ns, inode, home, marked"


class Marks:
    """The marks in one catalog."""

    def __init__(self, database: sqlite3.Connection):
        self._database = database

    def changes(self) -> list[sqlite3.Row]:
        """The marks that ask for a change, ordered by file."""
        return self._database.execute("SELECT * FROM marks WHERE action <> 'keep' ORDER BY file").fetchall()

    def counts(self) -> dict[str, int]:
        return dict(map(tuple, self._database.execute("SELECT action, count(*) FROM marks GROUP BY action").fetchall()))

    def labels(self) -> set[str]:
        """The labels that pictures are to get."""
        return {row[0] for row in self._database.execute("SELECT DISTINCT label FROM marks WHERE label IS NOT NULL").fetchall()}

    def put(self, marks: Sequence[tuple], sentence: str) -> None:
        """Make marks, rows of COLUMNS, in place of those that their files have: one edit."""
        self._edit([mark[0] for mark in marks], marks, sentence)

    def clear(self, files: Iterable[str]) -> int:
        """Remove the marks of these files: one edit, or none where they have no marks; give how many had one."""
        is_marked = "SELECT 1 FROM marks WHERE file = ?"
        marked = [file for file in dict.fromkeys(files) if self._database.execute(is_marked, [file]).fetchone()]
        if marked:
            self._edit(marked, [], f"{number_of(len(marked), 'mark')} cleared")
        return len(marked)

    def undo(self) -> str | None:
        """Take back the last edit; give its sentence, or None where there is none."""
        return self._replay("undone = 0 AND apply IS NULL ORDER BY step DESC", "before", undone=1)

    def redo(self) -> str | None:
        """Make the edit again that was taken back last; give its sentence, or None where there is none."""
        return self._replay("undone = 1 AND apply IS NULL ORDER BY step", "after", undone=0)

    def seal(self, transaction: int) -> None:
        """Put the edits so far behind a transaction: they are not taken back one by one any more."""
        self._forget_undone()
        self._database.execute("UPDATE steps SET apply = ? WHERE apply IS NULL", [transaction])

    def unseal(self, transaction: int) -> None:
        """Bring the edits back that lie behind a transaction which was undone."""
        self._database.execute("UPDATE steps SET apply = NULL WHERE apply = ?", [transaction])

    def follow(self, moves: Sequence[tuple[str, str]]) -> None:
        """Let marks and edits since the last transaction follow files that moved (from, to)."""
        moves = [(there, here) for here, there in moves]
        self._database.executemany("UPDATE OR REPLACE marks SET file = ? WHERE file = ?", moves)
        self._database.executemany(
            "UPDATE OR REPLACE step_marks SET file = ? WHERE file = ? AND step IN (SELECT step FROM steps WHERE apply IS NULL)",
            moves,
        )

    def _edit(self, files: list[str], marks: Sequence[tuple], sentence: str) -> None:
        self._forget_undone()
        edit = self._database.execute("INSERT INTO steps (sentence) VALUES (?)", [sentence]).lastrowid
        self._remember(edit, "before", files)
        self._database.executemany("DELETE FROM marks WHERE file = ?", ([file] for file in files))
        self._database.executemany(f"INSERT INTO marks ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", marks)
        self._remember(edit, "after", files)

    def _remember(self, edit: int | None, side: str, files: list[str]) -> None:
        self._database.executemany(
            f"INSERT INTO step_marks (step, side, {COLUMNS}) SELECT ?, ?, {COLUMNS} FROM marks WHERE file = ?",
            ((edit, side, file) for file in files),
        )

    def _replay(self, which: str, side: str, undone: int) -> str | None:
        row = self._database.execute(f"SELECT step, sentence FROM steps WHERE {which} LIMIT 1").fetchone()
        if row is None:
            return None
        edit = row["step"]
        self._database.execute("DELETE FROM marks WHERE file IN (SELECT file FROM step_marks WHERE step = ?)", [edit])
        self._database.execute(
            f"INSERT INTO marks ({COLUMNS}) SELECT {COLUMNS} FROM step_marks WHERE step = ? AND side = ?", [edit, side]
        )
        self._database.execute("UPDATE steps SET undone = ? WHERE step = ?", [undone, edit])
        return row["sentence"]

    def _forget_undone(self) -> None:
        undone = "FROM steps WHERE undone = 1 AND apply IS NULL"
        self._database.execute(f"DELETE FROM step_marks WHERE step IN (SELECT step {undone})")
        self._database.execute(f"DELETE {undone}")


def described(count: int, action: str, label: str | None) -> str:
    """An edit in words: "3 pictures marked delete"."""
    return f"{number_of(count, 'picture')} marked {action if label is None else f'“{label}”'}"
