"""The icon of a published page: a camera on a plain ground. Pillow only."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

SIZES = (192, 512)  # that an installed page needs
GROUND, LINE = "#0b5cad", "#ffffff"
_SMOOTH = 4  # drawn so many times as large, and made smaller


def icon(size: int) -> bytes:
    """The icon as a PNG, `size` pixels a side; what counts lies within the middle, so that it may be cut round."""
    unit = size * _SMOOTH / 48
    picture = Image.new("RGB", (size * _SMOOTH, size * _SMOOTH), GROUND)
    pen = ImageDraw.Draw(picture)
    width = round(2.5 * unit)
    outline = [(10, 17), (17, 17), (20, 13), (28, 13), (31, 17), (38, 17), (38, 35), (10, 35), (10, 17), (17, 17)]
    pen.line([(x * unit, y * unit) for x, y in outline], fill=LINE, width=width, joint="curve")
    pen.ellipse([18.5 * unit, 20 * unit, 29.5 * unit, 31 * unit], outline=LINE, width=width)
    stream = io.BytesIO()
    picture.resize((size, size), Image.Resampling.LANCZOS).save(stream, "PNG", optimize=True)
    return stream.getvalue()
