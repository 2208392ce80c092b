"""A photo is cut in the browser to the very pixels that Python cuts: random pictures, every kind of step."""

from __future__ import annotations

import base64
import random

import pytest
from node import evaluate
from PIL import Image, features

from model.core import PROJECT
from model.images import Resize, Transforms

SCRIPT = """
const { frame, partOf } = await import(framing);
const pixels = ({ width, height, data }) => ({ width, height, bands: 3, data: new Uint8Array(Buffer.from(data, "base64")) });
tell(given.map(({ picture, transforms }) => {
  const { width, height, bands, data } = frame(pixels(picture), transforms);
  const part = partOf([picture.width, picture.height], transforms);
  return { width, height, bands, data: Buffer.from(data).toString("base64"), part };
}));
"""
KINDS = [
    *(Resize("squish", (32, 24), resample) for resample in range(6)),
    *(Resize("crop", (31, 40), resample) for resample in (1, 2, 3)),
    *(Resize("pad", (30, 30), 2, fill) for fill in ("constant", "edge", "reflect")),
    *(Resize("centre", (48, 33), 2, fill) for fill in ("constant", "edge", "reflect")),
    Resize("inset", (32, 32), 2, extra=0.14),
    Resize("inset", (32, 32), 2),
    Resize("longest", (40, 40), 2),
]
ROUNDED = 0 if features.version("pil") >= "13" else 8  # of 255: earlier versions have the two passes in another order
SIZES = [(64, 48), (48, 64), (33, 200), (150, 17), (7, 5), (32, 24), (1, 9), (301, 403)]


def noise(size: tuple[int, int], seed: int) -> Image.Image:
    return Image.frombytes("RGB", size, random.Random(seed).randbytes(3 * size[0] * size[1]))


def framed_in_the_browser(pairs: list[tuple[Image.Image, Transforms]]) -> list[tuple[tuple[int, int], int, bytes, list[float]]]:
    given = [
        {
            "picture": {
                "width": picture.width,
                "height": picture.height,
                "data": base64.b64encode(picture.tobytes()).decode(),
            },
            "transforms": transforms.to_json(),
        }
        for picture, transforms in pairs
    ]
    said = evaluate(SCRIPT, framing=(PROJECT / "widgets/static/framing.js").as_uri(), given=given)
    return [((each["width"], each["height"]), each["bands"], base64.b64decode(each["data"]), each["part"]) for each in said]


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_every_cut_gives_the_pixels_that_pillow_gives(mode):
    steps = [(step,) for step in KINDS] + [(Resize("pad", (90, 90), 3, "reflect"), Resize("inset", (64, 48), 2, extra=0.2))]
    pairs = [
        (noise(size, seed), Transforms(mode, some))
        for seed, some in enumerate(steps)
        for size in (SIZES if mode == "RGB" else SIZES[:2])
    ]
    for (picture, transforms), (size, bands, data, part) in zip(pairs, framed_in_the_browser(pairs), strict=True):
        expected = transforms(picture)
        assert (size, bands) == (expected.size, len(mode))
        assert differs(data, expected.tobytes()) <= ROUNDED, f"{transforms} of {picture.size}"
        assert part == pytest.approx(transforms.part(picture.size))


def test_a_large_photo_is_cut_alike():
    pairs = [(noise((2000, 1500), 7), Transforms("RGB", (Resize("crop", (224, 224), 2),)))]
    ((_, _, data, _),) = framed_in_the_browser(pairs)
    assert differs(data, pairs[0][1](pairs[0][0]).tobytes()) <= ROUNDED


def differs(one: bytes, other: bytes) -> int:
    """The largest difference of two blocks of pixels."""
    assert len(one) == len(other)
    return max(map(abs, map(int.__sub__, one, other)))
