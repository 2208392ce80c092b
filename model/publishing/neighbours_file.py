"""Training pictures that a page without a server shows under "why", as one file: an index, features in half precision, JPEGs.

`widgets/static/neighbours.js` reads it. Knows what is kept beside a model for visitors, no page.
"""

from __future__ import annotations

import json
from itertools import accumulate
from pathlib import Path

from model.explanation import Neighbours, neighbours_beside


def for_visitors(export: Path, sha256: str) -> Neighbours | None:
    """The training pictures of the export with this checksum that its owner lets visitors see. Raises AppError."""
    file = neighbours_beside(export)
    kept = Neighbours.load(file, sha256) if file.is_file() else None
    return kept if kept and kept.for_visitors else None


def as_file(kept: Neighbours) -> bytes:
    """The length of the index (4 bytes), the index as JSON, the features row by row, the pictures."""
    index = {
        "width": kept.features.shape[1],
        "labels": kept.labels,
        "ends": list(accumulate(len(picture) for picture in kept.pictures)),
    }
    head = json.dumps(index, ensure_ascii=False).encode()
    return b"".join([len(head).to_bytes(4, "little"), head, kept.features.astype("<f2").tobytes(), *kept.pictures])
