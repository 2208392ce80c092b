"""Small copies of pictures to show, as JPEGs: of bytes, and of a file, which is a worker's task. Knows no folder."""

from __future__ import annotations

import hashlib
import io
from typing import Any

from model.errors import BadImage
from model.images import open_picture
from model.limits import MAX_BYTES, too_many_bytes

TINY = 48  # a picture this small is kept pixel by pixel


def shrunk(content: bytes, side: int, quality: int) -> bytes:
    """A picture as a JPEG whose longer side has at most `side` pixels; a tiny one as it is, a PNG. Raises BadImage."""
    picture = open_picture(content, enough=side * 2 // 3)
    stream = io.BytesIO()
    if max(picture.size) <= TINY:
        picture.save(stream, "PNG")
    else:
        picture.thumbnail((side, side))
        picture.save(stream, "JPEG", quality=quality)
    return stream.getvalue()


def thumbnail(request: dict[str, Any], _: bytes) -> tuple[dict[str, str], bytes]:
    """The worker's task: a `file`, a `side` and a `quality` to the file's `sha256` (empty: unread), a `problem` or the JPEG.

    A picture that cannot be opened has a SHA-256 all the same, so that its problem can be kept.
    """
    told = {"sha256": "", "problem": ""}
    try:
        content = _content(request["file"])
        told["sha256"] = hashlib.sha256(content).hexdigest()
        return told, shrunk(content, request["side"], request["quality"])
    except BadImage as error:
        return {**told, "problem": str(error)}, b""


def _content(file: str) -> bytes:
    try:
        with open(file, "rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise BadImage(f"This file cannot be read ({error.strerror}): it was moved or deleted, or may not be read.") from error
    if len(content) > MAX_BYTES:
        raise too_many_bytes(len(content))
    return content
