"""What makes a photo hard, seen in its pixels: no colours, little light, no sharp edge. Knows no model."""

from __future__ import annotations

import functools

import numpy as np
from PIL import Image

CONDITIONS = ("grey", "dark", "blurred")  # in the order of `conditions_of`; degraded copies are called the same
NEARLY_ALL = 0.95  # of the pixels
COLOURLESS = 4  # of 255, between the strongest and the weakest of red, green and blue
DIM = 100  # of 255
SMOOTH = 0.08  # of the slope over four pixels lies in one, squared: 1/16 where nothing is sharper than four pixels
LUMA = (77, 150, 29)  # of 256: how light red, green and blue are (ITU-R BT.601)


def conditions_of(picture: Image.Image) -> tuple[bool, ...]:
    """Which of CONDITIONS hold for a picture framed for a network: RGB, or of one channel, which is not called grey then."""
    pixels = np.asarray(picture)[::2]  # every second row says enough
    if pixels.ndim == 3:
        bands = [np.ascontiguousarray(pixels[..., band]) for band in range(3)]  # whose arithmetic takes a fifth of the time
        strongest, weakest = functools.reduce(np.maximum, bands), functools.reduce(np.minimum, bands)
        grey = bool((strongest - weakest < COLOURLESS).mean() > NEARLY_ALL)
        light = sum(np.multiply(band, weight, dtype=np.uint16) for band, weight in zip(bands, LUMA, strict=True)) / np.float32(
            256
        )
    else:
        grey, light = False, pixels.astype(np.float32)
    return grey, bool((light < DIM).mean() > NEARLY_ALL), _smooth(light)


def _smooth(light: np.ndarray) -> bool:
    if light.shape[1] <= 4:
        return False
    near, far = light[:, 1:] - light[:, :-1], light[:, 4:] - light[:, :-4]
    slope = float(np.square(far).mean())
    return slope > 0 and float(np.square(near).mean()) < SMOOTH * slope
