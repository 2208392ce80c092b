"""A worker that makes small pictures: `python -m model.images.thumbnailer` reads requests, opens the files, answers with JPEGs.

It has little memory, and ends by itself when nobody asks; whoever started it sees to it that it takes little time. Little
is imported, for a person waits for its start.
"""

from __future__ import annotations

import hashlib
import json
import select
import struct
import sys
from typing import BinaryIO

from model.core import MAX_BYTES, limit_memory, too_many_bytes
from model.errors import BadImage
from model.images.thumbnail import make_thumbnail

IDLE_SECONDS = 60
REQUEST = struct.Struct("!I")  # length of the request, a JSON document: file, side, quality
ANSWER = struct.Struct("!B32sI")  # whether it was refused, the SHA-256 of the file (zeros: unread), length of what follows


def _serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer until nobody asks for IDLE_SECONDS, or nobody is left."""
    answers.write(b"!")
    answers.flush()
    while select.select([requests], [], [], IDLE_SECONDS)[0]:
        head = requests.read(REQUEST.size)
        if not head:
            return
        request = json.loads(requests.read(*REQUEST.unpack(head)))
        digest = bytes(32)
        try:
            content = _content(request["file"])
            digest = hashlib.sha256(content).digest()
            payload, refused = make_thumbnail(content, request["side"], request["quality"]), False
        except BadImage as error:
            payload, refused = str(error).encode(), True
        answers.write(ANSWER.pack(refused, digest, len(payload)) + payload)
        answers.flush()


def _content(file: str) -> bytes:
    try:
        with open(file, "rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise BadImage(f"This file cannot be read ({error.strerror}): it was moved or deleted, or may not be read.") from error
    if len(content) > MAX_BYTES:
        raise too_many_bytes(len(content))
    return content


if __name__ == "__main__":
    limit_memory()
    try:
        _serve(sys.stdin.buffer, sys.stdout.buffer)
    except (BrokenPipeError, KeyboardInterrupt):  # whoever asked is gone
        sys.exit(0)
