"""The pictures that a CSV names, found in a folder: by their paths, without extensions, or by what they are called.

Knows names and folders; opens no picture.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath

from model.core import is_utf8, stays_inside
from model.data.names import is_ignored
from model.data.splits import split_of

DEEPEST = 4  # folders below the root that are searched for a picture
MOST = 5_000_000  # files that are listed for that
OUTSIDE = "lies outside the folder, or is a link"


@dataclass(frozen=True)
class FoundFile:
    """What a CSV names: its path relative to the folder, in POSIX form, and why it cannot be taken, None where it can."""

    file: str
    reason: str | None = None


class FileFinder:
    """Finds the pictures of a folder by the names in a CSV.

    A name may be the path from the folder, with or without its extension; the end of that path (`1.jpg` for `images/1.jpg`);
    or a path of somewhere else that ends in it (`/kaggle/input/pets/images/1.jpg`). Nothing outside the folder is ever found.
    Of several that a name fits, the one on the side of the split that the CSV is named after (`train.csv`).
    """

    def __init__(self, root: Path, labels: Path | None = None, most: int = MOST):
        """`labels` is the CSV; `most` files of the folder are looked at."""
        self._root, self._side, self._most = root, _side_of(labels), most
        self._by_end: dict[str, list[str]] | None = None

    def find(self, name: str) -> FoundFile:
        """The file that a name means; with a reason where there is none, or several."""
        plain = PurePosixPath(name).as_posix()
        if stays_inside(plain) and os.path.lexists(self._root / plain) and not (self._root / plain).is_dir():
            return FoundFile(plain, OUTSIDE if (self._root / plain).is_symlink() else None)
        clean = PurePosixPath(re.sub(r"^[A-Za-z]:", "", name.strip().replace("\\", "/"))).as_posix()
        found = self._ending_in(clean) or self._ended_by(clean)
        if len(found) > 1 and self._side:
            found = [file for file in found if split_of(file.partition("/")[0]) == self._side] or found
        if len(found) == 1:
            return FoundFile(found[0])
        if found:
            return FoundFile(plain, f"could be {found[0]} or {found[1]}: write the path from the folder into the CSV")
        return FoundFile(plain, None if stays_inside(plain) else OUTSIDE)

    def _ending_in(self, name: str) -> list[str]:
        """Files whose path is the name, or ends in it, with their extension or without."""
        if not stays_inside(name):
            return []
        ends = self._ends().get(name.rpartition("/")[2], [])
        return [file for file in ends if any(f"/{path}".endswith(f"/{name}") for path in (file, _without_suffix(file)))]

    def _ended_by(self, name: str) -> list[str]:
        """Files whose whole path is the end of the name, after the folder's own name or with a folder of theirs."""
        ends = self._ends().get(name.rpartition("/")[2], [])

        def is_end(file: str) -> bool:
            before = name.removesuffix(f"/{file}") if name.endswith(f"/{file}") else ""
            return bool(before or name == f"/{file}") and ("/" in file or PurePosixPath(before).name in (self._root.name, ".."))

        return [file for file in ends if is_end(file) or is_end(_without_suffix(file))]

    def _ends(self) -> dict[str, list[str]]:
        """The files of the folder by their names, and by these without extension; listed once, when first asked for."""
        if self._by_end is None:
            self._by_end = defaultdict(list)
            for file in sorted(islice(_files(self._root, "", DEEPEST), self._most)):
                name = file.rpartition("/")[2]
                for end in dict.fromkeys((name, _without_suffix(name))):
                    self._by_end[end].append(file)
        return self._by_end


def _files(folder: Path, prefix: str, deepest: int) -> Iterator[str]:
    folders: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if is_ignored(entry.name) or not is_utf8(entry.name):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.name)
                elif entry.is_file(follow_symlinks=False):
                    yield prefix + entry.name
    except OSError:  # one that may not be looked into holds nothing for us
        pass
    for name in folders if deepest else ():
        yield from _files(folder / name, f"{prefix}{name}/", deepest - 1)


def _without_suffix(file: str) -> str:
    stem, dot, end = file.rpartition(".")
    return stem if dot and "/" not in end and stem and not stem.endswith("/") else file


def _side_of(labels: Path | None) -> str | None:
    """The side of the split that a CSV is named after."""
    words = re.split(r"[\W_]+", labels.stem.lower()) if labels else []
    return next((side for word in words if (side := split_of(word))), None)
