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
Box = tuple[float, float, float, float]  # left, top, right, bottom
ACROSS, DOWN = 0, 1  # the axes of a size


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

    def part(self, size: Size) -> tuple[Box, Size]:
        """Which part of a picture of this size is kept, in its pixels, and the size that this part is given."""
        (width, height), step = size, self
        if self.kind == "longest":
            step = _as_crop(size, self)
        if step.kind in ("crop", "pad"):
            (x, y), (across, down) = _around_the_middle(size, step)
            return (x, y, x + across, y + down), step.size
        if step.kind == "centre":
            x, y = _corner(size, step.size)
            return (x, y, x + step.size[0], y + step.size[1]), step.size
        margin = _margin(step) if step.kind == "inset" else 0
        larger = step.size[0] + margin, step.size[1] + margin
        x, y = _corner(larger, step.size)
        wide, high = width / larger[0], height / larger[1]
        return (x * wide, y * high, (x + step.size[0]) * wide, (y + step.size[1]) * high), step.size


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

    def part(self, size: Size) -> Box:
        """Which part of an upright picture of this size the network sees, in its pixels; beyond its borders where padded."""
        left, top, across, down = 0.0, 0.0, 1.0, 1.0  # where the pixels of now began in the picture, and how wide they were
        box: Box = (0.0, 0.0, float(size[0]), float(size[1]))
        for step in self.steps:
            (x, y, right, bottom), becomes = step.part(size)
            box = left + x * across, top + y * down, left + right * across, top + bottom * down
            left, top, across, down = box[0], box[1], (box[2] - box[0]) / becomes[0], (box[3] - box[1]) / becomes[1]
            size = becomes
        return box

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
    corner, size = _around_the_middle(picture.size, step)
    return _cut(picture, size, corner, step.fill).resize(step.size, step.resample)


def _around_the_middle(of: Size, step: Resize) -> tuple[Size, Size]:
    """The corner and the size of the part with the target's proportions, in a picture of the size `of`."""
    (width, height), (to_width, to_height) = of, step.size
    choose = max if step.kind == "pad" else min
    scale = choose(width / to_width, height / to_height)
    size = int(scale * to_width), int(scale * to_height)
    return (int(0.5 * (width - size[0])), int(0.5 * (height - size[1]))), size


def _inset(picture: Image.Image, step: Resize) -> Image.Image:
    """Resize the whole picture to a little more than the target and keep the middle."""
    margin = _margin(step)
    if not margin:
        return _squish(picture, step)
    larger = picture.resize((step.size[0] + margin, step.size[1] + margin), step.resample)
    return _centre(larger, step)


def _centre(picture: Image.Image, step: Resize) -> Image.Image:
    return _cut(picture, step.size, _corner(picture.size, step.size), step.fill)


def _margin(step: Resize) -> int:
    """How much wider than the target an inset resizes the picture to, before it cuts that away."""
    return math.ceil(max(step.size) * step.extra / 8) * 8


def _corner(of: Size, size: Size) -> Size:
    """Where a part of this size begins that lies in the middle."""
    return (of[0] - size[0]) // 2, (of[1] - size[1]) // 2


def _longest(picture: Image.Image, step: Resize) -> Image.Image:
    """Resize so that the longer side has `size[0]` pixels, whatever the proportions."""
    return _crop_or_pad(picture, _as_crop(picture.size, step))


def _as_crop(of: Size, step: Resize) -> Resize:
    """The crop that leaves a picture of the size `of` its proportions."""
    longest, (width, height) = step.size[0], of
    landscape = width >= height
    other = max(1, int(longest * (height / width if landscape else width / height)))
    size = (longest, other) if landscape else (other, longest)
    return Resize("crop", size, step.resample)


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
    picture = picture if inside == (0, 0, *picture.size) else picture.crop(inside)
    if any(before) or any(after):
        picture = _FILLS[fill](picture, before, after)
    return picture


def _pad_constant(picture: Image.Image, before: tuple[int, int], after: tuple[int, int]) -> Image.Image:
    return ImageOps.expand(picture, (*before, *after), fill=0)


def _pad_edge(picture: Image.Image, before: Size, after: Size) -> Image.Image:
    for axis in (ACROSS, DOWN):
        picture = _repeat_edge(picture, axis, before[axis], after[axis])
    return picture


def _pad_reflect(picture: Image.Image, before: Size, after: Size) -> Image.Image:
    for axis in (ACROSS, DOWN):
        fill = _reflect if picture.size[axis] > 1 else _repeat_edge
        picture = fill(picture, axis, before[axis], after[axis])
    return picture


def _repeat_edge(picture: Image.Image, axis: int, before: int, after: int) -> Image.Image:
    length, picture = picture.size[axis], _extended(picture, axis, before, after)
    for border, start, count in ((before, 0, before), (before + length - 1, before + length, after)):
        if count:
            line = picture.crop(_band(picture.size, axis, border, 1))
            left, top, right, bottom = _band(picture.size, axis, start, count)
            picture.paste(line.resize((right - left, bottom - top), Image.Resampling.NEAREST), (left, top))
    return picture


def _reflect(picture: Image.Image, axis: int, before: int, after: int) -> Image.Image:
    """Mirror the picture at its borders, without doubling these, as often as needed."""
    length, picture = picture.size[axis], _extended(picture, axis, before, after)
    flip = ImageOps.mirror if axis == ACROSS else ImageOps.flip
    for missing, border, way in ((before, before, -1), (after, before + length - 1, 1)):
        for done in range(0, missing, length - 1):
            count, mirror = min(length - 1, missing - done), border + way * done  # the last line that is there
            start, to = (mirror + 1, mirror - count) if way < 0 else (mirror - count, mirror + 1)
            piece = flip(picture.crop(_band(picture.size, axis, start, count)))
            picture.paste(piece, _band(picture.size, axis, to, count)[:2])
    return picture


def _extended(picture: Image.Image, axis: int, before: int, after: int) -> Image.Image:
    """The picture with room before and after it; itself where none is needed."""
    if not before and not after:
        return picture
    width, height = picture.size
    more = before + after
    wide = Image.new(picture.mode, (width + more, height) if axis == ACROSS else (width, height + more))
    wide.paste(picture, (before, 0) if axis == ACROSS else (0, before))
    return wide


def _band(size: Size, axis: int, start: int, count: int) -> tuple[int, int, int, int]:
    """The box of `count` columns, or rows, from `start` on."""
    return (start, 0, start + count, size[1]) if axis == ACROSS else (0, start, size[0], start + count)


_FILLS = {"constant": _pad_constant, "edge": _pad_edge, "reflect": _pad_reflect}
