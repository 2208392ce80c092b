"""A folder of pictures -> items with labels and splits. Knows files and names, no torch.

A dataset is a folder of class folders, or of split folders of class folders, or the word `digits`. A folder without
splits is split by a hash of each picture's bytes: the same picture never changes sides, and copies stay together.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from model.core import as_text, checksum, is_utf8, listing
from model.data.digits import DIGITS, digits_folder
from model.data.file_kinds import is_zip_of_pictures, no_folder
from model.data.folders import (
    LINK,
    NESTED,
    NOT_UTF8,
    holds_pictures,
    items_in_class_folders,
    reason_to_leave,
    split_folders,
    visible_folders,
)
from model.data.label_csv import read_labels
from model.data.labelled_files import FileFinder
from model.data.mirroring import Mirroring, guess_mirroring
from model.data.names import check_classes_differ, is_called_picture, is_ignored
from model.data.splits import HashSplit, split_of
from model.data.suggestions import refusal
from model.data.zip_import import opened_folder
from model.errors import BadData
from model.types import Item, LeftOut, Split


@dataclass(frozen=True)
class Dataset:
    """The pictures of one folder; `classes` is sorted, `left_out` lists the files that were not taken, with reasons.

    `drawn` are the splits whose pictures were drawn by a hash of their bytes; those of others lie in a folder of their own.
    `labels` is the CSV that the labels are from, None where they are from folders.
    """

    root: Path
    name: str
    items: tuple[Item, ...]
    classes: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    drawn: frozenset[Split] = frozenset()
    labels: Path | None = None

    @property
    def mirrorable(self) -> Mirroring:
        """Whether its pictures may be mirrored, as a guess with its reason: the one answer, for all who do not ask a person."""
        return guess_mirroring(self.classes)

    @property
    def refused(self) -> list[LeftOut]:
        """Of what was left out, the pictures that cannot be read: files of a class that are called pictures, and missing ones.

        The rest, a README say, is told and is no failure.
        """
        return [
            file
            for file in self.left_out
            if (file.item and is_called_picture(file.path.name)) or not os.path.lexists(file.path)
        ]

    def left_out_to_json(self) -> dict[str, list[dict[str, str]]]:
        """What was left out, as documents have it: `refused` as {file, error}, and the rest, `left_out`, as {file, reason}."""
        refused = self.refused
        others = [file for file in self.left_out if file not in refused]
        return {
            "refused": [{"file": as_text(str(file.path)), "error": file.reason} for file in refused],
            "left_out": [{"file": as_text(str(file.path)), "reason": file.reason} for file in others],
        }

    def of(self, split: str) -> list[Item]:
        """The items of one split, or of all. Raises BadData when there are none."""
        found = [item for item in self.items if split in ("all", item.split)]
        if not found:
            have = ", ".join(sorted({item.split for item in self.items}))
            raise BadData(f"{self.name} has no {split} pictures, only {have}: choose one of these (or all).")
        return found


def find_folder(data: str | Path) -> Path:
    """The folder that `data` names: a path, the word digits, or a zip that was opened. Raises BadData when there is none."""
    if str(data) == DIGITS:
        return digits_folder()
    path = Path(data)
    if path.is_file():
        path = opened_folder(path) or path
    if path.is_file():
        if is_zip_of_pictures(path):
            raise BadData(f"{data} is a zip archive that is not opened yet: python -m model overview {data} opens it.")
        raise no_folder(path)
    if not path.is_dir():
        raise BadData(f"There is no folder {data}: give a folder with one folder of pictures per class, or the word digits.")
    if not is_utf8(str(path.absolute())):
        raise BadData(f"The name of the folder {str(data)!a} is not UTF-8: rename it.")
    return path


def read_dataset(
    data: str | Path, labels: Path | None = None, checksum: Callable[[Path], str] = checksum, record: bool = True
) -> Dataset:
    """List the pictures of a folder. Raises BadData with a sentence that says what a folder must look like.

    `labels` is a CSV that names pictures of the folder and their classes, for folders that are not sorted into class
    folders. `checksum` gives the SHA-256 of a file, for callers who know it already. Without `record` the sides of the
    pictures are not kept in the folder: by those who only look at it.
    """
    root = find_folder(data)
    name = DIGITS if str(data) == DIGITS else root.resolve().name
    split = HashSplit(root, checksum, record)
    return _read(root, name, split) if labels is None else _read_labelled(root, name, labels, split)


def check_trainable(dataset: Dataset) -> None:
    """Refuse what nothing can be learned from: one class, or a class with no picture on either side. Raises BadData."""
    if len(dataset.classes) < 2:
        only = f"{dataset.name} has one class only ({dataset.classes[0]})"
        if dataset.labels:
            raise BadData(f"{only}, by {dataset.labels}: add rows with pictures of another.")
        raise refusal(only, dataset.root, "add a folder with pictures of another.")
    counts = Counter(item.label for item in dataset.items)
    for label in dataset.classes:
        if counts[label] < 2:
            raise BadData(
                f"The class “{label}” has {counts[label] or 'no'} usable picture: at least two are needed, one to learn from "
                "and one to check with. Add pictures, or remove the folder."
            )
        if not any(item.label == label and item.split == "train" for item in dataset.items):
            raise BadData(f"The class “{label}” has no picture to learn from: put some in the train folder.")
    if not any(item.split == "valid" for item in dataset.items):
        raise BadData(f"{dataset.name} has no pictures to check with: put some in {dataset.root / 'valid'}.")


def _read(root: Path, name: str, split: HashSplit) -> Dataset:
    left_out: list[LeftOut] = []
    given: set[Split] = set()
    splits = split_folders(root)
    if splits:
        _check_no_class_is_a_split(root, [root / name for name, split in splits.items() if split == "train"])
        items = [item for name, side in splits.items() for item in items_in_class_folders(root / name, side, left_out)]
        outer = {name.partition("/")[0] for name in splits}
        for file in sorted(root.iterdir()):
            if not is_ignored(file.name) and file.name not in outer:
                left_out.append(LeftOut(file, _reason_beside_splits(file)))
        given = {*splits.values()}
        if not _has_valid(root, [name for name, side in splits.items() if side == "valid"]):
            given.discard("valid")
            kept = [item for item in items if item.split != "train"]
            items = kept + split([item for item in items if item.split == "train"], with_test=False)
    else:
        items = split(list(items_in_class_folders(root, "train", left_out)))
    classes = tuple(sorted({item.label for item in items}))
    if not items:
        raise refusal(f"{root} holds no classes: {_what_is_there(left_out)}", root, _how_to_sort(left_out, name))
    check_classes_differ(classes)
    return Dataset(root, name, tuple(items), classes, tuple(left_out), _drawn(given))


def _what_is_there(left_out: list[LeftOut]) -> str:
    holding = sorted({file.path.parent.name for file in left_out if file.reason == NESTED})
    if holding:
        return f"{listing(holding, 'and')} {'holds' if len(holding) == 1 else 'hold'} folders in the place of pictures"
    found = f"{len(left_out)} files there, but none of them" if left_out else "nothing there that"
    return f"{found} is a picture in a folder named after its class"


def _how_to_sort(left_out: list[LeftOut], name: str) -> str:
    if left_out and all(file.reason == LINK for file in left_out):
        return f"links are not followed: copy what they lead to (cp -rL {name} {name}-copy), and give that."
    return f"make one folder per class ({name}/cats/1.jpg, {name}/dogs/1.jpg)."


def _reason_beside_splits(file: Path) -> str:
    if not is_utf8(file.name):
        return NOT_UTF8
    return LINK if file.is_symlink() and split_of(file.name) else "lies beside the split folders"


def _has_valid(root: Path, folders: list[str]) -> bool:
    """Whether pictures to check with have a folder; one of loose pictures, whose classes nobody knows, is none."""
    return any(visible_folders(root / name) or not holds_pictures(root / name) for name in folders)


def _read_labelled(root: Path, name: str, labels: Path, split: HashSplit) -> Dataset:
    items, left_out = [], []
    finder, answers = FileFinder(root, labels), defaultdict[str, list[str]](list)
    reasons: dict[str, str | None] = {}
    for file, label in read_labels(labels):
        found = finder.find(file)
        answers[found.file].append(label)
        reasons[found.file] = found.reason
    for file, given in answers.items():
        path, several = root / file, sorted(set(given))
        item = Item(path, given[0], split_of(file.partition("/")[0]) or "train")
        reason = reasons[file] or reason_to_leave(path)
        if reason:
            left_out.append(LeftOut(path, reason, item if not reasons[file] and path.is_file() else None))
        elif len(several) > 1:
            left_out.append(LeftOut(path, f"has {len(several)} labels in {labels.name} ({listing(several, 'and')}): keep one"))
        else:
            items.append(item)
    if not items:
        why = f" ({left_out[0].path.name} {left_out[0].reason})" if left_out else ""
        raise BadData(f"{labels} names no picture of {root}{why}: its column of file names must hold paths from that folder.")
    splits = {item.split for item in items}
    if "valid" not in splits:
        kept = [item for item in items if item.split != "train"]
        free = [item for item in items if item.split == "train"]
        items = kept + split(free, with_test="test" not in splits)
    classes = tuple(sorted({item.label for item in items}))
    check_classes_differ(classes)
    return Dataset(root, name, tuple(items), classes, tuple(left_out), _drawn(splits if splits != {"train"} else ()), labels)


def _drawn(given: Iterable[Split]) -> frozenset[Split]:
    """The splits that are drawn where a folder gives these: none where it has a validation part."""
    given = set(given)
    if "valid" in given:
        return frozenset()
    return frozenset({"valid"} if given else {"valid", "test"})


def _check_no_class_is_a_split(root: Path, train_folders: list[Path]) -> None:
    """Refuse pictures right in a train folder beside folders that are no splits: somebody has a class of that name."""
    others = [name for name in visible_folders(root) if not split_of(name)]
    for folder in train_folders:
        if others and not visible_folders(folder) and holds_pictures(folder):
            raise refusal(
                f"No class can be called “{folder.name}”, because a folder of that name means the pictures to learn from",
                root,
                f"rename {folder} (“{folder.name}s”, say).",
            )
