"""One picture as training shows it to the network, again and again. Knows torch, no learner."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

from model.data import classes_around, guess_mirroring
from model.images import open_picture
from model.training.background import lay_on_another
from model.training.config import TrainConfig
from model.training.crops import train_crop
from model.training.hardships import Hardship, suffer


def augmented_views(file: Path, count: int, config: TrainConfig) -> list[Image.Image]:
    """What the network would see of the picture in `file` in `count` epochs. Raises BadImage.

    Where the configuration does not say whether it may be mirrored, the class folders that it lies among do.
    """
    picture = open_picture(file)
    size = config.size_for([min(picture.size)])
    augment = config.augmentations_for(guess_mirroring(classes_around(file)).allowed)
    shrunk = train_crop(config.crop, size)(picture)
    chances = [Augmentation.draw(config, augment, shrunk.size, (config.seed, epoch, 0)) for epoch in range(count)]
    batch = finish(torch.from_numpy(np.stack([cut(shrunk, chance, size) for chance in chances])), chances, AS_IT_IS)
    pixels = batch.mul(255).round().clamp(0, 255).byte().permute(0, 2, 3, 1)
    return [Image.fromarray(row.numpy()) for row in pixels]


Triple = tuple[float, float, float]
Normal = tuple[Triple, Triple]  # the mean and the deviation of pixels from 0 to 1, by channel

IMAGENET: Normal = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
AS_IT_IS: Normal = (0.0,) * 3, (1.0,) * 3
SHARE = 0.75  # of the pictures are turned or warped, and of them another light falls on as many
DEGREES = 10.0
WARP = 0.2  # how much nearer one side comes than the middle
LIGHT = 0.1  # of white, added or taken
CONTRAST = 0.8  # at the least, and its inverse at the most
SIDES = (3 / 4, 4 / 3)  # of a random crop: width to height

Picture = Callable[[int], Image.Image]


@dataclass(frozen=True)
class Augmentation:
    """What chance does to one picture: the part of it, whether mirrored, the homography it is seen through, its light, and what
    else it suffers.

    `homography` is 3 × 3, from where a pixel comes to lie to where it is taken, both from -1 to 1; None changes nothing.
    """

    box: tuple[float, float, float, float]
    mirrored: bool
    homography: np.ndarray | None
    gain: float
    shift: float
    hardship: Hardship = field(default_factory=Hardship)

    @classmethod
    def draw(cls, config: TrainConfig, augment: Sequence[str], size: tuple[int, int], seed: Sequence[int]) -> Augmentation:
        """Draw for a picture of `size` (width, height)."""
        draw = np.random.default_rng(seed)
        box = _BOXES[config.crop](draw, size, config.min_crop_share)
        # every number is drawn, used or not, so that naming one augmentation more leaves the others as they were
        angle, across, down, light, stretch = draw.uniform(-1, 1, 5)
        turned, lit, mirrored = draw.random(3) < (SHARE, SHARE, 0.5)
        homography = _homography(angle if "rotate" in augment else 0.0, *((across, down) if "warp" in augment else (0, 0)))
        return cls(
            box,
            bool(mirrored and "flip" in augment),
            homography if turned and {"rotate", "warp"} & set(augment) else None,
            CONTRAST**-stretch if lit and "contrast" in augment else 1.0,
            LIGHT * light if lit and "brightness" in augment else 0.0,
            Hardship.draw(draw, augment),
        )


def _homography(angle: float, across: float, down: float) -> np.ndarray:
    """Turning by `angle` (of DEGREES), then looking from the side or from above (of WARP)."""
    cos, sin = math.cos(math.radians(DEGREES * angle)), math.sin(math.radians(DEGREES * angle))
    return np.array([[cos, -sin, 0], [sin, cos, 0], [WARP * across, WARP * down, 1]], dtype=np.float32)


def _part(draw: np.random.Generator, size: tuple[int, int], smallest: float) -> tuple[float, float, float, float]:
    """Part of a picture: its area and the logarithm of its proportions evenly drawn (Szegedy et al. 2014, as fastai does)."""
    width, height = size
    narrowest, widest = np.log(SIDES)
    for area, ratio in zip(draw.uniform(smallest, 1, 10), np.exp(draw.uniform(narrowest, widest, 10)), strict=True):
        across, down = math.sqrt(area * ratio * width * height), math.sqrt(area / ratio * width * height)
        if across <= width and down <= height:
            return _placed(draw, size, (across, down))
    return _placed(draw, size, (min(width, height * SIDES[1]), min(height, width / SIDES[0])))


def _square(draw: np.random.Generator, size: tuple[int, int], _smallest: float) -> tuple[float, float, float, float]:
    return _placed(draw, size, (min(size), min(size)))


def _whole(_draw: np.random.Generator, size: tuple[int, int], _smallest: float) -> tuple[float, float, float, float]:
    return (0.0, 0.0, *size)


def _placed(draw: np.random.Generator, size: tuple[int, int], part: tuple[float, float]) -> tuple[float, float, float, float]:
    left, top = draw.uniform(0, 1, 2) * (size[0] - part[0], size[1] - part[1])
    return left, top, min(left + part[0], size[0]), min(top + part[1], size[1])


_BOXES = {"random": _part, "crop": _square, "squish": _whole, "pad": _whole}


def cut(picture: Image.Image, chance: Augmentation, size: int) -> np.ndarray:
    """The part of a picture that chance chose: size × size × 3, 8 bits."""
    part = picture.resize((size, size), Image.Resampling.BILINEAR, box=chance.box)
    if chance.hardship.background is not None:
        part = lay_on_another(picture, part, chance.box, chance.hardship.background)
    pixels = np.rot90(np.asarray(part), chance.hardship.turns)
    return pixels[:, ::-1] if chance.mirrored else pixels


def finish(pixels: torch.Tensor, chances: Sequence[Augmentation] | None, normal: Normal = IMAGENET) -> torch.Tensor:
    """What is done to a whole batch: pixels (n × size × size × 3, 8 bits) -> normalised floats (n × 3 × size × size)."""
    x = pixels.permute(0, 3, 1, 2).float()
    mean, std = (x.new_tensor(each).view(1, 3, 1, 1) for each in normal)
    if chances is None:
        return x.mul_(1 / (255 * std)).sub_(mean / std)
    homographies = {n: chance.homography for n, chance in enumerate(chances) if chance.homography is not None}
    if homographies:
        turned = list(homographies)
        grid = _grid(x.new_tensor(np.stack(list(homographies.values()))), x.shape[-1])
        x[turned] = F.grid_sample(x[turned], grid, padding_mode="reflection", align_corners=False)
    for row, chance in enumerate(chances):
        if chance.hardship.changes_light:
            x[row] = suffer(x[row], chance.hardship)
    gain = x.new_tensor([chance.gain for chance in chances]).view(-1, 1, 1, 1)
    shift = x.new_tensor([chance.shift for chance in chances]).view(-1, 1, 1, 1)
    return x.mul_(gain / (255 * std)).add_((0.5 - 0.5 * gain + shift - mean) / std)


def _grid(matrices: torch.Tensor, size: int) -> torch.Tensor:
    """Where each pixel is taken from: n × size × size × 2, from -1 to 1."""
    line = (torch.arange(size, device=matrices.device, dtype=matrices.dtype) + 0.5) * (2 / size) - 1
    even = torch.stack(
        [line.expand(size, size), line[:, None].expand(size, size), torch.ones_like(line).expand(size, size)], -1
    )
    seen = even.view(1, -1, 3) @ matrices.transpose(1, 2)
    return (seen[..., :2] / seen[..., 2:]).view(-1, size, size, 2)
