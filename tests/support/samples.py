"""Generated pictures and folders of pictures. Pillow only, so that a test of a light module stays light."""

from __future__ import annotations

import io
import random
from pathlib import Path

from PIL import Image

COLOURS = ((200, 40, 40), (40, 190, 60), (50, 60, 210), (220, 210, 40))
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")


def photo(width: int = 48, height: int = 40, seed: int = 0, tint: tuple[int, int, int] | None = None) -> Image.Image:
    """A smooth random picture, never twice the same for two seeds; `tint` moves its colours."""
    rng = random.Random(seed)
    small = Image.frombytes(
        "RGB", (max(2, width // 8), max(2, height // 8)), rng.randbytes(max(2, width // 8) * max(2, height // 8) * 3)
    )
    picture = small.resize((width, height), Image.Resampling.BICUBIC)
    return Image.blend(picture, Image.new("RGB", picture.size, tint), 0.6) if tint else picture


def encoded(picture: Image.Image, format: str = "PNG", **options) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, format, **options)
    return stream.getvalue()


def class_folders(root: Path, counts: dict[str, int], seed: int = 0, size: tuple[int, int] = (40, 32)) -> Path:
    """`root/<class>/<number>.png`, as many as `counts` says; each class has its colour, each picture its own bytes."""
    for place, (label, count) in enumerate(counts.items()):
        (root / label).mkdir(parents=True)
        for number in range(count):
            picture = photo(*size, seed=1000 * seed + 100 * place + number, tint=COLOURS[place % len(COLOURS)])
            picture.save(root / label / f"{number:03}.png")
    return root


def same_picture(first: Image.Image, second: Image.Image) -> bool:
    return (first.mode, first.size, first.tobytes()) == (second.mode, second.size, second.tobytes())


def flipped(content: bytes, bit: int) -> bytes:
    """The same bytes but for one bit, counted from the first one's lowest."""
    changed = bytearray(content)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)
