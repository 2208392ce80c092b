"""A decoded picture of any mode -> RGB, with its numbers scaled by the range that their type has. Pillow only.

The same light gives the same RGB, whether it was kept in 8 bits, in 16 or as floats.
"""

from __future__ import annotations

import math
from typing import cast

from PIL import Image, ImageCms, ImageMath, ImageOps

from model.errors import BadImage

STRETCHED = "The numbers of this picture have no known range: they were stretched from its darkest to its brightest."
INT8, INT16, INT32 = 255.0, 65535.0, 2147483647.0  # the brightest value of unsigned types; Pillow's 32 bits are signed
HALF_A_GREY = 1 / 510
PHOTOMETRIC, BITS, WHITE_IS_ZERO = 262, 258, 0  # tags of a TIFF


def to_rgb(picture: Image.Image) -> tuple[Image.Image, str]:
    """The picture in mode RGB, transparency over white, and what has to be said of that (mostly nothing). Raises BadImage."""
    if picture.mode == "RGB" and "transparency" not in picture.info:
        return picture, ""
    if picture.mode == "F" or picture.mode.startswith("I"):
        grey, said = _to_grey(picture)
        return grey.convert("RGB"), said
    if picture.mode == "LAB":
        to_srgb = ImageCms.buildTransform(ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), "LAB", "RGB")
        return cast(Image.Image, ImageCms.applyTransform(picture, to_srgb)), ""  # None only where it works in place
    if picture.has_transparency_data:
        opaque = picture.convert("RGBA")
        white = Image.new("RGBA", opaque.size, "white")
        return Image.alpha_composite(white, opaque).convert("RGB"), ""
    return picture.convert("RGB"), ""


def _to_grey(picture: Image.Image) -> tuple[Image.Image, str]:
    """One band of integers or floats as mode L, and what has to be said of it."""
    tags = getattr(picture, "tag_v2", {})
    values = picture.convert("F")
    values, low, high = _finite(values) if picture.mode == "F" else (values, *_extremes(values))
    brightest = _brightest(picture.mode, tags, low, high)
    if brightest is None:
        grey, said = _scaled(values, low, high), STRETCHED
    else:
        grey, said = _scaled(values, 0.0, brightest), ""
    return (ImageOps.invert(grey) if tags.get(PHOTOMETRIC) == WHITE_IS_ZERO else grey), said


def _brightest(mode: str, tags: dict[int, object], low: float, high: float) -> float | None:
    """The value that stands for white, with 0 for black; None where nothing tells.

    32 bits hold what came from 8 or 16 as well: the smallest of these types that holds the values is taken. What reaches
    neither 16 bits nor the upper half of 32, or below 0, has been measured in units of its own.
    """
    if mode == "F":
        return 1.0 if low >= -HALF_A_GREY and high <= 1 + HALF_A_GREY else None
    if mode != "I":
        bits = tags.get(BITS, (16,))
        return 4095.0 if bits == (12,) else INT16
    if low < 0:
        return None
    return next((top for top in (INT8, INT16) if high <= top), INT32 if high > INT32 / 2 else None)


def _scaled(values: Image.Image, low: float, high: float) -> Image.Image:
    """Floats as mode L, `low` as 0 and `high` as 255."""
    scale = 255 / (high - low) if high > low else 0.0
    if not math.isfinite(scale):
        scale = 0.0
    return values.point(lambda value: value * scale + (0.5 - low * scale)).convert("L")  # which cuts off: 0.5 rounds


def _extremes(values: Image.Image) -> tuple[float, float]:
    return cast("tuple[float, float]", values.getextrema())  # of one band


def _finite(values: Image.Image) -> tuple[Image.Image, float, float]:
    """Floats with NaN and infinities as the lowest of the others, and the extremes of these. Raises BadImage for no number."""
    finite = ImageMath.lambda_eval(lambda a: a["convert"]((abs(a["x"]) <= 3e38) * 255, "L"), x=values)
    box = finite.getbbox()
    if box is None:
        sentence = "This picture holds no numbers at all: save it again from the program that made it."
        raise BadImage(sentence, code="no-numbers")
    row = finite.crop((0, box[1], finite.width, box[1] + 1))
    filled = Image.new("F", values.size, values.getpixel((row.getbbox()[0], box[1])))
    filled.paste(values, mask=finite)
    low, high = _extremes(filled)
    lowest = Image.new("F", values.size, low)
    lowest.paste(values, mask=finite)
    return lowest, low, high
