"""What photos suffer from in life, so that a network learns to bear it: grey, coloured light, darkness, blur, a quarter turn,
another background. Stronger and more random than what is measured (`model.evaluation.degrade`). Knows tensors, no pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F

SHARES = {  # of the pictures, each by itself: about a quarter suffers from something, so that plain pictures stay the rule
    "grey": 0.06,
    "tint": 0.06,
    "dark": 0.06,
    "blur": 0.06,
    "quarter": 0.04,
    "background": 0.06,
}
TINT = 0.6  # the most that a colour of the light is lowered or raised
DARKEST, DARK = 0.2, 0.7  # of the light, what is left
NOISE = 0.03  # of white, in what is dark
SHARPEST, BLURRED = 1 / 200, 1 / 55  # of the side, the deviation of the blur
LUMINANCE = (0.299, 0.587, 0.114)  # ITU-R 601, as Pillow makes grey

Triple = tuple[float, float, float]


@dataclass(frozen=True)
class Hardship:
    """What one picture suffers from.

    `turns` are quarter turns; `background` is the seed of another one, `noise` that of the grain in the dark. Of the light, and
    of its colours, shares are left; `blur` is a deviation, as a share of the picture's side.
    """

    grey: bool = False
    tint: Triple = (1.0, 1.0, 1.0)
    light: float = 1.0
    blur: float = 0.0
    turns: int = 0
    background: int | None = None
    noise: int = 0

    @classmethod
    def draw(cls, draw: np.random.Generator, augment: Sequence[str]) -> Hardship:
        """Draw what is named in `augment`; all numbers are drawn, used or not."""
        met = {
            name: bool(chance < share and name in augment)
            for chance, (name, share) in zip(draw.random(len(SHARES)), SHARES.items(), strict=True)
        }
        tint = np.exp(np.log1p(TINT) * draw.uniform(-1, 1, 3))
        light, blur = draw.uniform(DARKEST, DARK), draw.uniform(SHARPEST, BLURRED)
        turns, seed = draw.choice((1, 3)), draw.integers(2**31)
        return cls(
            met["grey"],
            tuple(map(float, tint / tint.mean())) if met["tint"] else cls.tint,  # type: ignore[arg-type]
            float(light) if met["dark"] else cls.light,
            float(blur) if met["blur"] else cls.blur,
            int(turns) if met["quarter"] else cls.turns,
            int(seed) if met["background"] else cls.background,
            int(seed) if met["dark"] else cls.noise,
        )

    @property
    def changes_light(self) -> bool:
        """Whether there is something to do by `suffer`."""
        return self.grey or self.blur > 0 or self.light < 1 or self.tint != Hardship.tint


def suffer(picture: torch.Tensor, hardship: Hardship) -> torch.Tensor:
    """Grey, tint, darkness and blur, done to pixels (3 × s × s, from 0 to 255)."""
    if hardship.blur:
        picture = _blurred(picture, hardship.blur * picture.shape[-1])
    if hardship.grey:
        picture = picture.new_tensor(LUMINANCE).view(3, 1, 1).mul(picture).sum(0, keepdim=True).expand(3, -1, -1)
    gains = picture.new_tensor(hardship.tint).mul(hardship.light).view(3, 1, 1)
    picture = (picture * gains).clamp(0, 255)
    if hardship.light < 1:
        grain = torch.randn(picture.shape, generator=torch.Generator().manual_seed(hardship.noise)).to(picture.device)
        picture = (picture + 255 * NOISE * grain).clamp(0, 255)
    return picture


def _blurred(picture: torch.Tensor, deviation: float) -> torch.Tensor:
    """Blurred by a Gaussian, its deviation in pixels; borders are mirrored."""
    reach = min(max(1, round(3 * deviation)), picture.shape[-1] - 1)
    steps = torch.arange(-reach, reach + 1, dtype=picture.dtype, device=picture.device)
    weights = torch.exp(-0.5 * (steps / deviation) ** 2)
    weights = weights / weights.sum()
    padded = F.pad(picture[:, None], (reach,) * 4, mode="reflect")
    return F.conv2d(F.conv2d(padded, weights.view(1, 1, 1, -1)), weights.view(1, 1, -1, 1))[:, 0]
