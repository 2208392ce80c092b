"""What a figure was measured on, so that it never stands under another name: which model, which pictures, which split.

Goes with every result as `measured_on`. Knows items, no classifier. Standard library only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from model.types import Item

OF_PICTURES = ("split", "pictures", "count")


def measured_on(root: Path, items: Iterable[Item], split: str, model: str = "") -> dict[str, Any]:
    """Describe a measurement on `items` of the folder `root`: {model, split, pictures, count}.

    `model` is the SHA-256 of the export, "" where there is none. `pictures` is a digest of the pictures' names, labels and
    sizes: another label, another file or another content gives another one.
    """
    lines = sorted(_line(root, item) for item in items)
    digest = hashlib.sha256("\n".join(lines).encode("utf-8", "surrogateescape"))
    return {"model": model, "split": split, "pictures": digest.hexdigest(), "count": len(lines)}


def is_of(result: Mapping[str, Any] | None, model: str, split: str) -> bool:
    """Whether a result says that it is of this model (its SHA-256) and this split; one that says nothing is not."""
    said = (result or {}).get("measured_on") or {}
    return bool(model) and (said.get("model"), said.get("split")) == (model, split)


def of_same_pictures(one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> bool:
    """Whether two results say of themselves that they are of the very same pictures."""
    first, second = ([((result or {}).get("measured_on") or {}).get(key) for key in OF_PICTURES] for result in (one, other))
    return first[1] is not None and first == second


def _line(root: Path, item: Item) -> str:
    try:
        size = item.path.stat().st_size
    except OSError:  # it vanished since it was looked at
        size = -1
    name = item.path.relative_to(root).as_posix() if item.path.is_relative_to(root) else item.path.name
    return "\0".join((name, item.label, str(size)))
