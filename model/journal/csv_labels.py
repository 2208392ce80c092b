"""Labels by a CSV that names pictures and their classes: read, and written again in a new copy, all else byte for byte.

Knows text and file names; no marks, no database. Pictures stay where they are.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path, PurePosixPath

from model.core import free_name
from model.data import FileFinder, form_of, read_labels
from model.errors import BadData
from model.types import Change

# A field as csv.reader takes it: in quotes, where quotes are doubled, or up to the next delimiter; then what ends it.
FIELD = r'("(?:[^"]|"")*(?:"|\Z)[^{0}\r\n]*|[^{0}\r\n]*)({0}|\r\n|\r|\n|\Z)'


class CsvLabels:
    """The labels of a folder in a CSV: `original` is the one given, `csv` the one in force, which may be a cleaned copy.

    Pictures are named by their paths relative to the folder `root`, whatever the CSV calls them.
    """

    def __init__(self, csv: Path, root: Path | None = None):
        self.original = self.csv = csv
        self._root = root
        self._read: tuple[object, dict[str, str]] | None = None

    def label(self, file: str) -> str | None:
        return self._labels().get(file)

    def classes(self) -> set[str]:
        return set(self._labels().values())

    def unlabelled(self, files: Iterable[str]) -> list[str]:
        """Those of these files that this knows no label of: they have no row."""
        labels = self._labels()
        return [file for file in files if file not in labels]

    def destinations(self, changes: Iterable[Change], trash: str) -> dict[str, str]:
        """Where each picture is afterwards: where it was."""
        return {change.file: change.file for change in changes}

    def unreachable(self, labels: Mapping[str, str]) -> list[str]:
        """None: a picture needs no other folder for another label."""
        return []

    def free_copy(self) -> Path:
        """A free name for the next cleaned copy, beside the CSV."""
        stem = re.sub(r"-cleaned(-\d+)?$", "", self.csv.stem)
        return self.csv.with_name(free_name(self.csv.parent, f"{stem}-cleaned{self.csv.suffix}", set()))

    def write(self, changes: Iterable[Change], draft: Path) -> None:
        """Write the CSV with these labels replaced, and without the rows of deleted pictures. Raises OSError, BadData."""
        new, name = {change.file: change.label for change in changes}, self._naming()
        with self.csv.open(encoding="utf-8", newline="") as stream:
            text = rewritten(stream.read(), new, name)
        draft.parent.mkdir(parents=True, exist_ok=True)
        try:
            with draft.open("x", encoding="utf-8", newline="") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            wanted = [(file, new.get(name(file), label)) for file, label in read_labels(self.csv)]
            if read_labels(draft) != [(file, label) for file, label in wanted if label is not None]:
                raise BadData(f"{self.csv} has rows that cannot be kept as they are: save it again from a spreadsheet.")
        except BaseException:
            draft.unlink(missing_ok=True)
            raise

    def _labels(self) -> dict[str, str]:
        """File to label, read again when the CSV has changed."""
        try:
            found = self.csv.stat()
        except OSError as error:
            raise BadData(f"Cannot read the labels in {self.csv} ({error.strerror}): put the file back.") from error
        state = (self.csv, found.st_mtime_ns, found.st_size, found.st_ino)
        if self._read is None or self._read[0] != state:
            name = self._naming()
            self._read = state, {name(file): label for file, label in read_labels(self.csv)}
        return self._read[1]

    def _naming(self) -> Callable[[str], str]:
        """What turns a name in the CSV into the path of its picture."""
        if self._root is None:
            return _name
        finder = FileFinder(self._root, self.original)
        return lambda name: finder.find(name).file


def _name(file: str) -> str:
    return PurePosixPath(file).as_posix()


def rewritten(text: str, new: Mapping[str, str | None], name: Callable[[str], str] = _name) -> str:
    """A CSV with the labels of some files replaced, and without the rows of those whose new label is None.

    `name` gives the path of a picture from what the CSV calls it.
    """
    form = form_of(text.removeprefix("\ufeff"))
    kept = []
    header = form.header
    for row in _rows(text, form.delimiter):
        whole = len(row) > max(form.file, form.label) and not header
        header = header and len(row) == 1 and not row[0][0]  # empty lines may come before it
        file = name(_value(row[form.file][0])) if whole else ""
        if not whole or file not in new:
            kept.append(row)
        elif (changed := new[file]) is not None:
            before, end = row[form.label]
            row[form.label] = (_quoted(changed, before, form.delimiter), end)
            kept.append(row)
    return "".join(field + end for row in kept for field, end in row)


def _rows(text: str, delimiter: str) -> list[list[tuple[str, str]]]:
    """The fields of each row as they are written, with what ends them."""
    rows: list[list[tuple[str, str]]] = [[]]
    for match in re.finditer(FIELD.format(re.escape(delimiter)), text):
        rows[-1].append((match[1], match[2]))
        if match[2] != delimiter:
            rows.append([])
    return [row for row in rows if row]


def _value(field: str) -> str:
    field = field.removeprefix("\ufeff")
    if not field.startswith('"'):
        return field
    inside, _, after = field[1:].rpartition('"') if '"' in field[1:] else (field[1:], "", "")
    return inside.replace('""', '"') + after


def _quoted(value: str, like: str, delimiter: str) -> str:
    """A value as a field, in quotes where it needs them or where the field before it had some."""
    if like.startswith('"') or any(c in value for c in f'{delimiter}"\r\n'):
        return '"' + value.replace('"', '""') + '"'
    return value
