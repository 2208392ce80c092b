"""What lies around the pixels of a file: pieces that change no pixel, and a JPEG that breaks off. Bytes only."""

from __future__ import annotations

import re
from typing import NamedTuple

PNG = b"\x89PNG\r\n\x1a\n"
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_SHOWN = (b"IHDR", b"PLTE", b"tRNS", b"eXIf", b"IDAT", b"IEND")  # without the others a PNG looks the same
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")  # within a scan, FF 00 is a value and FF D0 to FF D7 part it
_END, _SCAN = 0xD9, 0xDA
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_FINEST = 63  # the last of the 64 coefficients of a block


def is_jpeg(data: bytes) -> bool:
    return data[:3] == b"\xff\xd8\xff"


def is_heic(data: bytes) -> bool:
    """Whether the first bytes are those of HEIC, or of a container that may hold it."""
    return data[4:8] == b"ftyp" and data[8:12] in HEIC_BRANDS


def shown_of_png(data: bytes) -> bytes:
    """A PNG without the pieces that change no pixel, so that none of these can keep it from being opened; else `data`."""
    if not data.startswith(PNG):
        return data
    kept, at = [PNG], len(PNG)
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        if data[at + 4 : at + 8] in _SHOWN or end > len(data):
            kept.append(data[at:end])
        if data[at + 4 : at + 8] == b"IEND":
            return b"".join(kept)
        at = end
    return b"".join([*kept, data[at:]])


class CutOff(NamedTuple):
    """A JPEG that breaks off: the part that can be decoded, closed; and whether that part has the finest detail of anything."""

    closed: bytes
    detailed: bool


def close_jpeg(data: bytes) -> CutOff | None:
    """The part of a JPEG that can be decoded, where it breaks off before its end; None for a whole one.

    A progressive JPEG comes in scans, from coarse to fine.
    """
    brightness, detailed, at = 0, False, 2
    while found := _MARKER.search(data, at):
        marker, start = data[found.start() + 1], found.end()
        if marker == _END:
            return None
        at = start + max(2, int.from_bytes(data[start : start + 2], "big"))
        if at > len(data):  # within the head of a piece
            return CutOff(data[: found.start()] + b"\xff\xd9", detailed)
        if marker in _FRAMES:
            brightness = data[start + 8]  # the first component
        if marker == _SCAN:
            count = data[start + 2]
            components = data[start + 3 : start + 3 + 2 * count : 2]
            detailed = detailed or (brightness in components and data[at - 2] == _FINEST)
    return CutOff(data + b"\xff\xd9", detailed)
