"""An object on plain card laid over another background, drawn at random: colours that run into each other, grain, stripes.

Other backgrounds than those that are measured (`model.evaluation.degrade`), which a network has not learned from so.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from model.evaluation import object_mask

Box = tuple[float, float, float, float]

LONGEST = 4  # times as long as wide, at the most, is a picture of an object
CELLS = (2, 7)  # patches of colour along a side: few are a gradient, many a pattern
GRAIN = 28.0  # of 255, the strongest
STRIPES = 40.0  # of 255, the strongest


def lay_on_another(picture: Image.Image, part: Image.Image, box: Box, seed: int) -> Image.Image:
    """The `part` of a picture in `box`, as it is cut out, with another background; as it is where no object is found."""
    mask = object_mask(picture) if max(picture.size) <= LONGEST * min(picture.size) else None
    if mask is None:
        return part
    return Image.composite(part, draw_background(part.size, seed), mask.resize(part.size, Image.Resampling.BILINEAR, box=box))


def draw_background(size: tuple[int, int], seed: int) -> Image.Image:
    """A background of this size."""
    draw = np.random.default_rng(seed)
    width, height = size
    cells = draw.integers(*CELLS, 2)
    patches = draw.uniform(0, 255, (*cells, 1)) * 0.6 + draw.uniform(0, 255, (*cells, 3)) * 0.4
    smooth = Image.fromarray(patches.astype(np.uint8)).resize(size, Image.Resampling.BICUBIC)
    pixels = np.asarray(smooth, dtype=np.float32)
    grain = draw.standard_normal((height // 2 + 1, width // 2 + 1, 1)).repeat(2, 0).repeat(2, 1)[:height, :width]
    down, across = np.mgrid[:height, :width] / max(size)
    waves = np.sin((down * draw.uniform(-60, 60) + across * draw.uniform(-60, 60)) + draw.uniform(0, 6))
    pixels = pixels + draw.uniform(0, GRAIN) * grain + draw.choice((0, 1)) * draw.uniform(0, STRIPES) * waves[..., None]
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))
