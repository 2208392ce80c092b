"""A picture out of a request: the body itself, a file of a form, or base64 in JSON; none of them longer than a picture may be.

Knows requests and limits, neither models nor pictures.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
from collections.abc import AsyncGenerator, Callable

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from model.core import MAX_BYTES, too_many_bytes
from model.errors import BadUsage

AROUND = 64 << 10  # bytes of a form or a JSON document that are not the picture
HOW = (
    "Send one picture as the body (curl --data-binary @photo.jpg), as a file of a form (curl -F file=@photo.jpg), or in base64 "
    'as JSON: {"image": "..."}.'
)


Heard = Callable[[int], None]  # told the length of each block that arrives


async def picture_of(request: Request, heard: Heard = lambda length: None) -> bytes:
    """The picture in a request. Raises TooLarge, or BadUsage that says how to ask."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        return await _of_form(request, heard)
    if kind == "application/json":
        return await asyncio.to_thread(_of_json, await _body(request, (MAX_BYTES + 2) // 3 * 4 + AROUND, heard))
    return await _body(request, MAX_BYTES, heard)


async def _body(request: Request, most: int, heard: Heard) -> bytes:
    return b"".join([block async for block in _bounded(request, most, heard)])


async def _bounded(request: Request, most: int, heard: Heard) -> AsyncGenerator[bytes, None]:
    """The blocks of a body, read no further than `most` bytes. Raises TooLarge."""
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced) > most:
        raise too_many_bytes(int(announced))
    length = 0
    async for block in request.stream():
        length += len(block)
        if length > most:
            raise too_many_bytes(length)
        heard(len(block))
        yield block


class _InMemory(MultiPartParser):
    spool_max_size = MAX_BYTES + 2 * AROUND  # a stranger's photo is not written to a disk


async def _of_form(request: Request, heard: Heard) -> bytes:
    blocks = _bounded(request, MAX_BYTES + AROUND, heard)
    parser = _InMemory(request.headers, blocks, max_files=1, max_fields=8, max_part_size=AROUND)
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError, ValueError) as error:  # no boundary, two files, a picture in a field
        raise BadUsage(f"This form cannot be read. {HOW}", code="how-to-ask") from error
    try:
        for _, value in form.multi_items():
            if isinstance(value, UploadFile):
                content = await value.read()
                if len(content) > MAX_BYTES:
                    raise too_many_bytes(len(content))
                return content
    finally:
        await form.close()
    raise BadUsage(f"There is no file in this form. {HOW}", code="how-to-ask")


def _of_json(body: bytes) -> bytes:
    try:
        document = json.loads(body)
        text = document["image"]
        if text.startswith("data:"):
            text = text.partition(",")[2]
        content = base64.b64decode("".join(text.split()) if len(text.split(None, 1)) > 1 else text.strip(), validate=True)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error) as error:
        raise BadUsage(f"There is no picture in base64 in this JSON. {HOW}", code="how-to-ask") from error
    if len(content) > MAX_BYTES:
        raise too_many_bytes(len(content))
    return content
