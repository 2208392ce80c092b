"""What lies around the pixels of a file: pieces that change no pixel, and where it breaks off. Bytes only."""

from __future__ import annotations

import re
from typing import NamedTuple

PNG = b"\x89PNG\r\n\x1a\n"
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_SHOWN = (b"IHDR", b"PLTE", b"tRNS", b"eXIf", b"IDAT", b"IEND")  # without the others a PNG looks the same
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")  # within a scan, FF 00 is a value and FF D0 to FF D7 part it
_END, _SCAN = 0xD9, 0xDA
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE = frozenset((0xC2, 0xC6, 0xCA, 0xCE))
_FINEST = 63  # the last of the 64 coefficients of a block


def is_jpeg(data: bytes) -> bool:
    return data[:3] == b"\xff\xd8\xff"


def is_heic(data: bytes) -> bool:
    """Whether the first bytes are those of HEIC, or of a container that may hold it."""
    return data[4:8] == b"ftyp" and data[8:12] in HEIC_BRANDS


def breaks_off(data: bytes) -> bool | None:
    """Whether a picture's file ends before its pixels do; None for a kind that is not known here.

    The same as widgets/shared/whole.js says of it.
    """
    if is_jpeg(data):
        return _jpeg_breaks_off(data)
    if data.startswith(PNG):
        return not _ends_as_png(data)
    if data[:4] == b"GIF8":
        return not _has_frame_of_gif(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return int.from_bytes(data[4:8], "little") + 8 > len(data)
    if data[:2] == b"BM":
        return len(data) < 6 or int.from_bytes(data[2:6], "little") > len(data)
    return not _ends_as_boxes(data) if data[4:8] == b"ftyp" else None


def _jpeg_breaks_off(data: bytes) -> bool:
    try:
        return close_jpeg(data) is not None
    except IndexError:  # a piece that is shorter than it must be
        return False


def _ends_as_png(data: bytes) -> bool:
    at = len(PNG)
    while at + 8 <= len(data):  # all pixels come before the end, of which the last bytes may be missing
        if data[at + 4 : at + 8] == b"IEND":
            return True
        at += 12 + int.from_bytes(data[at : at + 4], "big")
    return False


def _has_frame_of_gif(data: bytes) -> bool:
    """Whether the first frame is there to its end: blocks, each with its length, the last one of none."""
    try:
        at = 13 + _colours_of_gif(data[10])
        while data[at] == 0x21:
            at = _behind_blocks(data, at + 2)
        if data[at] == 0x2C:
            _behind_blocks(data, at + 11 + _colours_of_gif(data[at + 9]))
            return True
        return data[at] == 0x3B
    except IndexError:
        return False


def _colours_of_gif(flags: int) -> int:
    """How many bytes a table of colours takes, if there is one."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _behind_blocks(data: bytes, at: int) -> int:
    while data[at]:
        at += 1 + data[at]
    return at + 1


def _ends_as_boxes(data: bytes) -> bool:
    """Those of AVIF and HEIC: one of no length goes on to the end."""
    at = 0
    while at + 8 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        if length == 1:
            length = int.from_bytes(data[at + 8 : at + 16], "big")
        if length < 8:
            return True
        at += length
    return at == len(data)


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


def held_of_jpeg(data: bytes) -> int:
    """How many bytes a decoder holds of a JPEG that comes in several scans (two for each value of each component); else 0."""
    at, frame, progressive = 2, b"", False
    while found := _MARKER.search(data, at):
        marker, start = data[found.start() + 1], found.end()
        at = start + max(2, int.from_bytes(data[start : start + 2], "big"))
        if marker in _FRAMES:
            frame, progressive = data[start + 2 : at], marker in _PROGRESSIVE
        if marker in (_SCAN, _END):
            several = progressive or (bool(frame) and data[start + 2 : start + 3] < frame[5:6])
            return 2 * sum(_values_of(frame)) if several else 0
    return 0


def _values_of(frame: bytes) -> list[int]:
    """How many values each component of a JPEG's frame has, in whole blocks of 8 × 8."""
    height, width = (int.from_bytes(frame[at : at + 2], "big") for at in (1, 3))
    samplings = [(each >> 4, each & 15) for each in frame[7::3][: frame[5] if len(frame) > 5 else 0]]
    widest, highest = (max(sampling[axis] for sampling in samplings) or 1 for axis in (0, 1)) if samplings else (1, 1)
    return [(8 * -(-width * x // (8 * widest))) * (8 * -(-height * y // (8 * highest))) for x, y in samplings]


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
