"""What lies in a folder of pictures, before anything is learned from it. Knows datasets, no screen and no torch."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import count, zip_longest
from pathlib import Path
from typing import Any

from model.core import as_text, checksum
from model.data import dataset
from model.data.dataset import Dataset
from model.data.digits import DIGITS
from model.data.sizes import shorter_sides
from model.data.suggestions import suggest
from model.errors import BadData
from model.images import data_url
from model.jobs import Report
from model.types import Item, Split

SHOWN = 10  # pictures
NAMED = 20  # files that are named for each reason to leave them out
PACE = 200  # pictures between two reports
SPLITS: tuple[Split, ...] = ("train", "valid", "test")


def summarize(data: str, report: Report = lambda event: None, labels: Path | None = None) -> dict[str, Any]:
    """Describe the folder `data`: its classes, counts, some pictures, what is left out. Raises BadData.

    `data` and `labels` are the folder and the CSV as they were given; `suggestions` are what was probably meant rather,
    {data, labels, sentence} each, where something was.
    `classes` is a list of {label, train, valid, test}; `pictures` of {file, label, thumbnail}, a data URL each; `left_out`
    of {reason, count, files}; `problem` is why one cannot train on it, empty where one can; `side` is the shorter side of the
    middle one in pixels; `mirrorable` {allowed, sentence} is the guess whether they may be mirrored. Reports {"event":
    "looking", "pictures"}, how many so far.
    """
    looked = count(1)

    def counted(file: Path) -> str:
        number = next(looked)
        if number % PACE == 0:
            report({"event": "looking", "pictures": number})
        return checksum(file)

    pictures = dataset.read_dataset(data, labels, counted, record=False)
    counts = Counter((item.label, item.split) for item in pictures.items)
    return {
        "data": str(data),
        "labels": str(labels or ""),
        "name": pictures.name,
        "count": len(pictures.items),
        "classes": [{"label": label, **{split: counts[label, split] for split in SPLITS}} for label in pictures.classes],
        "pictures": list(_some(pictures)),
        "left_out": _left_out(pictures),
        "problem": _problem(pictures),
        "side": _middle(shorter_sides([item for item in pictures.items if item.split == "train"])),
        "suggestions": [] if labels or str(data) == DIGITS else [asdict(found) for found in suggest(pictures.root)],
        "mirrorable": asdict(pictures.mirrorable),
    }


def _some(pictures: Dataset) -> Iterator[dict[str, str]]:
    """SHOWN pictures that can be opened, from as many classes as there are, of those that will be learned from."""
    by_class: dict[str, list[Item]] = defaultdict(list)
    for item in pictures.items:
        if item.split == "train":
            by_class[item.label].append(item)
    evenly = [items[:: max(1, len(items) // SHOWN)] for items in by_class.values()]
    found = 0
    for item in (item for turn in zip_longest(*evenly) for item in turn if item):
        thumbnail = data_url(item.path)
        if thumbnail:
            yield {"file": str(item.path), "label": item.label, "thumbnail": thumbnail}
            found += 1
        if found == SHOWN:
            return


def _middle(sides: Sequence[int]) -> int:
    return sorted(sides)[len(sides) // 2] if sides else 0


def _left_out(pictures: Dataset) -> list[dict[str, Any]]:
    by_reason: dict[str, list[str]] = defaultdict(list)
    for file in pictures.left_out:
        by_reason[file.reason].append(as_text(file.path.relative_to(pictures.root).as_posix()))
    return [
        {"reason": reason, "count": len(files), "files": files[:NAMED]}
        for reason, files in sorted(by_reason.items(), key=lambda pair: -len(pair[1]))
    ]


def _problem(pictures: Dataset) -> str:
    try:
        dataset.check_trainable(pictures)
    except BadData as error:
        return str(error)
    return ""
