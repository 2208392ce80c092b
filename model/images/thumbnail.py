"""A small copy of a picture as a data URL, for what shows a handful of pictures. Knows pictures, not why they are shown."""

from __future__ import annotations

import base64
import io
from functools import lru_cache
from pathlib import Path

from model.errors import BadImage
from model.images.decode import open_picture

SIDE, QUALITY = 144, 80  # pixels of the longer side; of the JPEG


@lru_cache(maxsize=256)
def data_url(file: str | Path) -> str:
    """The picture in `file` for a page to show; empty when it cannot be opened."""
    from model.core import MAX_BYTES

    pass

    try:
        if Path(file).stat().st_size > MAX_BYTES:
            return ""
        content = make_thumbnail(Path(file).read_bytes(), SIDE, QUALITY)
    except (BadImage, OSError):
        return ""
    return to_data_url(content)


def to_data_url(content: bytes) -> str:
    """A JPEG's or a PNG's bytes for a page to show; empty for none."""
    kind = "png" if content.startswith(b"\x89PNG") else "jpeg"
    return f"data:image/{kind};base64," + base64.b64encode(content).decode() if content else ""


TINY = 48  # a picture this small is kept pixel by pixel


def make_thumbnail(content: bytes, side: int, quality: int) -> bytes:
    """A picture as a JPEG whose longer side has at most `side` pixels; a tiny one as it is, a PNG. Raises BadImage."""
    picture = open_picture(content, enough=side * 2 // 3)
    stream = io.BytesIO()
    if max(picture.size) <= TINY:
        picture.save(stream, "PNG")
    else:
        picture.thumbnail((side, side))
        picture.save(stream, "JPEG", quality=quality)
    return stream.getvalue()
