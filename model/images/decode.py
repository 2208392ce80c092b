"""Untrusted bytes -> an upright RGB picture, or BadImage. Pillow only; knows nothing of models.

Every picture enters here, to be learned from, cleaned or classified, so that what a model is asked is what it was
taught. The content decides what a file is, never its name. Nothing is decoded before its size is known.
"""

from __future__ import annotations

import io
import math
import warnings
from pathlib import Path
from typing import cast

from PIL import (  # noqa: F401  (the plugins register the formats named below)
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageCms,
    ImageMath,
    ImageOps,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from model.core import MAX_BYTES, MAX_JPEG_PIXELS, MAX_JPEG_SCANS, MAX_PIXELS, too_many_bytes
from model.errors import BadImage, TooLarge

try:
    import pillow_heif
except ImportError:
    pillow_heif = None
else:
    pillow_heif.register_heif_opener()

Image.MAX_IMAGE_PIXELS = None  # sizes are checked below, with limits and sentences of our own

FORMATS: list[str] = [name for name in ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF") if name in Image.OPEN]
KINDS = "JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF" + (", HEIC" if "HEIF" in FORMATS else "")

_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")


def open_picture(source: bytes | str | Path | Image.Image, enough: int | None = None) -> Image.Image:
    """Open one picture: upright, first frame, transparency over white, mode RGB.

    Where `enough` pixels of the shorter side are enough, a JPEG is decoded no larger than it must be, which is quicker.
    Raises BadImage (or TooLarge) with a sentence that says what to do; never anything else.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            warnings.filterwarnings("ignore", "Corrupt EXIF data|Metadata Warning|Truncated File Read")  # the pixels count
            if isinstance(source, Image.Image):
                return _to_rgb(ImageOps.exif_transpose(source))
            picture = _open(_read(source), enough)
            picture.load()
            ImageOps.exif_transpose(picture, in_place=True)
            return _to_rgb(picture)
    except BadImage:
        raise
    except Exception as error:
        raise _broken(error) from error


def looks_like_picture(head: bytes) -> bool:
    """Whether the first 32 bytes of a file are those of a kind that `open_picture` accepts (HEIC included)."""
    return (
        head[:3] == b"\xff\xd8\xff"
        or head[:8] == b"\x89PNG\r\n\x1a\n"
        or head[:4] in (b"GIF8", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
        or head[:2] == b"BM"
        or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")
        or (head[4:8] == b"ftyp" and head[8:12] in (b"avif", b"avis", *_HEIC_BRANDS))
    )


def _read(source: bytes | str | Path) -> bytes:
    if isinstance(source, (bytes, bytearray, memoryview)):
        if len(source) > MAX_BYTES:
            raise too_many_bytes(len(source))
        return bytes(source)
    path = Path(source)
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise too_many_bytes(size)
        return path.read_bytes()
    except OSError as error:
        raise BadImage(f"Cannot read {path.name} ({error.strerror}): check the name and the permissions.") from error


def _open(data: bytes, enough: int | None = None) -> Image.Image:
    """Read the header, refuse what is too large, and ask a JPEG for a smaller scale where it needs one."""
    if not data:
        raise BadImage("This file is empty: choose another one, or copy it again.", code="empty")
    _check_webp(data)
    try:
        picture = Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.UnidentifiedImageError as error:
        if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
            raise BadImage(
                "This is a HEIC photo, which cannot be read here: save it as JPEG (on an iPhone: Settings, Camera, "
                "Formats, Most Compatible) and send that.",
                code="heic",
            ) from error
        if looks_like_picture(data[:32]):
            raise _broken(error) from error
        sentence = f"This file is not a picture: choose one of these kinds: {KINDS}."
        raise BadImage(sentence, code="not-a-picture", kinds=KINDS) from error
    is_jpeg = isinstance(picture, JpegImagePlugin.JpegImageFile)
    _check_pixels(*picture.size, limit=MAX_JPEG_PIXELS if is_jpeg else MAX_PIXELS)
    if is_jpeg:
        if data.count(b"\xff\xda") > MAX_JPEG_SCANS:
            sentence = "This JPEG is built to be slow to open: open it in a picture program and save it again."
            raise BadImage(sentence, code="slow-jpeg")
        width, height = picture.size
        shrink = next((n for n in (1, 2, 4, 8) if width * height <= n * n * MAX_PIXELS), 8)
        if enough:
            shrink = max(shrink, next((n for n in (8, 4, 2) if min(width, height) >= n * enough), 1))
        if shrink > 1:
            picture.draft("RGB", (width // shrink, height // shrink))
    return picture


def _check_pixels(width: int, height: int, limit: int = MAX_PIXELS) -> None:
    if width * height > limit:
        millions = round(limit / 1e6)
        raise TooLarge(
            f"This picture is {width} × {height} pixels, more than the {millions} million taken here: "
            "save a smaller copy of it.",
            code="too-many-pixels",
            width=width,
            height=height,
            millions=millions,
        )


def _check_webp(data: bytes) -> None:
    """Check a WebP's size from its header, because its decoder reserves the whole canvas when the file is opened.

    Layout of the header: RFC 9649, sections 2.5 to 2.7.
    """
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        return
    kind, head = data[12:16], data[:30].ljust(30, b"\0")
    if kind == b"VP8X":
        width, height = (1 + int.from_bytes(head[at : at + 3], "little") for at in (24, 27))
    elif kind == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        width, height = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    else:
        width, height = (int.from_bytes(head[at : at + 2], "little") & 0x3FFF for at in (26, 28))
    _check_pixels(width, height)


def _to_rgb(picture: Image.Image) -> Image.Image:
    if picture.mode == "RGB" and "transparency" not in picture.info:
        return picture
    if picture.mode == "F" or picture.mode.startswith("I"):
        return _stretch(picture.convert("F")).convert("RGB")
    if picture.mode == "LAB":
        to_srgb = ImageCms.buildTransform(ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), "LAB", "RGB")
        return cast(Image.Image, ImageCms.applyTransform(picture, to_srgb))  # None only where it works in place
    if picture.has_transparency_data:
        opaque = picture.convert("RGBA")
        white = Image.new("RGBA", opaque.size, "white")
        return Image.alpha_composite(white, opaque).convert("RGB")
    return picture.convert("RGB")


def _stretch(picture: Image.Image) -> Image.Image:
    """Scale a mode F picture by its real range to 0 .. 255; NaN and infinities count as its lowest value."""
    finite = ImageMath.lambda_eval(lambda a: a["convert"]((abs(a["x"]) <= 3e38) * 255, "L"), x=picture)
    box = finite.getbbox()
    if box is None:
        sentence = "This picture holds no numbers at all: save it again from the program that made it."
        raise BadImage(sentence, code="no-numbers")
    row = finite.crop((0, box[1], finite.width, box[1] + 1))
    filled = Image.new("F", picture.size, picture.getpixel((row.getbbox()[0], box[1])))
    filled.paste(picture, mask=finite)
    low, high = cast("tuple[float, float]", filled.getextrema())  # of one band
    scale = 255 / (high - low) if high > low else 0.0
    if not math.isfinite(scale):
        scale = 0.0
    black = Image.new("F", picture.size, low)
    black.paste(picture, mask=finite)
    return black.point(lambda value: value * scale - low * scale).convert("L")


def _broken(error: Exception) -> BadImage:
    """One sentence for whatever a decoder says."""
    if isinstance(error, (Image.DecompressionBombWarning, Image.DecompressionBombError, MemoryError)):
        return TooLarge("This picture needs too much memory to open: save a smaller copy of it.", code="too-much-memory")
    if "truncated" in str(error).lower():
        return BadImage("This picture breaks off before its end: copy or download it again.", code="cut-off")
    sentence = "This picture is damaged and cannot be opened: open it in a picture program and save it again."
    return BadImage(sentence, code="damaged")
