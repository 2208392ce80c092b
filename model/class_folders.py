"""Labels by class folders: which class a picture is filed under, and where it goes under another. Moves nothing.

Knows names and folders; no marks, no database. Files are named by their paths relative to the folder, in POSIX form.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from model import dataset
from model.catalogue import INBOX
from model.dataset import SPLIT_NAMES
from model.errors import BadData, BadUsage
from model.types import Change
from model.wording import one_line

LONGEST_NAME = 200  # bytes; file systems take 255


class ClassFolders:
    """A folder of class folders, or of split folders of class folders."""

    def __init__(self, root: Path):
        self._root = root

    def label(self, file: str) -> str | None:
        """The class that a picture is filed under; None for a photo of the inbox."""
        return None if in_inbox(file) else PurePosixPath(file).parent.name

    def classes(self) -> set[str]:
        """The classes there are, those without a picture among them."""
        splits = self._splits()
        return {name for folder in splits or [""] for name in _folders(self._root / folder) if _is_text(name)}

    def strangers(self, files: Iterable[str]) -> list[str]:
        """Those of these files that this knows no label of, nor how to give them one: they lie in no class folder."""
        splits = self._splits()

        def is_filed(file: str) -> bool:
            *folders, name = file.split("/")
            depth = len(folders) == 2 and folders[0] in splits if splits else len(folders) == 1
            return in_inbox(file) or (depth and not any(part.startswith(".") for part in (*folders, name)))

        return [file for file in files if not is_filed(file)]

    def places(self, changes: Iterable[Change], trash: str) -> dict[str, str]:
        """Where each changed picture goes: its new class folder, under a free name, or the trash. Raises BadData."""
        taken: set[str] = set()
        train = next((folder for folder, split in self._splits().items() if split == "train"), "")
        places = {}
        for change in changes:
            before = PurePosixPath(change.file)
            if change.label is not None and not _is_folder_name(change.label):  # the label of a CSV may be anything
                raise BadData(f"Nothing was applied, for “{one_line(change.label)}” cannot be the name of a class folder.")
            if change.label is None:
                place = f"{trash}/{change.file}"
            else:
                split = train if in_inbox(change.file) else before.parent.parent
                place = str(PurePosixPath(split, change.label, before.name))
            if not leads_inside(self._root, os.path.dirname(place)):
                raise BadData(f"Nothing was applied, for {one_line(place)} would lie behind a link or a file: move that away.")
            places[change.file] = place if change.label is None else free_name(self._root, place, taken)
        return places

    def _splits(self) -> dict[str, str]:
        """The split folders and what they are, none where the folder is not split."""
        found = {name: SPLIT_NAMES[name.lower()] for name in _folders(self._root) if name.lower() in SPLIT_NAMES}
        return found if "train" in found.values() else {}


def check_new(label: str, classes: Iterable[str]) -> None:
    """Refuse what cannot be the name of a new class beside these. Raises BadUsage."""
    if not label.strip():
        raise BadUsage("A class needs a name: type at least one letter.")
    if not label.isprintable() or "\\" in label or label != label.strip() or not _is_folder_name(label):
        raise BadUsage(
            f"“{ascii(label)[1:-1]}” cannot be the name of a class: use letters, digits and spaces between them, "
            "no slash, no leading dot, no line break."
        )
    if len(os.fsencode(label)) > LONGEST_NAME:
        raise BadUsage(f"“{label[:20]}…” is too long for the name of a class: shorten it.")
    if label.lower() in SPLIT_NAMES:
        raise BadUsage(f"“{label}” names a side of the split, not a class: choose another name.")
    for other in classes:
        if dataset.plain(other) == dataset.plain(label):
            raise BadUsage(f"“{label}” and the class “{other}” differ only by case or spaces: use “{other}”.")


def in_inbox(file: str) -> bool:
    """Whether a file is a photo of the inbox, by its name."""
    return file.startswith(f"{INBOX}/") and file.count("/") == INBOX.count("/") + 1


def find(root: Path, file: str) -> os.stat_result | None:
    """The regular file of that name, reached through real folders; None where there is a link, another thing or nothing.

    Names that are no text (in UTF-8) are none either, for the catalogue cannot hold them.
    """
    if not file or PurePosixPath(file).is_absolute() or str(PurePosixPath(file)) != file or ".." in file.split("/"):
        return None
    try:
        found = os.lstat(root / file)
    except (OSError, ValueError):  # a name with a null is no name
        return None
    return found if _is_text(file) and stat.S_ISREG(found.st_mode) and leads_inside(root, os.path.dirname(file)) else None


def leads_inside(root: Path, folder: str) -> bool:
    """Whether each part of a path is a folder and no link, or is not there yet."""
    path = str(root)
    for part in folder.split("/") if folder else ():
        path = os.path.join(path, part)
        try:
            if not stat.S_ISDIR(os.lstat(path).st_mode):
                return False
        except OSError:
            return True
    return True


def is_file(path: Path) -> bool:
    """Whether that is a regular file, and no link to one."""
    return path.is_file() and not path.is_symlink()


def is_free(root: Path, file: str) -> bool:
    """Whether a file can be put there: nothing has the name, and no link leads there."""
    return leads_inside(root, os.path.dirname(file)) and not os.path.lexists(root / file)


def free_name(root: Path, file: str, taken: set[str]) -> str:
    """The name itself, or with -2, -3 ... where it is there or among `taken`, to which it is added.

    Names that differ by case alone count as the same, for on some file systems they are.
    """
    path = PurePosixPath(file)
    name, number = file, 1
    while name.casefold() in taken or os.path.lexists(root / name):
        number += 1
        name = str(path.with_name(f"{path.stem}-{number}{path.suffix}"))
    taken.add(name.casefold())
    return name


def _is_folder_name(label: str) -> bool:
    """Whether that names a folder inside another, and none beside or above it."""
    return bool(label) and "/" not in label and not label.startswith(".") and "\x00" not in label


def _is_text(name: str) -> bool:
    try:
        return bool(name.encode())
    except UnicodeEncodeError:
        return False


def _folders(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False) and entry.name[0] != ".")
    except OSError as error:
        raise BadData(f"Cannot look into {folder} ({error.strerror}): change its permissions.") from error
