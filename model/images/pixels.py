"""A decoded picture of any mode -> RGB, with its numbers scaled by the range that their type has. Pillow only.

The same light gives the same RGB, whether it was kept in 8 bits, in 16 or as floats. A large picture is converted in strips, so
that beside it and its RGB there is never another of its size.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import cast

from PIL import Image, ImageCms, ImageMath, ImageOps

from model.errors import BadImage

STRETCHED = "The numbers of this picture have no known range: they were stretched from its darkest to its brightest."
INT8, INT16, INT32 = 255.0, 65535.0, 2147483647.0  # the brightest value of unsigned types; Pillow's 32 bits are signed
HALF_A_GREY = 1 / 510
PHOTOMETRIC, BITS, WHITE_IS_ZERO = 262, 258, 0  # tags of a TIFF
STRIP = 1 << 20  # pixels that are converted at a time


def to_rgb(picture: Image.Image) -> tuple[Image.Image, str]:
    """The picture in mode RGB, transparency over white, and what has to be said of that (mostly nothing). Raises BadImage."""
    if picture.mode == "RGB" and "transparency" not in picture.info:
        return picture, ""
    if picture.mode == "F" or picture.mode.startswith("I"):
        to_grey, said = _greys_of(picture)
        return _by_strips(picture, lambda strip: to_grey(strip).convert("RGB")), said
    if picture.mode == "LAB":
        to_srgb = ImageCms.buildTransform(ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), "LAB", "RGB")
        # None only where it works in place
        return _by_strips(picture, lambda strip: cast(Image.Image, ImageCms.applyTransform(strip, to_srgb))), ""
    if picture.has_transparency_data:
        return _by_strips(picture, _over_white), ""
    return picture.convert("RGB"), ""


def _by_strips(picture: Image.Image, convert: Callable[[Image.Image], Image.Image]) -> Image.Image:
    converted = Image.new("RGB", picture.size)
    for top, strip in _strips(picture):
        converted.paste(convert(strip), (0, top))
    return converted


def _strips(picture: Image.Image) -> Iterator[tuple[int, Image.Image]]:
    """The picture in parts that are as wide as it is, each with the row at which it begins."""
    rows = max(1, STRIP // picture.width)
    for top in range(0, picture.height, rows):
        yield top, picture.crop((0, top, picture.width, min(top + rows, picture.height)))


def _over_white(picture: Image.Image) -> Image.Image:
    opaque = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", opaque.size, "white"), opaque).convert("RGB")


def _greys_of(picture: Image.Image) -> tuple[Callable[[Image.Image], Image.Image], str]:
    """What makes mode L of a strip of one band of integers or floats, and what has to be said of it. Raises BadImage."""
    tags = getattr(picture, "tag_v2", {})
    inverted = tags.get(PHOTOMETRIC) == WHITE_IS_ZERO
    low, high = _range_of(picture)
    brightest = _brightest(picture.mode, tags, low, high)
    darkest, top, said = (low, high, STRETCHED) if brightest is None else (0.0, brightest, "")

    def to_grey(strip: Image.Image) -> Image.Image:
        values = _without_gaps(strip, low) if strip.mode == "F" else strip.convert("F")
        grey = _scaled(values, darkest, top)
        return ImageOps.invert(grey) if inverted else grey

    return to_grey, said


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


def _range_of(picture: Image.Image) -> tuple[float, float]:
    """The least and the greatest of its finite numbers. Raises BadImage where there is none."""
    ranges = [found for _, strip in _strips(picture) if (found := _range_of_strip(strip)) is not None]
    if not ranges:
        sentence = "This picture holds no numbers at all: save it again from the program that made it."
        raise BadImage(sentence, code="no-numbers")
    return min(low for low, _ in ranges), max(high for _, high in ranges)


def _range_of_strip(strip: Image.Image) -> tuple[float, float] | None:
    if strip.mode != "F":
        return _extremes(strip.convert("F"))
    finite = _finite(strip)
    box = finite.getbbox()
    if box is None:
        return None
    first = finite.crop((0, box[1], finite.width, box[1] + 1)).getbbox()
    assert first, "the box begins with a row that has a number"
    some = cast(float, strip.getpixel((first[0], box[1])))
    return _extremes(_without_gaps(strip, some, finite))


def _without_gaps(strip: Image.Image, instead: float, finite: Image.Image | None = None) -> Image.Image:
    """Floats with another number in the place of NaN and of infinities."""
    filled = Image.new("F", strip.size, instead)
    filled.paste(strip, mask=_finite(strip) if finite is None else finite)
    return filled


def _finite(values: Image.Image) -> Image.Image:
    """Which of them are numbers, as a mask."""
    return ImageMath.lambda_eval(lambda a: a["convert"]((abs(a["x"]) <= 3e38) * 255, "L"), x=values)


def _extremes(values: Image.Image) -> tuple[float, float]:
    return cast("tuple[float, float]", values.getextrema())  # of one band
