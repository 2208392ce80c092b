"""Files that are no picture, broken, or larger than is taken: more than forty kinds, made here. Pillow alone."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import heic
from PIL import Image
from samples import encoded, photo

from model.core import MAX_JPEG_SCANS

SIZE = (96, 80)
JPEG, PROGRESSIVE = (encoded(photo(*SIZE), "JPEG", progressive=each) for each in (False, True))
PNG, GIF, BMP, WEBP, AVIF, TIFF = (encoded(photo(*SIZE), kind) for kind in ("PNG", "GIF", "BMP", "WEBP", "AVIF", "TIFF"))


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size and has next to no content."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(64))) + chunk(b"IEND", b"")


def webp_claiming(width: int, height: int, kind: str) -> bytes:
    """A real small WebP whose header is changed to claim another size."""
    if kind == "VP8L":
        data = bytearray(encoded(photo(), "WEBP", lossless=True))
        rest = int.from_bytes(data[21:25], "little") & ~0xFFFFFFF
        data[21:25] = ((width - 1) | (height - 1) << 14 | rest).to_bytes(4, "little")
    elif kind == "VP8 ":
        data = bytearray(encoded(photo(), "WEBP"))
        data[26:30] = struct.pack("<HH", width, height)
    else:
        exif = Image.Exif()
        exif[0x0112] = 1
        data = bytearray(encoded(photo(), "WEBP", exif=exif))
        data[24:30] = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    assert data[12:16].decode() == kind
    return bytes(data)


def jpeg_claiming(width: int, height: int, data: bytes = JPEG) -> bytes:
    """A small JPEG whose header is changed to claim another size."""
    frame = data.index(b"\xff\xc2" if data is PROGRESSIVE else b"\xff\xc0")
    return data[: frame + 5] + struct.pack(">HH", height, width) + data[frame + 9 :]


def jpeg_of_many_scans() -> bytes:
    last = PROGRESSIVE.rindex(b"\xff\xda")
    return PROGRESSIVE[:-2] + PROGRESSIVE[last:-2] * (MAX_JPEG_SCANS + 1) + PROGRESSIVE[-2:]


def changed(data: bytes, at: int, by: bytes) -> bytes:
    return data[:at] + by + data[at + len(by) :]


def cut(data: bytes, share: float) -> bytes:
    return data[: int(share * len(data))]


def archive() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("photo.jpg", JPEG)
    return stream.getvalue()


NO_PICTURES = {
    "empty": b"",
    "one byte": b"\xff",
    "text": b"I am not a photo",
    "a page": b"<!doctype html><title>404</title>",
    "a drawing": b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    "zeros": bytes(4096),
    "an archive": archive(),
    "a sound": b"RIFF\x24\0\0\0WAVEfmt ",
    "a film": b"\0\0\0\x18ftypisom\0\0\0\0isomavc1",
    "a program": b"\x7fELF\2\1\1" + bytes(60),
    **{kind: encoded(photo(), kind) for kind in ("EPS", "ICO", "PPM", "TGA", "PDF", "PCX")},
}
DAMAGED = {
    "only the beginning of a JPEG": JPEG[:3],
    "a JPEG without a picture": JPEG[:20] + b"\xff\xd9",
    "a JPEG, a tenth of it": cut(JPEG, 0.1),
    "a JPEG before its first row": cut(JPEG, 0.4),
    "a progressive JPEG, a tenth of it": cut(PROGRESSIVE, 0.1),
    "a JPEG without width": jpeg_claiming(0, 80),
    "only the beginning of a PNG": PNG[:8],
    "a PNG, half of its head": PNG[:20],
    "a PNG, a tenth of it": cut(PNG, 0.1),
    "a PNG, half of it": cut(PNG, 0.5),
    "a PNG, nine tenths of it": cut(PNG, 0.9),
    "a PNG without width": png_header(0, 80),
    "a PNG with next to no content": png_header(80, 60),
    "only the beginning of a GIF": GIF[:6],
    "a GIF, a tenth of it": cut(GIF, 0.1),
    "a GIF, half of it": cut(GIF, 0.5),
    "only the beginning of a BMP": BMP[:2],
    "a BMP, half of its head": BMP[:20],
    "a BMP, half of it": cut(BMP, 0.5),
    "only the beginning of a WebP": WEBP[:12],
    "a WebP, a tenth of it": cut(WEBP, 0.1),
    "a WebP, half of it": cut(WEBP, 0.5),
    "an AVIF, a tenth of it": cut(AVIF, 0.1),
    "an AVIF, half of it": cut(AVIF, 0.5),
    "a HEIC, half of it": cut(heic.QUARTERS, 0.5),
}
TOO_LARGE = {
    "a PNG of 24 million pixels and a few": png_header(6000, 4001),
    "a PNG of ten thousand million pixels": png_header(100_000, 100_000),
    "a PNG as wide as can be said": png_header(2**31 - 1, 1),
    "a GIF of the largest size": changed(GIF, 6, b"\xff\xff\xff\xff"),
    "a BMP of too many pixels": changed(BMP, 18, struct.pack("<ii", 60_000, 60_000)),
    **{f"a WebP that claims the largest size ({kind})": webp_claiming(16383, 16383, kind) for kind in ("VP8L", "VP8 ", "VP8X")},
    "a JPEG that claims the largest size": jpeg_claiming(65_500, 65_500),
    "a progressive JPEG that would be held whole": jpeg_claiming(12_000, 10_000, PROGRESSIVE),
    "a JPEG of many scans": jpeg_of_many_scans(),
}
FOR_FEW = {  # kinds that most browsers cannot open
    "a TIFF, half of it": cut(TIFF, 0.5),
    "a HEIC that holds nothing": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200),
}
BAD = {**NO_PICTURES, **DAMAGED, **TOO_LARGE}
