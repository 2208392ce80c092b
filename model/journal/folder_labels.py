"""Labels by class folders: which class a picture is filed under, and where it goes under another. Moves nothing.

Knows names and folders; no marks, no database. Files are named by their paths relative to the folder, in POSIX form.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from model.catalog import INBOX
from model.core import free_name, is_utf8, leads_inside, one_line
from model.data import is_folder_name, split_folders, visible_folders
from model.errors import BadData
from model.types import Change


class FolderLabels:
    """A folder of class folders, or of split folders of class folders."""

    def __init__(self, root: Path):
        self._root = root

    def label(self, file: str) -> str | None:
        """The class that a picture is filed under; None for a photo of the inbox."""
        return None if in_inbox(file) else PurePosixPath(file).parent.name

    def classes(self) -> set[str]:
        """The classes there are, those without a picture among them."""
        folders = split_folders(self._root) or [""]
        return {name for folder in folders for name in visible_folders(self._root / folder) if is_utf8(name)}

    def unlabelled(self, files: Iterable[str]) -> list[str]:
        """Those of these files that this knows no label of, nor how to give them one: they lie in no class folder."""
        splits = split_folders(self._root)

        def is_filed(file: str) -> bool:
            *folders, name = file.split("/")
            depth = "/".join(folders[:-1]) in splits if splits else len(folders) == 1
            return in_inbox(file) or (depth and not any(part.startswith(".") for part in (*folders, name)))

        return [file for file in files if not is_filed(file)]

    def destinations(self, changes: Iterable[Change], trash: str) -> dict[str, str]:
        """Where each changed picture goes: its new class folder, under a free name, or the trash. Raises BadData."""
        taken: set[str] = set()
        train = self._train()
        destinations = {}
        for change in changes:
            if change.label is not None and not is_folder_name(change.label):  # the label of a CSV may be anything
                raise BadData(f"Nothing was applied, because “{one_line(change.label)}” cannot be the name of a class folder.")
            destination = f"{trash}/{change.file}" if change.label is None else _under(change.file, change.label, train)
            if not leads_inside(self._root, os.path.dirname(destination)):
                raise BadData(
                    f"Nothing was applied, because {one_line(destination)} would lie behind a link or a file: move that away."
                )
            destinations[change.file] = destination if change.label is None else free_name(self._root, destination, taken)
        return destinations

    def unreachable(self, labels: Mapping[str, str]) -> list[str]:
        """The folders that pictures with these new labels, by their files, would go to, and cannot: links, or no folders."""
        train = self._train()
        folders = dict.fromkeys(os.path.dirname(_under(file, label, train)) for file, label in labels.items())
        return [folder for folder in folders if not leads_inside(self._root, folder)]

    def _train(self) -> str:
        return next((folder for folder, split in split_folders(self._root).items() if split == "train"), "")


def _under(file: str, label: str, train: str) -> str:
    """Where a picture would lie as one of a class; one of the inbox beside those that are trained on."""
    split = train if in_inbox(file) else PurePosixPath(file).parent.parent
    return str(PurePosixPath(split, label, PurePosixPath(file).name))


def in_inbox(file: str) -> bool:
    """Whether a file is a photo of the inbox, by its name."""
    return file.startswith(f"{INBOX}/") and file.count("/") == INBOX.count("/") + 1
