"""The journal of a folder of pictures: marks, apply, trash, undo. Knows files and SQL, no pixels and no screen.

Marks are kept in the catalog as they are made. `apply` carries them out, all or none: the plan is written down before
the first file moves, and whoever opens the folder after a kill finishes it. Deleted pictures go to
`DATA/.voilens/trash/<time>/` under their paths; nothing is removed for good but by `empty_trash`. Pictures that a CSV gives
labels to stay where they are, deleted ones too: a cleaned copy of the CSV is written instead.

Several journals, in several processes, may have one folder open: they share the marks, and take turns in changing them.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from model import catalog
from model.catalog import writing
from model.core import INDEX_FOLDER, file_list, find_inside, free_name, locked
from model.data import DIGITS, check_new_class_name, find_folder
from model.errors import BadData, BadUsage
from model.jobs import Report
from model.journal import file_moves, marks
from model.journal.csv_labels import CsvLabels
from model.journal.folder_labels import FolderLabels, in_inbox
from model.journal.marks import COLUMNS, Marks
from model.journal.transactions import CSV_COPY, HalfDone, Transactions
from model.types import Action, AppliedChanges, Change

TRASH = f"{INDEX_FOLDER}/trash"
PATIENCE = 30.0  # seconds to wait for another journal that is applying


class Journal:
    """The marks of one folder, and what was done by them. For one thread; open as many as you like."""

    def __init__(self, data: Path | str, labels: Path | None = None):
        """Open the journal of a folder, made when missing; finish what a killed one left half done. Raises BadData."""
        self._builtin = str(data) == DIGITS
        self._root = find_folder(data).resolve()
        self._database = catalog.open_database(self._root)
        self._home = (self._root / INDEX_FOLDER).stat().st_ino
        self._marks = Marks(self._database)
        self._transactions = Transactions(self._database, self._root)
        self._csv = CsvLabels(Path(labels).resolve(), self._root) if labels else None
        self._filing: CsvLabels | FolderLabels = self._csv or FolderLabels(self._root)
        with self._plainly():
            unfinished = self._transactions.half_done()
        if unfinished:
            with suppress(BadData), self._alone(patience=0):  # what cannot be finished is said before the next change
                pass

    def close(self) -> None:
        self._database.close()

    @property
    def labels(self) -> Path | None:
        """The CSV of the labels as they are now: the one given, or its newest cleaned copy."""
        if self._csv is None:
            return None
        return self._root / self._transactions.newest_copy(self._stored(self._csv.original))

    def mark(self, files: Sequence[str], action: Action, label: str | None = None) -> None:
        """Mark pictures, all in one edit; relabelling to a new name makes the class. Raises BadUsage, BadData.

        To keep a photo of the inbox is to take it into the class that it was sent as.
        """
        if action not in ("keep", "delete", "relabel") or (action == "relabel") != (label is not None):
            raise BadUsage("A mark is keep, delete, or relabel with a label.")
        if files:
            with self._alone():
                rows = self._new_marks(list(dict.fromkeys(files)), action, label)
                with writing(self._database):
                    self._marks.put(rows, marks.described(len(rows), action, label))

    def classes(self) -> set[str]:
        """The classes that the folder has, and those that marks make. Raises BadData."""
        with self._plainly():
            return self._filing.classes() | self._marks.labels()

    def check_labels(self, labels: Iterable[str]) -> None:
        """Refuse labels that pictures could not get, one by one or together. Raises BadUsage, BadData."""
        with self._plainly():
            self._check_labels(labels)

    def clear(self, files: Sequence[str]) -> int:
        """Remove the marks of these files, all in one edit; give how many had one."""
        with self._alone(), writing(self._database):
            return self._marks.clear(files)

    def undo(self) -> str | None:
        """Take back the last edit of marks, whoever made it; give a sentence, or None when there is none to take back.

        Edits from before an apply are behind it: they come back when the apply is undone.
        """
        with self._alone(), writing(self._database):
            edit = self._marks.undo()
        return edit and f"Undone: {edit}"

    def redo(self) -> str | None:
        """Make the edit again that was taken back last; give a sentence, or None when there is none."""
        with self._alone(), writing(self._database):
            edit = self._marks.redo()
        return edit and f"Redone: {edit}"

    def pending(self) -> list[Change]:
        """The marks that Apply would act on, ordered by file."""
        with self._plainly():
            return [_change(row) for row in self._pending()]

    def counts(self) -> dict[str, int]:
        """How many pictures are marked for what."""
        with self._plainly():
            return {"relabel": 0, "delete": 0, "keep": 0} | self._marks.counts()

    def version(self) -> int:
        """A number that changes whenever any journal, or anybody else, has changed the catalog."""
        with self._plainly():
            return self._database.execute("PRAGMA data_version").fetchone()[0] + self._database.total_changes

    def applies(self) -> list[AppliedChanges]:
        """What was applied so far, newest first."""
        with self._plainly():
            return self._transactions.all()

    def apply(self, report: Report | None = None) -> list[Change]:
        """Do what is marked, all or nothing, and give what was done; nothing where nothing is marked.

        Raises BadData, with nothing changed, when a picture has changed on disk since it was marked, or cannot be moved.
        `report` gets {"event": "applying", "done", "total"}.
        """

        def tell(done: int, total: int) -> None:
            if report:
                report({"event": "applying", "done": done, "total": total})

        with self._alone():
            pending = self._pending()
            if not pending:
                return []
            self._check_unchanged(pending)
            transaction = self._plan(pending)
            self._transactions.finish(transaction, tell)
            return self._transactions.changes(transaction)

    def undo_apply(self) -> list[Change]:
        """Take back the latest apply that was not undone yet: files and folders are as they were before it.

        Its marks are there again, but a picture that was marked again since keeps the newer mark. Gives the changes that
        were taken back, none when there is nothing to undo. Raises BadData, with nothing changed, when something was put in
        the way since, or a picture is no longer where it went.
        """
        with self._alone():
            transaction = self._transactions.undoable()
            if transaction is None:
                return []
            self._transactions.undo(transaction)
            return self._transactions.changes(transaction)

    def empty_trash(self) -> int:
        """Remove what is in the trash, for good; give the number of files. Raises BadData."""
        with self._alone():
            trash = self._root / TRASH
            count = sum(not path.is_dir() for path in trash.rglob("*"))
            self._transactions.emptied(TRASH)
            if trash.exists():
                shutil.rmtree(trash)
            return count

    def _new_marks(self, files: list[str], action: Action, label: str | None) -> list[tuple]:
        """The rows of new marks; giving a picture the label that it has is to keep it."""
        wanted = self._sent_as(files) if action == "keep" else dict.fromkeys(files, label)
        self._check_labels(to for to in wanted.values() if to is not None)
        found = {file: state for file in files if (state := find_inside(self._root, file))}
        if gone := [file for file in files if file not in found]:
            raise BadData(
                f"No picture of that name is in the folder, or only a link: {file_list(gone)}. Look at the folder again: press "
                "“Refresh” in the cleaner."
            )
        if unlabelled := self._filing.unlabelled(files):
            raise BadData(f"These have no label that could be changed, so nothing was marked: {file_list(unlabelled)}.")
        changed = {file: to for file, to in wanted.items() if to is not None and to != self._filing.label(file)}
        if unreachable := self._filing.unreachable(changed):
            raise BadData(
                f"Nothing was marked, because pictures cannot go through a link or a file: {file_list(unreachable)}. Move that "
                "away, or take another class."
            )
        rows = []
        for file, state in found.items():
            if file in changed:
                rows.append(self._row(file, "relabel", changed[file], state))
            else:
                rows.append(self._row(file, action if wanted.get(file) is None else "keep", None, state))
        return rows

    def _sent_as(self, files: list[str]) -> dict[str, str]:
        """The classes of those that are photos of the inbox: what the visitor said, else what the model answered."""
        sql = "SELECT coalesce(said, predicted) FROM visitors WHERE file = ?"
        rows = {file: self._database.execute(sql, [file]).fetchone() for file in files if in_inbox(file)}
        return {file: row[0] for file, row in rows.items() if row}

    def _check_labels(self, labels: Iterable[str]) -> None:
        known = self.classes()
        for label in dict.fromkeys(labels):
            if label not in known:
                check_new_class_name(label, known)
                known.add(label)

    def _row(self, file: str, action: str, label: str | None, state: os.stat_result) -> tuple:
        """A row of COLUMNS."""
        return file, action, label, state.st_size, state.st_mtime_ns, state.st_ino, self._home, time.time()

    def _pending(self) -> list[sqlite3.Row]:
        self._take_newest_csv()
        return [row for row in self._marks.changes() if row["label"] is None or row["label"] != self._filing.label(row["file"])]

    def _check_unchanged(self, pending: list[sqlite3.Row]) -> None:
        if self._builtin:
            raise BadData("The digits are built in and stay as they are: copy them to a folder of your own to change them.")
        changed = set(self._filing.unlabelled(row["file"] for row in pending))
        changed |= {row["file"] for row in pending if not self._is_as_marked(row)}
        if changed:
            raise BadData(
                "Nothing was applied, because these changed on disk or vanished since they were marked: "
                f"{file_list(sorted(changed))}. Look at them and mark them again, or clear their marks."
            )

    def _is_as_marked(self, mark: sqlite3.Row) -> bool:
        """Whether a file is the one that was marked; in a folder that was copied since, inodes say nothing."""
        found = find_inside(self._root, mark["file"])
        if found is None or (found.st_size, found.st_mtime_ns) != (mark["size"], mark["mtime_ns"]):
            return False
        return found.st_ino == mark["inode"] or self._home != mark["home"]

    def _plan(self, pending: list[sqlite3.Row]) -> int:
        """Write down where everything goes; give the number of the transaction."""
        now = datetime.now()
        trash = free_name(self._root, f"{TRASH}/{now:%Y-%m-%d-%H%M%S}", set())
        changes = [_change(row) for row in pending]
        destinations = self._filing.destinations(changes, trash)
        rows = [(destinations[row["file"]], *(row[name] for name in COLUMNS.split(", "))) for row in pending]
        if self._csv:
            rows.append(self._cleaned_copy(self._csv, changes, trash))
        csv = self._stored(self._csv.csv) if self._csv else None
        return self._transactions.write(rows, now.isoformat(timespec="seconds"), csv)

    def _cleaned_copy(self, labels: CsvLabels, changes: list[Change], trash: str) -> tuple:
        """Write the cleaned CSV to where an undo is to bring it, the trash; give the row that brings it to its place."""
        target = labels.free_copy()
        draft = f"{trash}/{target.name}"
        labels.write(changes, self._root / draft)
        return self._stored(target), *self._row(draft, CSV_COPY, None, (self._root / draft).stat())

    def _take_newest_csv(self) -> None:
        if self._csv and (newest := self.labels):
            self._csv.csv = newest

    def _stored(self, path: Path) -> str:
        """A path as it is written down: relative to the folder where it lies in it, so that it moves with it."""
        return path.relative_to(self._root).as_posix() if path.is_relative_to(self._root) else path.as_posix()

    @contextmanager
    def _alone(self, patience: float | None = None) -> Iterator[None]:
        """No other journal changes anything meanwhile, and what a killed one left half done is finished first."""
        with self._plainly(), _locked(self._root, PATIENCE if patience is None else patience):
            for transaction in self._transactions.half_done():
                try:
                    self._transactions.finish(transaction)
                except HalfDone:
                    raise
                except BadData:  # taken back: all is as it was before
                    pass
            self._take_newest_csv()
            yield

    @contextmanager
    def _plainly(self) -> Iterator[None]:
        """What SQLite and the file system say becomes a sentence."""
        try:
            yield
        except sqlite3.Error as error:
            raise catalog.refusal(self._root, error) from error
        except OSError as error:
            raise BadData(file_moves.reason(error)) from error


def _change(row: sqlite3.Row) -> Change:
    return Change(row["file"], row["action"], row["label"])


@contextmanager
def _locked(root: Path, patience: float) -> Iterator[None]:
    """Hold the lock of a folder. Raises BadData where another journal holds it for longer than `patience`, in seconds."""
    with ExitStack() as held:
        try:
            held.enter_context(locked(root / INDEX_FOLDER / "lock", patience))
        except TimeoutError:
            raise BadData("Another cleaner is changing this folder: wait for it to end, then try again.") from None
        except OSError as error:
            raise catalog.refusal(root, error) from error
        yield
