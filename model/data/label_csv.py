"""Labels in a CSV beside a folder: which column names the picture and which the class, in whatever form it was saved.

Commas, semicolons, tabs or bars between the columns, with a byte order mark or none, with a first line of names or none.
Knows text, no folder.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from model.core import one_line
from model.data.names import is_called_picture
from model.errors import BadData

DELIMITERS = ",;\t|"
SAMPLE = 100  # rows from which the form is seen
# What the columns are called in public datasets, the likeliest first; compared without case, spaces and underscores.
FILES = [
    "file",
    "filename",
    "filepath",
    "filepaths",
    "path",
    "paths",
    "image",
    "imagename",
    "imagefile",
    "imagefilename",
    "imagepath",
    "imageid",
    "img",
    "imgname",
    "imgid",
    "imgpath",
    "picture",
    "photo",
    "fname",
    "id",
    "name",
]
LABELS = [
    "label",
    "labels",
    "class",
    "classname",
    "category",
    "categoryname",
    "target",
    "species",
    "breed",
    "diagnosis",
    "dx",
    "type",
    "tag",
    "y",
    "classid",
    "labelid",
]


@dataclass(frozen=True)
class CsvForm:
    """What is between the columns, the numbers of the columns of pictures and classes, and whether a first line names them."""

    delimiter: str
    file: int
    label: int
    header: bool


def read_labels(labels: Path) -> list[tuple[str, str]]:
    """The rows (file, label) of a CSV, as they are written there; rows without one of them are passed over. Raises BadData."""
    text = read_text(labels)
    form = form_of(text, labels)
    try:
        rows = (row for row in csv.reader(io.StringIO(text, newline=""), delimiter=form.delimiter) if row)
        found = [
            (row[form.file], row[form.label])
            for row in islice(rows, 1 if form.header else 0, None)
            if len(row) > max(form.file, form.label)
        ]
    except csv.Error as error:
        raise _unreadable(labels, error) from error
    return [(file, label) for file, label in found if file and label]


def read_text(labels: Path) -> str:
    """A CSV as text, without its byte order mark. Raises BadData."""
    try:
        with labels.open(newline="", encoding="utf-8-sig") as stream:
            return stream.read()
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(labels, error) from error


def form_of(text: str, labels: Path | None = None) -> CsvForm:
    """The form of a CSV, seen from its first rows; `labels` is what to call it. Raises BadData where a column is missing."""
    found: list[tuple[float, CsvForm]] = []
    for delimiter in DELIMITERS:
        try:
            rows = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), SAMPLE))
        except csv.Error:
            continue
        rows = [row for row in rows if row]
        if rows and len(rows[0]) > 1 and (form := _form(rows, delimiter)):
            found.append((sum(len(row) == len(rows[0]) for row in rows) / len(rows), form))
    if found:  # the delimiter by which most rows have as many columns as the first
        return max(found, key=lambda pair: pair[0])[1]
    first = text.partition("\n")[0].strip()[:200]
    have = f" (its first line: {one_line(first)})" if first else ""
    raise BadData(
        f"{labels or 'The CSV'} needs a first line with the columns file and label, or such names as image and class{have}: "
        "name the column with the file names file, and the one with the classes label."
    )


def looks_like_picture_name(name: str) -> bool:
    """Whether a file of that name is called a picture."""
    return is_called_picture(name.strip())


def _form(rows: Sequence[Sequence[str]], delimiter: str) -> CsvForm | None:
    header = not any(map(looks_like_picture_name, rows[0]))
    names = [re.sub(r"[\W_]+", "", name).lower() for name in rows[0]] if header else [""] * len(rows[0])
    columns = range(len(names))
    values = rows[1:] if header else rows
    pictures = {column for column in columns if _are_picture_names([row[column] for row in values if len(row) > column])}
    named = _ranked(names, FILES)
    file = next((column for column in named if column in pictures), next(iter(named), None))
    if file is None:
        file = min(pictures, default=None)
    if file is None:
        return None
    others = [column for column in columns if column != file]
    label = next((column for column in _ranked(names, LABELS) if column != file), None)
    if label is None and len(others) == 1:  # two columns: what is not the one is the other
        label = others[0]
    return None if label is None else CsvForm(delimiter, file, label, header)


def _ranked(names: Sequence[str], known: Sequence[str]) -> list[int]:
    """The columns with known names, likeliest first; of two with one name the last, as csv.DictReader takes it."""
    places = {name: column for column, name in enumerate(names)}
    return [places[name] for name in known if name in places]


def _are_picture_names(values: Sequence[str]) -> bool:
    return bool(values) and sum(map(looks_like_picture_name, values)) > 0.5 * len(values)


def _unreadable(labels: Path, error: Exception) -> BadData:
    if isinstance(error, UnicodeDecodeError):
        return BadData(f"Cannot read the labels in {labels}: give a CSV file in UTF-8 (spreadsheets call it “CSV UTF-8”).")
    why = getattr(error, "strerror", None) or error
    return BadData(f"Cannot read the labels in {labels} ({why}): give a CSV file in UTF-8.")
