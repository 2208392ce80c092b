"""An upright picture -> the block of pixels that a network takes, as its learner's validation transforms cut it.

The steps are plain data, read from a learner by `model.artifacts.build` and kept as JSON. Pillow only: a worker that frames
pictures needs neither torch nor fastai. Each step gives the same pixels as fastai's transform of that name does in
validation.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

from PIL import Image, ImageOps

from model.core import MAX_JPEG_PIXELS
from model.errors import BadImage

Size = tuple[int, int]  # width, height


@dataclass(frozen=True)
class Resize:
    """One cut: `kind` is "squish", "crop" or "pad" (Resize), "inset" (RandomResizedCrop), "centre" (CropPad, RandomCrop)
    or "longest" (RatioResize).

    `size` is (width, height); `resample` one of Pillow's numbers; `fill` is "constant", "edge" or "reflect"; `extra` is
    the share that an inset cuts away at the borders.
    """

    kind: str
    size: Size
    resample: int = Image.Resampling.BILINEAR.value
    fill: str = "constant"
    extra: float = 0.0

    def __call__(self, picture: Image.Image) -> Image.Image:
        return _KINDS[self.kind](picture, self)


@dataclass(frozen=True)
class Transforms:
    """All the cuts of one learner, and the mode ("RGB" or "L") its pictures are opened in."""

    mode: str
    steps: tuple[Resize, ...]

    def __call__(self, picture: Image.Image) -> Image.Image:
        """Cut an upright RGB picture; the answer's `tobytes()` is height × width × channels, 8 bits each."""
        picture = picture if picture.mode == self.mode else picture.convert(self.mode)
        for step in self.steps:
            picture = step(picture)
        return picture

    @property
    def fixed(self) -> bool:
        """Whether every picture comes out at one size."""
        return any(step.kind != "longest" for step in self.steps)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Transforms:
        return cls(data["mode"], tuple(Resize(**{**step, "size": tuple(step["size"])}) for step in data["steps"]))


def _squish(picture: Image.Image, step: Resize) -> Image.Image:
    return picture.resize(step.size, step.resample)


def _crop_or_pad(picture: Image.Image, step: Resize) -> Image.Image:
    """Cut (or pad) to the target's proportions around the middle, then resize."""
    (width, height), (to_width, to_height) = picture.size, step.size
    choose = max if step.kind == "pad" else min
    scale = choose(width / to_width, height / to_height)
    size = int(scale * to_width), int(scale * to_height)
    corner = int(0.5 * (width - size[0])), int(0.5 * (height - size[1]))
    return _cut(picture, size, corner, step.fill).resize(step.size, step.resample)


def _inset(picture: Image.Image, step: Resize) -> Image.Image:
    """Resize the whole picture to a little more than the target and keep the middle."""
    margin = math.ceil(max(step.size) * step.extra / 8) * 8
    if not margin:
        return _squish(picture, step)
    larger = picture.resize((step.size[0] + margin, step.size[1] + margin), step.resample)
    return _centre(larger, step)


def _centre(picture: Image.Image, step: Resize) -> Image.Image:
    corner = (picture.width - step.size[0]) // 2, (picture.height - step.size[1]) // 2
    return _cut(picture, step.size, corner, step.fill)


def _longest(picture: Image.Image, step: Resize) -> Image.Image:
    """Resize so that the longer side has `size[0]` pixels, whatever the proportions."""
    longest, (width, height) = step.size[0], picture.size
    landscape = width >= height
    other = max(1, int(longest * (height / width if landscape else width / height)))
    size = (longest, other) if landscape else (other, longest)
    return _crop_or_pad(picture, Resize("crop", size, step.resample))


_KINDS = {
    "squish": _squish,
    "crop": _crop_or_pad,
    "pad": _crop_or_pad,
    "inset": _inset,
    "centre": _centre,
    "longest": _longest,
}


def _cut(picture: Image.Image, size: Size, corner: tuple[int, int], fill: str) -> Image.Image:
    """The box of `size` at `corner`, filled where it reaches over the picture's border. Raises BadImage."""
    if size[0] * size[1] > MAX_JPEG_PIXELS:
        sentence = "This picture is too long and narrow for this model: cut out the part that matters."
        raise BadImage(sentence, code="too-narrow")
    (x, y), (width, height) = corner, size
    inside = max(x, 0), max(y, 0), min(x + width, picture.width), min(y + height, picture.height)
    before = max(-x, 0), max(-y, 0)
    after = max(x + width - picture.width, 0), max(y + height - picture.height, 0)
    picture = picture.crop(inside)
    if any(before) or any(after):
        picture = _FILLS[fill](picture, before, after)
    return picture


def _pad_constant(picture: Image.Image, before: tuple[int, int], after: tuple[int, int]) -> Image.Image:
    return ImageOps.expand(picture, (*before, *after), fill=0)


def _pad_edge(picture: Image.Image, before: tuple[int, int], after: tuple[int, int]) -> Image.Image:
    def columns(image: Image.Image, left: int, right: int) -> Image.Image:
        wide = Image.new(image.mode, (left + image.width + right, image.height))
        wide.paste(image, (left, 0))
        for border, start, count in ((0, 0, left), (image.width - 1, left + image.width, right)):
            if count:
                strip = image.crop((border, 0, border + 1, image.height))
                wide.paste(strip.resize((count, image.height), Image.Resampling.NEAREST), (start, 0))
        return wide

    return _both_ways(columns, picture, before, after)


def _pad_reflect(picture: Image.Image, before: tuple[int, int], after: tuple[int, int]) -> Image.Image:
    def columns(image: Image.Image, left: int, right: int) -> Image.Image:
        """Repeat the picture and its mirror, without doubling the borders, as often as needed."""
        if image.width == 1:
            return image.resize((left + 1 + right, image.height), Image.Resampling.NEAREST)
        period = 2 * image.width - 2
        tile = Image.new(image.mode, (period, image.height))
        tile.paste(ImageOps.mirror(image), (image.width - 1, 0))
        tile.paste(image, (0, 0))
        wide = Image.new(image.mode, (left + image.width + right, image.height))
        for start in range(left % period - period, wide.width, period):
            wide.paste(tile, (start, 0))
        return wide

    return _both_ways(columns, picture, before, after)


def _both_ways(columns, picture: Image.Image, before: tuple[int, int], after: tuple[int, int]) -> Image.Image:
    """Fill left and right, then above and below by the same function on the transposed picture."""
    wide = columns(picture, before[0], after[0])
    turned = columns(wide.transpose(Image.Transpose.TRANSPOSE), before[1], after[1])
    return turned.transpose(Image.Transpose.TRANSPOSE)


_FILLS = {"constant": _pad_constant, "edge": _pad_edge, "reflect": _pad_reflect}
