"""A heat map in colours, and laid over its photo. Knows numbers and pixels, no network.

The colours grow lighter from the lowest to the highest, so that they say the same in grey and to those who see fewer colours.
"""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageDraw

from model.images import Box, open_picture

# From cold to hot: shares of the way, and red, green, blue there.
SHARES = (0.0, 0.3, 0.55, 0.8, 1.0)
COLOURS = ((14, 10, 48), (84, 26, 112), (178, 56, 92), (242, 134, 48), (255, 240, 150))
COVER = 0.65  # of the heat over the photo
SIDE = 224  # pixels of the longer side of a heat map by itself


def in_colours(places: np.ndarray) -> Image.Image:
    """Heat from 0 to 1 (rows × columns) as a picture, smooth between the places."""
    scale = SIDE / max(places.shape)
    size = max(1, round(places.shape[1] * scale)), max(1, round(places.shape[0] * scale))
    smooth = Image.fromarray(places.astype(np.float32)).resize(size, Image.Resampling.BICUBIC)
    values = np.clip(np.asarray(smooth), 0, 1)
    bands = [np.interp(values, SHARES, [colour[band] for colour in COLOURS]) for band in range(3)]
    return Image.fromarray(np.stack(bands, axis=-1).round().astype(np.uint8))


def png(picture: Image.Image) -> bytes:
    """A picture as a PNG's bytes."""
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()


def laid_over(photo: bytes, heat: bytes, part: Box) -> Image.Image:
    """The photo, the heat over the `part` of it that the network saw (in shares), and a line around that part."""
    picture = open_picture(photo).copy()
    left, top, right, bottom = (round(share * side) for share, side in zip(part, (*picture.size, *picture.size), strict=True))
    if heat:
        size = max(1, right - left), max(1, bottom - top)
        over = open_picture(heat).resize(size, Image.Resampling.BICUBIC)
        picture.paste(over, (left, top), Image.new("L", size, round(255 * COVER)))
    drawing = ImageDraw.Draw(picture)
    inside = max(left, 0), max(top, 0), min(right, picture.width) - 1, min(bottom, picture.height) - 1
    if inside[0] < inside[2] and inside[1] < inside[3]:
        drawing.rectangle(inside, outline="black", width=3)
        drawing.rectangle([inside[0] + 1, inside[1] + 1, inside[2] - 1, inside[3] - 1], outline="white", width=1)
    return picture
