"""A JSON document that carries the checksum of all else in it, so that a damaged one is seen. Standard library only."""

from __future__ import annotations

import json
from typing import Any

from model.core import checksum_of

LENGTH = 64  # letters of a SHA-256 in hexadecimal


def seal(document: dict[str, Any], key: str) -> dict[str, Any]:
    """The document, with its checksum as the last of its keys, `key`."""
    return {**document, key: _checksum(document)}


def opened(document: dict[str, Any], key: str) -> dict[str, Any]:
    """What `seal` was given. Raises ValueError where the document is no longer that, or carries no checksum."""
    rest = {name: value for name, value in document.items() if name != key}
    if document.get(key) != _checksum(rest):
        raise ValueError(f"The checksum {key} is not that of the document.")
    return rest


def is_sealed(document: dict[str, Any], key: str, *others: str) -> bool:
    """Whether a document carries a checksum besides those called `others`; one under a damaged name counts, too."""
    return key in document or any(
        isinstance(value, str) and len(value) == LENGTH for name, value in document.items() if name not in others
    )


def _checksum(document: dict[str, Any]) -> str:
    return checksum_of(json.dumps(document, sort_keys=True).encode())
