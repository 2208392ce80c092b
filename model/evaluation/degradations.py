"""What photos suffer from in life: grey, dark, blurred, turned, tinted, on another background. Knows pictures, no model.

They are done to the whole picture, before a model frames it, as a camera would; sizes are shares of the shorter side, so that
a small copy is degraded like the large one. Deterministic by seed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from model.evaluation.other_background import lay_over, object_mask
from model.images import CONDITIONS, Shorter

DEGRADATIONS: Mapping[str, str] = {
    "grey": "Black and white, as an old camera or a copier gives it.",
    "dark": "At a third of the light, with the noise that a sensor then has.",
    "blurred": "Out of focus, by one in eighty of the shorter side.",
    "turned_15": "The camera held askew, by 15 degrees to either side.",
    "turned_90": "Lying on its side, by 90 degrees to the left or the right.",
    "tinted": "In coloured light: a lamp, a screen, neon, the shade.",
    "background": "The object cut out of its plain light card and laid over wood, cloth, ground, tiles or a room.",
}
LIGHTS = ((1.14, 1.0, 0.66), (0.76, 0.96, 1.16), (0.86, 1.12, 0.86), (1.14, 0.84, 0.98))  # lamp, screen, neon, sunset
EXPOSURE, NOISE = 0.33, 4.0  # of the light; of 255
BLUR = 1 / 80  # of the shorter side
ASKEW = 15.0  # degrees
WORKING = Shorter(512)  # for a phone's photo, which would take seconds; no network here sees more of it


def degrade(picture: Image.Image, name: str, seed: int) -> Image.Image | None:
    """An RGB picture as one of DEGRADATIONS leaves it, of the same size; its sides change places where it lies on its side.

    None where it cannot be done to this picture: another background needs an object on plain light card.
    """
    return _WAYS[name](picture, 1.0, _drawn(name, seed))


def degrade_somehow(picture: Image.Image, seed: int) -> Image.Image:
    """An RGB picture to learn from: one of DEGRADATIONS, drawn by the seed, at half the measured strength to a little more."""
    draw = _drawn("somehow", seed)
    names = list(DEGRADATIONS)
    for place in draw.permutation(len(names)):
        degraded = _WAYS[names[place]](picture, draw.uniform(0.5, 1.25), draw)
        if degraded is not None:
            return degraded
    raise AssertionError("only another background is ever impossible")


def conditions_in(name: str, count: int) -> np.ndarray:
    """Which of `model.images.CONDITIONS` are seen in `count` copies of one of DEGRADATIONS (count × conditions)."""
    return np.tile([condition == name for condition in CONDITIONS], (count, 1))


def _drawn(name: str, seed: int) -> np.random.Generator:
    return np.random.default_rng([seed, *name.encode()])


def _grey(picture: Image.Image, strength: float, draw: np.random.Generator) -> Image.Image:
    return Image.blend(picture, ImageOps.grayscale(picture).convert("RGB"), min(1.0, strength))


def _darker(picture: Image.Image, strength: float, draw: np.random.Generator) -> Image.Image:
    pixels = np.asarray(picture, dtype=np.float32) * EXPOSURE**strength
    noise = NOISE * strength * draw.standard_normal(pixels.shape, dtype=np.float32)
    return Image.fromarray((pixels + noise).round().clip(0, 255).astype(np.uint8))


def _blurred(picture: Image.Image, strength: float, draw: np.random.Generator) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(strength * BLUR * min(picture.size)))


def _askew(picture: Image.Image, strength: float, draw: np.random.Generator) -> Image.Image:
    """Turned around the middle; the scene goes on beyond its borders as in a mirror."""
    width, height = picture.size
    margin = round(0.3 * max(width, height))
    around = np.pad(np.asarray(picture), ((margin, margin), (margin, margin), (0, 0)), mode="symmetric")
    turned = Image.fromarray(around).rotate(ASKEW * strength * draw.choice((-1, 1)), Image.Resampling.BILINEAR)
    return turned.crop((margin, margin, margin + width, margin + height))


def _on_its_side(picture: Image.Image, strength: float, draw: np.random.Generator) -> Image.Image:
    ways = (Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_270)
    return picture.transpose(ways[draw.integers(2)])


def _tinted(picture: Image.Image, strength: float, draw: np.random.Generator) -> Image.Image:
    gains = np.asarray(LIGHTS[draw.integers(len(LIGHTS))]) ** strength
    pixels = np.asarray(picture, dtype=np.float32) * gains.astype(np.float32)
    return Image.fromarray(pixels.round().clip(0, 255).astype(np.uint8))


def _on_another_background(picture: Image.Image, strength: float, draw: np.random.Generator) -> Image.Image | None:
    mask = object_mask(picture)
    return None if mask is None else lay_over(picture, mask, draw)


_WAYS: Mapping[str, Callable[[Image.Image, float, np.random.Generator], Image.Image | None]] = {
    "grey": _grey,
    "dark": _darker,
    "blurred": _blurred,
    "turned_15": _askew,
    "turned_90": _on_its_side,
    "tinted": _tinted,
    "background": _on_another_background,
}
