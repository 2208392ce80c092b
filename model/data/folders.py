"""A folder looked into: its class folders and split folders, what is taken of them and what is left out. No labels by CSV.

Knows files and names, no pixels beyond the first bytes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from model.core import is_utf8
from model.data.names import is_ignored
from model.data.splits import split_of
from model.errors import BadData
from model.images import looks_like_picture
from model.types import Item, LeftOut, Split

NOT_UTF8 = "its name is not UTF-8: rename it"
NESTED = "is a folder inside a class folder: its pictures are not taken"
LINK = "is a link: put the pictures themselves there"
DEEPEST = 3  # folders of one name, one in the other, that are passed through to the classes of a split


def visible_folders(folder: Path) -> list[str]:
    """The names of the folders in a folder, sorted, without hidden ones, links and names that are no text. Raises BadData."""
    try:
        with os.scandir(folder) as entries:
            return sorted(
                entry.name
                for entry in entries
                if entry.is_dir(follow_symlinks=False) and not is_ignored(entry.name) and is_utf8(entry.name)
            )
    except OSError as error:
        raise _unreadable(folder, error) from error


def split_folders(root: Path) -> dict[str, Split]:
    """The split folders of a dataset, as paths from it, and what they are; none where the folder is not split. Raises BadData.

    A split folder that holds nothing but one more folder (`training_set/training_set`, `train/images`) is that one, where the
    classes lie in it.
    """
    found = {name: split for name in visible_folders(root) if (split := split_of(name))}
    if "train" not in found.values():
        return {}
    return {_innermost(root, name, split): split for name, split in found.items()}


def items_in_class_folders(folder: Path, split: Split, left_out: list[LeftOut]) -> Iterator[Item]:
    """The pictures of each class folder in a folder; what is not taken is added to `left_out`, with its reason."""
    for file in _entries(folder):
        if reason := _reason_beside_classes(file):
            left_out.append(LeftOut(file, reason))
    for class_folder in [folder / name for name in visible_folders(folder)]:
        for file in _entries(class_folder):
            if file.is_symlink():
                left_out.append(LeftOut(file, LINK))
            elif not is_utf8(file.name):
                left_out.append(LeftOut(file, NOT_UTF8))
            elif file.is_dir():
                left_out.append(LeftOut(file, NESTED))
            elif file.is_file():
                reason, item = reason_to_leave(file), Item(file, class_folder.name, split)
                if reason:
                    left_out.append(LeftOut(file, reason, item))
                else:
                    yield item


def reason_to_leave(file: Path) -> str | None:
    """Why a file cannot be a picture, by its first bytes; None where it can."""
    try:
        with file.open("rb") as stream:
            head = stream.read(32)
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    if not head:
        return "is empty"
    return None if looks_like_picture(head) else "is not a picture"


def holds_pictures(folder: Path) -> bool:
    """Whether a picture lies right in a folder."""
    return any(not file.is_symlink() and file.is_file() and not reason_to_leave(file) for file in _entries(folder))


def _entries(folder: Path) -> list[Path]:
    """What lies in a folder, sorted, without what nobody means. Raises BadData."""
    try:
        return sorted(file for file in folder.iterdir() if not is_ignored(file.name))
    except OSError as error:
        raise _unreadable(folder, error) from error


def _unreadable(folder: Path, error: OSError) -> BadData:
    return BadData(f"Cannot look into {folder} ({error.strerror}): change its permissions.")


def _reason_beside_classes(file: Path) -> str | None:
    """Why what lies beside the class folders is left out; None for a class folder."""
    if file.is_symlink():
        return LINK if file.is_dir() else "lies beside the class folders"
    if file.is_dir():
        return None if is_utf8(file.name) else NOT_UTF8
    return "lies beside the class folders" if file.is_file() else None


def _innermost(root: Path, name: str, split: Split) -> str:
    for _ in range(DEEPEST):
        inside = visible_folders(root / name)
        if len(inside) != 1:
            break
        deeper = visible_folders(root / name / inside[0])
        if not deeper or (split_of(inside[0]) != split and (len(deeper) < 2 or holds_pictures(root / name / inside[0]))):
            break
        name = f"{name}/{inside[0]}"
    return name
