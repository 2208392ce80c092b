"""A small copy of a picture as a data URL, for what shows a handful of pictures. Knows pictures, not why they are shown."""

from __future__ import annotations

import base64
from functools import lru_cache
from pathlib import Path

from model.errors import BadImage

SIDE, QUALITY = 144, 80  # pixels of the longer side; of the JPEG


@lru_cache(maxsize=256)
def data_url(file: str | Path) -> str:
    """The picture in `file` for a page to show; empty when it cannot be opened."""
    from model.limits import MAX_BYTES
    from model.thumbnailer import shrunk

    try:
        if Path(file).stat().st_size > MAX_BYTES:
            return ""
        content = shrunk(Path(file).read_bytes(), SIDE, QUALITY)
    except (BadImage, OSError):
        return ""
    return as_url(content)


def as_url(content: bytes) -> str:
    """A JPEG's or a PNG's bytes for a page to show; empty for none."""
    kind = "png" if content.startswith(b"\x89PNG") else "jpeg"
    return f"data:image/{kind};base64," + base64.b64encode(content).decode() if content else ""
