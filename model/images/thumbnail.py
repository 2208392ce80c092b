"""Small copies of pictures to show, as JPEGs: of bytes, of a file (a worker's task), as a data URL. Knows no folder."""

from __future__ import annotations

import base64
import io
from functools import lru_cache
from pathlib import Path
from typing import Any

from PIL import Image

from model.core import MAX_BYTES, checksum_of, too_many_bytes
from model.errors import BadImage
from model.images.decode import open_picture

SIDE, QUALITY = 144, 80  # pixels of the longer side of a data URL's picture; quality of its JPEG
TINY = 48  # a picture this small is kept pixel by pixel


def make_thumbnail(content: bytes, side: int, quality: int) -> bytes:
    """A picture as a JPEG whose longer side has at most `side` pixels; a tiny one as it is, a PNG. Raises BadImage."""
    picture = open_picture(content, enough=side * 2 // 3)
    if max(picture.size) > TINY:
        return to_jpeg(picture, side, quality)
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


def to_jpeg(picture: Image.Image, side: int, quality: int = QUALITY) -> bytes:
    """An opened picture as a JPEG whose longer side has at most `side` pixels."""
    small, stream = picture.copy(), io.BytesIO()
    small.thumbnail((side, side))
    small.save(stream, "JPEG", quality=quality)
    return stream.getvalue()


def thumbnail_file(request: dict[str, Any], _: bytes) -> tuple[dict[str, str], bytes]:
    """The worker's task: a `file`, a `side` and a `quality` to the file's `sha256` (empty: unread), a `problem` or the JPEG.

    A picture that cannot be opened has a SHA-256 all the same, so that its problem can be kept.
    """
    told = {"sha256": "", "problem": ""}
    try:
        content = read_content(request["file"])
        told["sha256"] = checksum_of(content)
        return told, make_thumbnail(content, request["side"], request["quality"])
    except BadImage as error:
        return {**told, "problem": str(error)}, b""


@lru_cache(maxsize=256)
def data_url(file: str | Path) -> str:
    """The picture in `file` for a page to show; empty when it cannot be opened."""
    try:
        return to_data_url(make_thumbnail(read_content(file), SIDE, QUALITY))
    except BadImage:
        return ""


def to_data_url(content: bytes) -> str:
    """A JPEG's or a PNG's bytes for a page to show; empty for none."""
    kind = "png" if content.startswith(b"\x89PNG") else "jpeg"
    return f"data:image/{kind};base64," + base64.b64encode(content).decode() if content else ""


def read_content(file: str | Path) -> bytes:
    """The bytes of a picture's file, for who decodes them elsewhere. Raises BadImage."""
    try:
        with open(file, "rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise BadImage(f"This file cannot be read ({error.strerror}): it was moved or deleted, or may not be read.") from error
    if len(content) > MAX_BYTES:
        raise too_many_bytes(len(content))
    return content
