"""A folder of pictures -> items with labels and splits. Knows files and names, no torch.

A dataset is a folder of class folders, or of split folders of class folders, or the word `digits`. A folder without
splits is split by a hash of each picture's bytes: the same picture never changes sides, and copies stay together.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from model.core import checksum, stays_inside
from model.data.digits import DIGITS, digits_folder
from model.data.label_csv import read_labels
from model.data.mirroring import Mirroring, guess_mirroring
from model.data.names import check_classes_differ, is_called_picture
from model.data.splits import SPLIT_NAMES, HashSplit
from model.errors import BadData
from model.images import looks_like_picture
from model.types import Item, LeftOut, Split


@dataclass(frozen=True)
class Dataset:
    """The pictures of one folder; `classes` is sorted, `left_out` lists the files that were not taken, with reasons.

    `drawn` are the splits whose pictures were drawn by a hash of their bytes; those of others lie in a folder of their own.
    """

    root: Path
    name: str
    items: tuple[Item, ...]
    classes: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    drawn: frozenset[Split] = frozenset()

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
        return {
            "refused": [{"file": str(file.path), "error": file.reason} for file in refused],
            "left_out": [{"file": str(file.path), "reason": file.reason} for file in self.left_out if file not in refused],
        }

    def of(self, split: str) -> list[Item]:
        """The items of one split, or of all. Raises BadData when there are none."""
        found = [item for item in self.items if split in ("all", item.split)]
        if not found:
            have = ", ".join(sorted({item.split for item in self.items}))
            raise BadData(f"{self.name} has no {split} pictures, only {have}: choose one of these (or all).")
        return found


def find_folder(data: str | Path) -> Path:
    """The folder that `data` names, be it a path or the word digits. Raises BadData when there is none."""
    if str(data) == DIGITS:
        return digits_folder()
    if not Path(data).is_dir():
        raise BadData(f"There is no folder {data}: give a folder with one folder of pictures per class, or the word digits.")
    return Path(data)


def visible_folders(folder: Path) -> list[str]:
    """The names of the folders in a folder, sorted, without hidden ones and links. Raises BadData."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False) and entry.name[0] != ".")
    except OSError as error:
        raise BadData(f"Cannot look into {folder} ({error.strerror}): change its permissions.") from error


def split_folders(root: Path) -> dict[str, Split]:
    """The names of the split folders of a dataset and what they are; none where the folder is not split. Raises BadData."""
    found = {name: SPLIT_NAMES[name.lower()] for name in visible_folders(root) if name.lower() in SPLIT_NAMES}
    return found if "train" in found.values() else {}


def read_dataset(
    data: str | Path, labels: Path | None = None, checksum: Callable[[Path], str] = checksum, record: bool = True
) -> Dataset:
    """List the pictures of a folder. Raises BadData with a sentence that says what a folder must look like.

    `labels` is a CSV with the columns file (relative to the folder) and label, for folders that are not sorted into class
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
        raise BadData(f"{dataset.name} has one class only ({dataset.classes[0]}): add a folder with pictures of another.")
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
    splits = split_folders(root)
    if splits:
        _check_no_class_is_a_split(root, [root / name for name, split in splits.items() if split == "train"])
        items = [item for name, side in splits.items() for item in _in_class_folders(root / name, side, left_out)]
        left_out += [
            LeftOut(f, "lies beside the split folders")
            for f in sorted(root.iterdir())
            if not f.name.startswith(".") and f.name.lower() not in SPLIT_NAMES
        ]
        if "valid" not in splits.values():
            kept = [item for item in items if item.split != "train"]
            items = kept + split([item for item in items if item.split == "train"], with_test=False)
    else:
        items = split(list(_in_class_folders(root, "train", left_out)))
    classes = tuple(sorted({item.label for item in items}))
    if not items:
        found = f"{len(left_out)} files there, but none of them" if left_out else "nothing there that"
        raise BadData(
            f"{root} holds no classes: {found} is a picture in a folder named after its class. Make one folder per "
            f"class ({name}/cats/1.jpg, {name}/dogs/1.jpg)."
        )
    check_classes_differ(classes)
    return Dataset(root, name, tuple(items), classes, tuple(left_out), _drawn(splits.values()))


def _read_labelled(root: Path, name: str, labels: Path, split: HashSplit) -> Dataset:
    items, left_out = [], []
    for file, label in read_labels(labels):
        path = root / file
        first = Path(file).parts[0].lower() if Path(file).parts else ""
        inside = stays_inside(file) and not path.is_symlink()
        reason = _reason_to_leave(path) if inside else "lies outside the folder, or is a link"
        item = Item(path, label, SPLIT_NAMES.get(first, "train"))
        if reason:
            left_out.append(LeftOut(path, reason, item if inside and path.is_file() else None))
        else:
            items.append(item)
    if not items:
        raise BadData(f"{labels} names no picture of {root}: its column file must hold paths relative to that folder.")
    splits = {item.split for item in items}
    if "valid" not in splits:
        kept = [item for item in items if item.split != "train"]
        free = [item for item in items if item.split == "train"]
        items = kept + split(free, with_test="test" not in splits)
    classes = tuple(sorted({item.label for item in items}))
    check_classes_differ(classes)
    return Dataset(root, name, tuple(items), classes, tuple(left_out), _drawn(splits if splits != {"train"} else ()))


def _drawn(given: Iterable[Split]) -> frozenset[Split]:
    """The splits that are drawn where a folder gives these: none where it has a validation part."""
    given = set(given)
    if "valid" in given:
        return frozenset()
    return frozenset({"valid"} if given else {"valid", "test"})


def _in_class_folders(folder: Path, split: Split, left_out: list[LeftOut]) -> Iterator[Item]:
    left_out += [LeftOut(f, "lies beside the class folders") for f in sorted(folder.iterdir()) if _is_visible_file(f)]
    for class_folder in [folder / name for name in visible_folders(folder)]:
        inner = [class_folder / name for name in visible_folders(class_folder)]
        left_out += [LeftOut(f, "is a folder inside a class folder: move its pictures up") for f in inner]
        for file in sorted(class_folder.iterdir()):
            if file.is_symlink():
                left_out.append(LeftOut(file, "is a link"))
            elif _is_visible_file(file):
                reason, item = _reason_to_leave(file), Item(file, class_folder.name, split)
                if reason:
                    left_out.append(LeftOut(file, reason, item))
                else:
                    yield item


def _is_visible_file(path: Path) -> bool:
    return path.is_file() and not path.name.startswith(".")


def _reason_to_leave(file: Path) -> str | None:
    try:
        with file.open("rb") as stream:
            head = stream.read(32)
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    if not head:
        return "is empty"
    return None if looks_like_picture(head) else "is not a picture"


def _check_no_class_is_a_split(root: Path, train_folders: list[Path]) -> None:
    """Refuse pictures right in a train folder beside folders that are no splits: somebody has a class of that name."""
    others = [name for name in visible_folders(root) if name.lower() not in SPLIT_NAMES]
    for folder in train_folders:
        if (
            others
            and not visible_folders(folder)
            and any(_is_visible_file(f) and not _reason_to_leave(f) for f in folder.iterdir())
        ):
            raise BadData(
                f"No class can be called “{folder.name}”, because a folder of that name means the pictures to learn from: "
                f"rename {folder} (“{folder.name}s”, say)."
            )
