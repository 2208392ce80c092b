"""Untrusted bytes -> an upright RGB picture, or BadImage. Pillow only; knows nothing of models.

Every picture enters here, to be learned from, cleaned or classified, so that what a model is asked is what it was
taught. The content decides what a file is, never its name. Nothing is decoded before its size is known.
"""

from __future__ import annotations

import io
import warnings
from pathlib import Path
from typing import Any, NamedTuple

from PIL import (  # noqa: F401  (the plugins register the formats named below)
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageChops,
    ImageFile,
    JpegImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from model.core import (
    MAX_BYTES,
    MAX_HEIC_PIXELS,
    MAX_JPEG_HELD,
    MAX_JPEG_PIXELS,
    MAX_JPEG_SCANS,
    MAX_PIXELS,
    SMALLER,
    too_many_bytes,
)
from model.errors import BadImage, TooLarge
from model.images.containers import HEIC_BRANDS, breaks_off, close_jpeg, held_of_jpeg, is_heic, is_jpeg, shown_of_png
from model.images.pixels import to_rgb

AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # each further one takes address space
Image.MAX_IMAGE_PIXELS = None  # sizes are checked below, with limits and sentences of our own

FORMATS: list[str] = ["PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"]  # that Pillow finds; JPEG and HEIC are told by their bytes
KINDS = "JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF, HEIC"

MISSING = "The {what} is missing, because this file breaks off: copy or download it again."
ROWS = 64  # that are looked at together
ENOUGH = 0.5  # of the rows of a picture that breaks off, for an answer
ORIENTATION = 0x0112  # EXIF's tag
_TURNS = {  # to upright, by the tag
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_LAST_ROWS = {3: "upper", 4: "upper", 5: "right", 6: "left", 7: "left", 8: "right"}  # where they are once it is upright


class Opened(NamedTuple):
    """An upright RGB picture, and a sentence on what was made of its file; mostly none."""

    picture: Image.Image
    note: str = ""


def open_picture(source: bytes | str | Path | Image.Image, enough: int | None = None) -> Image.Image:
    """Open one picture: upright, first frame, transparency over white, mode RGB.

    Where `enough` pixels of the shorter side are enough, a JPEG is decoded no larger than it must be, which is quicker.
    Raises BadImage (or TooLarge) with a sentence that says what to do; never anything else.
    """
    return _opened(source, enough, partly=False).picture


def open_for_answer(source: bytes | str | Path | Image.Image) -> Opened:
    """Open a picture that somebody asks about, as `open_picture` does, and say what was made of it.

    A JPEG that breaks off is taken as well, cut to what there is of it, where that is at least half. Raises BadImage.
    """
    return _opened(source, None, partly=True)


def _opened(source: bytes | str | Path | Image.Image, enough: int | None, partly: bool) -> Opened:
    data = b"" if isinstance(source, Image.Image) else _read(source)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # they are about what lies around the pixels, and the pixels count
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture, note = Opened(source) if isinstance(source, Image.Image) else _decode(data, enough, partly)
            orientation = _orientation(picture)
            picture, said = to_rgb(picture)
            turn = _TURNS.get(orientation)
            picture = picture.copy() if picture is source else picture
            picture = picture if turn is None else picture.transpose(turn)
            picture.info = {}  # which may still say that it lies
            side = _LAST_ROWS.get(orientation, "lower")
            return Opened(picture, note.format(side=side) or said)
    except BadImage:
        raise
    except Exception as error:
        raise _broken(error, data) from error


def looks_like_picture(head: bytes) -> bool:
    """Whether the first 32 bytes of a file are those of a kind that `open_picture` accepts (HEIC included)."""
    return (
        head[:3] == b"\xff\xd8\xff"
        or head[:8] == b"\x89PNG\r\n\x1a\n"
        or head[:4] in (b"GIF8", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
        or head[:2] == b"BM"
        or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")
        or (head[4:8] == b"ftyp" and head[8:12] in (b"avif", b"avis", *HEIC_BRANDS))
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


def _decode(data: bytes, enough: int | None, partly: bool) -> Opened:
    """The picture as it is stored; the note has a place for the side on which its last rows are, {side}."""
    if not data:
        raise BadImage("This file is empty: choose another one, or copy it again.", code="empty")
    try:
        return Opened(_loaded(_open(data, enough)))
    except OSError as error:
        if partly and is_jpeg(data) and (rest := _rest_of(data)):
            return rest
        raise error


def _loaded(picture: Image.Image) -> Image.Image:
    """The picture, decoded, which holds its pixels and nothing else."""
    if isinstance(picture, (AvifImagePlugin.AvifImageFile, WebPImagePlugin.WebPImageFile)):
        picture._decoder = _OneFrame(picture._decoder)
    picture.load()
    if isinstance(picture, ImageFile.ImageFile):
        picture.fp = None
    return picture


class _OneFrame:
    """A decoder of WebP or AVIF, which has canvases of its own, until it has given one frame."""

    def __init__(self, decoder: Any):
        self._decoders = [decoder]

    def get_next(self) -> Any:
        return self._decoders.pop().get_next()

    def get_frame(self, number: int) -> Any:
        return self._decoders.pop().get_frame(number)


def _rest_of(data: bytes) -> Opened | None:
    """What there is of a JPEG that breaks off, where that is at least half of it."""
    cut_off = close_jpeg(data)
    if cut_off is None or not cut_off.detailed:
        return None
    try:
        picture = _loaded(_open(cut_off.closed))
    except (OSError, SyntaxError):
        return None
    rows = _rows_of(picture)
    if rows < ENOUGH * picture.height:
        return None
    if rows < picture.height:
        return Opened(picture.crop((0, 0, picture.width, rows)), MISSING.format(what="{side} part"))
    return Opened(picture, MISSING.format(what="fine detail") if "progressive" in picture.info else "")


def _rows_of(picture: Image.Image) -> int:
    """How many rows of a JPEG there are until all that follow are blank."""
    blank = 127 if picture.mode == "CMYK" else 128  # what a decoder gives for blocks that it never met
    for bottom in range(picture.height, 0, -ROWS):
        strip = picture.crop((0, max(0, bottom - ROWS), picture.width, bottom))
        nothing = Image.new(picture.mode, strip.size, (blank,) * len(picture.getbands()))
        if box := ImageChops.difference(strip, nothing).getbbox(alpha_only=False):
            return bottom - strip.height + box[3]
    return 0


def _orientation(picture: Image.Image) -> int:
    """What EXIF says of how the picture lies; 1, upright, where it cannot be read."""
    try:
        return picture.getexif().get(ORIENTATION, 1)
    except Exception:  # whatever a camera or a program wrote there
        return 1


def _open(data: bytes, enough: int | None = None) -> Image.Image:
    """Read the header, refuse what is too large, and ask a JPEG for a smaller scale where it needs one."""
    if is_jpeg(data):
        return _open_jpeg(data, enough)
    _check_webp(data)
    try:
        picture = Image.open(io.BytesIO(shown_of_png(data)), formats=FORMATS)
    except Image.UnidentifiedImageError as error:
        if is_heic(data):
            return _open_heic(data)
        if data[:2] in (b"II", b"MM") and looks_like_picture(data[:32]):  # of its many kinds, Pillow reads the common ones
            sentence = "This TIFF is damaged, or of a kind that cannot be read here: save it as PNG."
            raise BadImage(sentence, code="tiff-kind") from error
        if looks_like_picture(data[:32]):
            raise _broken(error, data) from error
        sentence = f"This file is not a picture: choose one of these kinds: {KINDS}."
        raise BadImage(sentence, code="not-a-picture", kinds=KINDS) from error
    _check_pixels(*picture.size)
    return picture


def _open_jpeg(data: bytes, enough: int | None) -> Image.Image:
    """By Pillow's class, not by its `open`, which would also read the index of further pictures in the file."""
    picture = JpegImagePlugin.JpegImageFile(io.BytesIO(data))
    _check_pixels(*picture.size, limit=MAX_JPEG_PIXELS)
    if (held := held_of_jpeg(data)) > MAX_JPEG_HELD:
        _check_pixels(*picture.size, limit=picture.width * picture.height * MAX_JPEG_HELD // held)
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


def _open_heic(data: bytes) -> Image.Image:
    import pi_heif  # here, because a visitor's kernel never needs it

    pi_heif.options.DECODE_THREADS = 1  # each further one takes address space
    pi_heif.options.THUMBNAILS = pi_heif.options.DEPTH_IMAGES = pi_heif.options.AUX_IMAGES = False
    picture = pi_heif.HeifImageFile(io.BytesIO(data))
    width, height = picture.size
    _check_pixels(width, height, limit=MAX_HEIC_PIXELS)
    return picture


def _check_pixels(width: int, height: int, limit: int = MAX_PIXELS) -> None:
    if width * height > limit:
        millions = round(limit / 1e6)
        raise TooLarge(
            f"This picture is {width} × {height} pixels, more than the {millions} million taken here: {SMALLER}",
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


def _broken(error: Exception, data: bytes) -> BadImage:
    """One sentence for whatever a decoder says of `data`: one that breaks off is told by its outline, where that is known."""
    if isinstance(error, (Image.DecompressionBombWarning, Image.DecompressionBombError, MemoryError)):
        return TooLarge(f"This picture needs too much memory to open: {SMALLER}", code="too-much-memory")
    cut_off = breaks_off(data)
    if "truncated" in str(error).lower() if cut_off is None else cut_off:
        return BadImage("This picture breaks off before its end: copy or download it again.", code="cut-off")
    sentence = "This picture is damaged and cannot be opened: open it in a picture program and save it again."
    return BadImage(sentence, code="damaged")
