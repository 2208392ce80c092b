"""What can be seen of a picture's quality without a model: measures of one picture, and verdicts within its folder.

A verdict needs two things: an absolute limit, and that the picture stands out from its folder; so pictures on white card,
X-rays or drawings are not all called bright, dark or flat. Pillow only; knows no files and no labels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from PIL import Image, ImageChops

SIDE = 256  # pixels of the shorter side that sharpness is measured at, about what a network sees
TELLING = 48  # pixels of the shorter side under which nothing is said of sharpness
FAINT = 12  # levels of 255: where the strongest edges are weaker, nothing is said of sharpness
STRONGEST = (0.001, 0.0025, 0.005)  # of all places at full size: outlines of small and of larger things
COARSE = 4  # pixels that are averaged for the coarse look at edges

DARK, DARK_CONTRAST = 0.2, 0.3  # brightness and contrast under which a picture may be dark
BRIGHT, BRIGHT_CONTRAST = 0.9, 0.4  # brightness above and contrast under which it may be overexposed
FLAT = 0.1  # contrast under which it may show nothing
BLURRY = 0.48  # sharpness under which it may be blurred
LONG = 3.0  # longer side in shorter sides above which a picture may have an odd shape
STANDS_OUT = 0.5  # of the folder's median, that a measure must fall short of besides
FLAT_STANDS_OUT, BLURRY_STANDS_OUT = 0.25, 0.7
SIZES_APART = 5.0  # times smaller or larger (in length) than the folder's median, which is odd


@dataclass(frozen=True)
class Quality:
    """Measures of one picture, the brightness and the contrast from 0 to 1.

    `width` and `height` in pixels; `brightness` is the mean of its grey; `contrast` the distance of its lightest to its
    darkest parts (99th and 1st percentile of grey); `sharpness` how steep the strongest edges are over one pixel, as a
    share of their height over four: 0.3 to 0.45 in blurred photos, 0.6 to 2 in sharp ones, 1 where there are none to judge by.
    """

    width: int
    height: int
    brightness: float
    contrast: float
    sharpness: float

    @property
    def aspect(self) -> float:
        """Width in heights."""
        return self.width / self.height


def measure(picture: Image.Image) -> Quality:
    """The measures of an upright RGB picture, as `open_picture` gives it."""
    shrink = max(1, min(picture.size) // SIDE)
    grey = picture.convert("L")
    grey = grey.reduce(shrink) if shrink > 1 else grey
    levels = grey.histogram()
    brightness = sum(level * count for level, count in enumerate(levels)) / sum(levels) / 255
    contrast = (_percentile(levels, 0.99) - _percentile(levels, 0.01)) / 255
    return Quality(*picture.size, brightness, contrast, _sharpness(grey))


def issues(measured: Sequence[Quality | None]) -> list[tuple[str, ...]]:
    """What is wrong with each picture of a folder: any of "dark", "bright", "flat", "blurry", "odd size", mostly none.

    `measured` holds None for a picture that cannot be opened, of which nothing is said.
    """
    whole = [each for each in measured if each]
    if not whole:
        return [()] * len(measured)
    usual = Quality(
        width=0,
        height=0,
        brightness=median(each.brightness for each in whole),
        contrast=median(each.contrast for each in whole),
        sharpness=median(each.sharpness for each in whole),
    )
    length, shape = median(map(_length, whole)), median(map(_elongation, whole))

    def verdicts(each: Quality) -> tuple[str, ...]:
        larger = max(_length(each) / length, length / _length(each))
        found = {
            "dark": each.brightness < min(DARK, STANDS_OUT * usual.brightness) and each.contrast < DARK_CONTRAST,
            "bright": 1 - each.brightness < min(1 - BRIGHT, STANDS_OUT * (1 - usual.brightness))
            and each.contrast < BRIGHT_CONTRAST,
            "flat": each.contrast < min(FLAT, FLAT_STANDS_OUT * usual.contrast),
            "blurry": each.sharpness < min(BLURRY, BLURRY_STANDS_OUT * usual.sharpness),
            "odd size": larger > SIZES_APART or _elongation(each) > max(LONG, shape / STANDS_OUT),
        }
        return tuple(name for name, so in found.items() if so)

    return [verdicts(each) if each else () for each in measured]


def _sharpness(grey: Image.Image) -> float:
    """How much of the strongest edges, seen at a quarter of the size, happens within one pixel at full size; 1 when unknown.

    A line takes up COARSE times the share of the pixels of the smaller picture. The best of several shares counts: a
    thing in focus before a blurred background is sharp.
    """
    if min(grey.size) < TELLING:
        return 1.0
    fine, coarse = _edges(grey), _edges(grey.reduce(COARSE))
    heights = [(_percentile(fine, 1 - share), _percentile(coarse, 1 - COARSE * share)) for share in STRONGEST]
    return max((at_full / at_quarter for at_full, at_quarter in heights if at_quarter >= FAINT), default=1.0)


def _edges(grey: Image.Image) -> list[int]:
    """How many differences between neighbours there are of each height, 0 to 255."""
    width, height = grey.size
    across = ImageChops.difference(grey.crop((1, 0, width, height)), grey.crop((0, 0, width - 1, height)))
    down = ImageChops.difference(grey.crop((0, 1, width, height)), grey.crop((0, 0, width, height - 1)))
    return [a + b for a, b in zip(across.histogram(), down.histogram(), strict=True)]


def _percentile(counts: Sequence[int], share: float) -> float:
    """The level of a histogram under which `share` of its counts lie, between levels in proportion."""
    wanted, below = share * sum(counts), 0
    for level, count in enumerate(counts):
        if below + count >= wanted and count:
            return max(0.0, level - 0.5 + (wanted - below) / count)
        below += count
    return float(len(counts) - 1)


def _length(each: Quality) -> float:
    return (each.width * each.height) ** 0.5


def _elongation(each: Quality) -> float:
    return max(each.aspect, 1 / each.aspect)
