"""An object on plain light card, cut out and laid over another background. Knows arrays and Pillow, no model.

The card is what a smooth surface, fitted to the border, explains; backgrounds are generated, so that no picture of somebody
else is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image, ImageChops, ImageFilter
from scipy import ndimage

Colour = tuple[float, float, float]

SIDE = 112  # pixels of the shorter side, at which is looked for the object
BORDER = 0.05  # of each side, where card is looked for
LIGHT = 115.0  # of 255, the least for card
CARD_SHARE = 0.5  # of the border, at the least, is card
PLAIN = 9.0  # of 255: how far card strays from a smooth surface, at the most
AREA = (0.06, 0.8)  # of the picture that the object covers
STANDS_OUT = 20.0  # of 255: what lies this far from the card is no card
WOODS: Sequence[Colour] = ((120, 80, 48), (164, 118, 74), (88, 58, 40))
CLOTHS: Sequence[Colour] = ((52, 66, 110), (122, 44, 50), (70, 92, 74), (60, 58, 64))
GROUNDS: Sequence[Colour] = ((70, 96, 44), (96, 84, 60), (112, 110, 106), (58, 74, 40))


def object_mask(picture: Image.Image) -> Image.Image | None:
    """Where the object lies in an RGB picture: "L", 255 on the object; None where no object on plain light card is found."""
    scale = SIDE / min(picture.size)
    small = picture.resize([max(8, round(side * scale)) for side in picture.size], Image.Resampling.BOX)
    pixels = np.asarray(small, dtype=np.float32)
    card, border = _card(pixels)
    if card is None:
        return None
    distance = _unlikeness(ndimage.gaussian_filter(pixels - card, (0.7, 0.7, 0)))
    enough = min(max(STANDS_OUT, 0.45 * float(np.quantile(distance, 0.95))), 2.2 * STANDS_OUT)
    found = ndimage.binary_closing(distance > enough, iterations=2)
    found = ndimage.binary_opening(ndimage.binary_fill_holes(found))
    pieces, count = ndimage.label(found)
    if not count:
        return None
    sizes = np.bincount(pieces.ravel())[1:]
    found = np.isin(pieces, 1 + np.flatnonzero(sizes >= 0.2 * sizes.max()))
    if not AREA[0] <= found.mean() <= AREA[1] or found[border].mean() > 1 - CARD_SHARE:
        return None
    mask = Image.fromarray(np.where(ndimage.binary_erosion(found), 255, 0).astype(np.uint8))
    return mask.resize(picture.size, Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(min(picture.size) / 300))


def lay_over(picture: Image.Image, mask: Image.Image, draw: np.random.Generator) -> Image.Image:
    """The object of a picture over a generated background, with a soft shadow beneath it."""
    background = BACKGROUNDS[int(draw.integers(len(BACKGROUNDS)))](picture.size, draw)
    reach = max(1, round(min(picture.size) / 40))
    shadow = ImageChops.offset(mask, *(int(step) for step in draw.integers(-reach, reach + 1, 2)))
    shadow = shadow.filter(ImageFilter.GaussianBlur(reach)).point(lambda value: 255 - value // 2)
    ground = ImageChops.multiply(background, Image.merge("RGB", [shadow] * 3))
    return Image.composite(picture, ground, mask)


def _card(pixels: np.ndarray) -> tuple[np.ndarray | None, np.ndarray]:
    """The card as it would look without an object (None where there is none), and which pixels are the border."""
    height, width = pixels.shape[:2]
    down, across = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    border = np.maximum(abs(down), abs(across)) > 1 - 2 * BORDER
    terms = np.stack([np.ones_like(down), down, across, down * across, down**2, across**2], axis=2).astype(np.float32)
    known, seen = terms[border], pixels[border]
    light = seen.mean(axis=1)
    kept = light >= np.median(light[light >= np.quantile(light, 0.3)]) - 30
    for _ in range(5):
        surface = np.linalg.lstsq(known[kept], seen[kept], rcond=None)[0]
        apart = np.linalg.norm(seen - known @ surface, axis=1)
        kept = apart < max(STANDS_OUT / 2, 2.5 * float(np.median(apart[kept])))
        if kept.mean() < CARD_SHARE:
            return None, border
    card = terms @ surface
    if apart[kept].mean() > PLAIN or np.median(light[kept]) < LIGHT or card.min() < LIGHT / 3:
        return None, border
    return card, border


def _unlikeness(apart: np.ndarray) -> np.ndarray:
    """How far from the card, where a shadow, which is darker alone, counts for less than another colour does."""
    light = apart.mean(axis=2)
    colour = np.linalg.norm(apart - light[..., None], axis=2)
    return np.hypot(2 * colour, np.where(light < 0, 1.2, 1.7) * light)


def _noise(size: tuple[int, int], grain: tuple[float, float], draw: np.random.Generator) -> np.ndarray:
    """Smooth noise (height × width) of spread 1, its grains so many pixels wide and high."""
    cells = [max(2, round(side / each)) for side, each in zip(size, grain, strict=True)]
    small = draw.standard_normal(cells[::-1]).astype(np.float32)
    return np.asarray(Image.fromarray(small).resize(size, Image.Resampling.BICUBIC))


def _coloured(light: np.ndarray, colour: Colour) -> Image.Image:
    """A colour, lighter and darker by `light` (height × width, 0 changes nothing)."""
    pixels = np.asarray(colour, dtype=np.float32) * (1 + light[..., None])
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def _wood(size: tuple[int, int], draw: np.random.Generator) -> Image.Image:
    unit = min(size) / 100
    light = 0.14 * _noise(size, (80 * unit, 3 * unit), draw) + 0.08 * _noise(size, (40 * unit, unit), draw)
    boards = (np.arange(size[1]) / (34 * unit) + draw.random()) % 1 < 0.03
    return _coloured(light - 0.5 * boards[:, None], WOODS[int(draw.integers(len(WOODS)))])


def _cloth(size: tuple[int, int], draw: np.random.Generator) -> Image.Image:
    unit = min(size) / 100
    down, across = np.mgrid[: size[1], : size[0]] / unit
    weave = 0.08 * np.sin(2.2 * down) * np.sin(2.2 * across)
    return _coloured(weave + 0.16 * _noise(size, (30 * unit, 30 * unit), draw), CLOTHS[int(draw.integers(len(CLOTHS)))])


def _ground(size: tuple[int, int], draw: np.random.Generator) -> Image.Image:
    """Grass, gravel, asphalt: grains of several sizes."""
    unit = min(size) / 100
    grains = ((24, 0.12), (8, 0.14), (3, 0.16), (1.5, 0.14))
    light = sum(share * _noise(size, (grain * unit, grain * unit), draw) for grain, share in grains)
    return _coloured(np.asarray(light), GROUNDS[int(draw.integers(len(GROUNDS)))])


def _room(size: tuple[int, int], draw: np.random.Generator) -> Image.Image:
    """A room out of focus: blurred blocks of colour."""
    cells = [max(2, round(5 * side / min(size))) for side in size]
    blocks = draw.uniform(30, 190, (cells[1], cells[0], 1)) + draw.normal(0, 14, (cells[1], cells[0], 3))
    picture = Image.fromarray(blocks.clip(0, 255).astype(np.uint8)).resize(size, Image.Resampling.NEAREST)
    return picture.filter(ImageFilter.GaussianBlur(min(size) / 14))


def _tiles(size: tuple[int, int], draw: np.random.Generator) -> Image.Image:
    unit = min(size) / 100
    side, start = draw.uniform(14, 30), draw.random(2)
    down, across = np.mgrid[: size[1], : size[0]] / unit / side
    joints = ((down + start[0]) % 1 < 0.06) | ((across + start[1]) % 1 < 0.06)
    colour = tuple(draw.uniform(70, 170, 3))
    return _coloured(0.06 * _noise(size, (6 * unit, 6 * unit), draw) - 0.45 * joints, colour)


BACKGROUNDS: Sequence[Callable[[tuple[int, int], np.random.Generator], Image.Image]] = (_wood, _cloth, _ground, _room, _tiles)
