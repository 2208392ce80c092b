"""What was probably meant by a folder that cannot be taken as it is: one in it, or a CSV with its labels.

Knows names and the first rows of CSV files; opens no picture. Looks at a bounded number of entries, so it is quick
whatever it is asked about.
"""

from __future__ import annotations

import os
import shlex
import time
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path

from model.core import is_utf8
from model.data.label_csv import looks_like_picture_name, read_labels
from model.data.labelled_files import FileFinder
from model.data.names import is_ignored
from model.data.splits import split_of
from model.errors import AppError, BadData

DEEPEST = 6  # folders below the one asked about
SECONDS = 3.0  # for looking, at the most: a slow disk may hold what is not seen
MOST_ENTRIES = 300_000  # that are looked at in all
MOST_IN_FOLDER = 20_000
MANY, ENOUGH = 20, 200  # of more folders than that in one, so many entries each, which tell whether they hold pictures
MOST_CSVS, MOST_CSV_BYTES = 12, 50_000_000
PROBED = 40  # rows of a CSV whose pictures are looked for
MOST = 4  # suggestions
CSV_SUFFIXES = {".csv", ".tsv"}


@dataclass(frozen=True)
class Suggestion:
    """A folder that was probably meant, as a question: `data`, and a CSV with its `labels` ("" where its folders have them)."""

    data: str
    labels: str
    sentence: str

    def told(self) -> str:
        """The question, and how it is answered on the command line."""
        if not self.labels:
            return f"{self.sentence} Give that folder."
        return f"{self.sentence} Give it as {shlex.quote(self.data)} --labels {shlex.quote(self.labels)}."


@dataclass
class _Folder:
    """What was seen of one folder: how many pictures lie right in it, its folders, its CSV files, where its links lead."""

    path: Path
    pictures: int = 0
    folders: dict[str, _Folder] = field(default_factory=dict)
    csvs: list[Path] = field(default_factory=list)
    linked: list[Path] = field(default_factory=list)  # folders that hold the class folders meant, one a link

    def classes(self) -> dict[str, int]:
        """The class folders right in it, with their pictures."""
        return {name: folder.pictures for name, folder in self.folders.items() if folder.pictures and not split_of(name)}

    def trained(self) -> _Folder | None:
        """Its training folder, where that holds classes."""
        found = [folder for name, folder in self.folders.items() if split_of(name) == "train"]
        for folder in found:
            while not folder.classes() and len(folder.folders) == 1:
                (folder,) = folder.folders.values()
            if len(folder.classes()) > 1:
                return folder
        return None

    def everywhere(self) -> Iterator[_Folder]:
        """It, and all below it."""
        yield self
        for folder in self.folders.values():
            yield from folder.everywhere()


def suggest(folder: Path) -> list[Suggestion]:
    """What was probably meant by `folder`, likeliest first; nothing where it can be taken as it is, or nothing fits."""
    folder = folder.absolute()
    if not folder.is_dir():
        return _around(folder)
    seen = _look(folder)
    classes = (seen.trained() or seen).classes() if _class_count(seen) else {}
    own = sum(classes.values())
    better = [(weight, suggestion) for weight, suggestion in _with_classes(seen) if weight > own]
    better += [(weight, suggestion) for weight, suggestion in _with_csv(seen, classes) if 4 * weight > own]
    better.sort(key=lambda pair: -pair[0])
    return [suggestion for _, suggestion in better[:MOST]]


def refusal(sentence: str, folder: Path, otherwise: str) -> BadData:
    """The refusal of a folder, which asks whether another was meant; `otherwise` says what to do where none suggests itself.

    Its values hold the `suggestions`, each {data, labels, sentence}.
    """
    found = suggest(folder)
    return BadData(
        f"{sentence}. {found[0].told()}" if found else f"{sentence}: {otherwise}",
        code="no-classes",
        suggestions=[asdict(suggestion) for suggestion in found],
    )


def _look(folder: Path) -> _Folder:
    """The folder and those in it, the nearer ones first, as far as the limits reach."""
    root = _Folder(folder)
    waiting, left, until = [(root, 0, 0)], MOST_ENTRIES, time.monotonic() + SECONDS
    for here, depth, siblings in waiting:
        if time.monotonic() > until:
            break
        try:
            with os.scandir(here.path) as entries:
                for entry in islice(entries, min(left, ENOUGH if siblings > MANY else MOST_IN_FOLDER)):
                    left -= 1
                    if is_ignored(entry.name) or not is_utf8(entry.name):
                        continue
                    if entry.is_symlink():
                        _follow(here, Path(entry.path))
                    elif entry.is_dir():
                        if depth < DEEPEST:
                            here.folders[entry.name] = _Folder(Path(entry.path))
                    elif looks_like_picture_name(entry.name):
                        here.pictures += 1
                    elif os.path.splitext(entry.name)[1].lower() in CSV_SUFFIXES:
                        here.csvs.append(Path(entry.path))
        except OSError:  # what may not be looked into is not meant
            continue
        waiting += [(folder, depth + 1, len(here.folders)) for folder in here.folders.values()]
    return root


def _follow(here: _Folder, link: Path) -> None:
    """Note where the class folders lie that a link leads to, be it one to such a folder or to a picture in it."""
    if len(here.linked) < PROBED:
        target = link.resolve()
        if target.is_dir():
            here.linked.append(target.parent)
        elif target.is_file():
            here.linked.append(target.parent.parent)


def _class_count(folder: _Folder) -> int:
    """How many classes there are in a folder as it would be read; 0 where there are not two."""
    trained = folder.trained()
    count = len((trained or folder).classes())
    return count if count > 1 else 0


def _with_classes(seen: _Folder) -> Iterator[tuple[int, Suggestion]]:
    """Folders below that hold classes, or that links lead to, with the number of their pictures."""
    taken: set[Path] = set()
    for folder in seen.everywhere():
        if folder is seen or any(parent in taken for parent in folder.path.parents):
            continue
        if count := _class_count(folder):
            taken.add(folder.path)
            yield sum((folder.trained() or folder).classes().values()), _with_folder(folder.path, count)
    links = Counter(place for folder in seen.everywhere() for place in folder.linked)
    for place, _ in links.most_common(1):
        there = _look(place)
        if place != seen.path and place not in taken and (count := _class_count(there)):
            yield sum((there.trained() or there).classes().values()), _with_folder(place, count)


def _with_folder(folder: Path, count: int) -> Suggestion:
    return Suggestion(str(folder), "", f"Did you mean {folder}, {count:,} classes?")


def _with_csv(seen: _Folder, known: Collection[str]) -> Iterator[tuple[int, Suggestion]]:
    """CSV files in the folder, below it or right beside it that name pictures of it, with the number of these.

    One whose classes are among the `known`, those of its folders, says nothing new.
    """
    csvs = [csv for folder in seen.everywhere() for csv in folder.csvs] + _beside(seen.path)
    until = time.monotonic() + SECONDS
    for csv in sorted(csvs, key=_is_called_otherwise)[:MOST_CSVS]:
        if time.monotonic() > until:
            break
        for data in dict.fromkeys((seen.path, csv.parent)):
            if (data == seen.path or data.is_relative_to(seen.path)) and (found := _labelled(data, csv)):
                rows, classes = found
                if classes.isdisjoint(known):
                    yield rows, _with_labels(data, csv, len(classes))
                break


def _with_labels(folder: Path, csv: Path, count: int) -> Suggestion:
    question = f"Did you mean {folder} with the labels in {csv.name}, {count:,} classes?"
    return Suggestion(str(folder), str(csv), question)


def _is_called_otherwise(csv: Path) -> bool:
    """Whether a CSV is called neither labels nor train, as those with labels mostly are."""
    return not any(word in csv.stem.lower() for word in ("label", "train"))


def _beside(folder: Path) -> list[Path]:
    """The CSV files beside a folder."""
    try:
        with os.scandir(folder.parent) as entries:
            return [Path(e.path) for e in islice(entries, 1000) if os.path.splitext(e.name)[1].lower() in CSV_SUFFIXES]
    except OSError:
        return []


def _labelled(data: Path, csv: Path) -> tuple[int, set[str]] | None:
    """How many rows of a CSV give a class, and the classes, where most name pictures of the folder; else None."""
    try:
        if csv.stat().st_size > MOST_CSV_BYTES:
            return None
        rows = read_labels(csv)
    except (AppError, OSError):
        return None
    classes = {label for _, label in rows}
    if not 1 < len(classes) <= max(2, len(rows) // 2):
        return None
    probed = rows[:: max(1, len(rows) // PROBED)][:PROBED]
    finder = FileFinder(data, csv, MOST_ENTRIES)
    found = sum(_is_picture(data, finder.find(name).file) for name, _ in probed)
    return (len(rows), classes) if 2 * found > len(probed) else None


def _is_picture(data: Path, file: str) -> bool:
    return looks_like_picture_name(file) and (data / file).is_file()


def _around(file: Path) -> list[Suggestion]:
    """What was probably meant by a file: the folder that it labels, or the classes that it lies among."""
    folder = file.parent
    if file.suffix.lower() in CSV_SUFFIXES and (found := _labelled(folder, file)):
        return [_with_labels(folder, file, len(found[1]))]
    if file.is_file() and looks_like_picture_name(file.name):
        classes = _look(folder.parent).classes()
        if folder.name in classes and len(classes) > 1:
            return [_with_folder(folder.parent, len(classes))]
    return []
