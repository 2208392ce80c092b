"""Drawn bottles, boxes and cans on grounds that tell nothing of what stands on them. Pillow only."""

from __future__ import annotations

import random
from pathlib import Path

from PIL import Image, ImageDraw

CLASSES = ("bottle", "box", "can")


def drawn(label: str, seed: int, size: tuple[int, int] = (320, 240)) -> Image.Image:
    """A thing of this class, somewhere on a soft ground."""
    draw = random.Random(f"{label} {seed}")
    ground = Image.frombytes("RGB", (4, 3), draw.randbytes(36)).resize(size, Image.Resampling.BICUBIC)
    picture = Image.blend(ground, Image.new("RGB", size, "white"), 0.6)
    pen, height = ImageDraw.Draw(picture), draw.randint(110, 160)
    x, y = draw.randint(70, size[0] - 150), draw.randint(10, size[1] - height - 10)
    if label == "bottle":
        pen.rounded_rectangle((x, y + height // 3, x + height // 3, y + height), 12, fill=(30, 120, 60))
        pen.rectangle((x + height // 9, y, x + 2 * height // 9, y + height // 3), fill=(30, 120, 60))
        pen.rectangle((x + 4, y + height // 2, x + height // 3 - 4, y + 3 * height // 4), fill=(240, 235, 210))
    elif label == "box":
        pen.rectangle((x, y + height // 3, x + height // 2, y + height), fill=(176, 128, 70))
        pen.polygon([(x, y + height // 3), (x + 16, y + height // 4), (x + height // 2 + 16, y + height // 4),
                     (x + height // 2, y + height // 3)], fill=(200, 154, 96))  # fmt: skip
    else:
        pen.rectangle((x, y + height // 4, x + height // 2, y + height - 12), fill=(190, 30, 40))
        pen.ellipse((x, y + height - 24, x + height // 2, y + height), fill=(160, 20, 30))
        pen.ellipse((x, y + height // 4 - 12, x + height // 2, y + height // 4 + 12), fill=(205, 205, 212))
    return picture


def folder(root: Path, each: int = 16) -> Path:
    """`root/train/<class>/<number>.jpg`, and a few in `valid`."""
    for label in CLASSES:
        for number in range(each + 4):
            place = root / ("train" if number < each else "valid") / label / f"{number:02}.jpg"
            place.parent.mkdir(parents=True, exist_ok=True)
            drawn(label, number).save(place, quality=90)
    return root
