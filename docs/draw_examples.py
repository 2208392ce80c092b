"""Draws the examples beside the shipped model: `python docs/draw_examples.py` writes those that it answers rightly and surely.

Things on pale card, as TrashNet shows them, of our own making, two a class: each is drawn by random numbers until one is
answered so. Drawings of cans, plastic bottles and wrappers were taken for paper, so there are none.
"""

from __future__ import annotations

import io
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter

PROJECT = Path(__file__).resolve().parents[1]
FOLDER = PROJECT / "export-examples"
SIDE, LARGE = 320, 2  # pixels of a drawing; it is drawn so many times as large
TRIES, EACH, CLEAR = 300, 2, 0.8
Colour = tuple[int, int, int]


class Sheet:
    """Pale card with soft light on it, and what is drawn on it, in shares of the side."""

    def __init__(self, draw: random.Random):
        self.draw, self.side = draw, SIDE * LARGE
        tone = draw.randint(205, 235)
        corners = bytes(max(0, min(255, tone + draw.randint(-22, 22))) for _ in range(9))
        light = Image.frombytes("L", (3, 3), corners).resize((self.side, self.side), Image.Resampling.BICUBIC)
        self.picture = Image.merge("RGB", (light, light.point(lambda v: v - 2), light.point(lambda v: v - 8)))

    def lay(self, shape: Callable[[ImageDraw.ImageDraw], None], colour: Colour, light: float = 0.25, rough: int = 6) -> None:
        """Lay a shape (drawn in white on black) with a shadow below it, lighter on one side, its surface a little rough."""
        mask = Image.new("L", self.picture.size)
        shape(ImageDraw.Draw(mask))
        shadow = ImageChops.offset(mask, self.side // 60, self.side // 45).filter(ImageFilter.GaussianBlur(self.side / 60))
        self.picture.paste((90, 88, 84), mask=shadow.point(lambda value: value // 2))
        self.picture.paste(self.surface(colour, light, rough), mask=mask.filter(ImageFilter.GaussianBlur(1)))

    def surface(self, colour: Colour, light: float, rough: int) -> Image.Image:
        across = Image.linear_gradient("L").rotate(self.draw.choice((60, 90, 120)), fillcolor=128)
        across = across.resize(self.picture.size, Image.Resampling.BICUBIC)
        grain = Image.effect_noise((self.side // 2, self.side // 2), rough).resize(self.picture.size)
        tone = Image.blend(across, grain, 0.5)
        return Image.merge("RGB", [tone.point(lambda v, c=c: int(c * (1 + light * (v - 128) / 64))) for c in colour])

    def line(self, points: list[tuple[float, float]], colour: Colour, width: float = 0.006) -> None:
        pen = ImageDraw.Draw(self.picture)
        pen.line([self.at(*point) for point in points], colour, max(1, int(width * self.side)), "curve")

    def glow(self, box: tuple[float, float, float, float], strength: int) -> None:
        """A soft highlight."""
        mask = Image.new("L", self.picture.size)
        ImageDraw.Draw(mask).rounded_rectangle([int(v * self.side) for v in box], self.side // 60, fill=strength)
        self.picture.paste((255, 255, 255), mask=mask.filter(ImageFilter.GaussianBlur(self.side / 130)))

    def at(self, x: float, y: float) -> tuple[int, int]:
        return int(x * self.side), int(y * self.side)

    def finished(self, turn: float) -> Image.Image:
        tone = self.picture.getpixel((4, 4))
        turned = self.picture.rotate(turn, Image.Resampling.BICUBIC, fillcolor=tone)
        return turned.resize((SIDE, SIDE), Image.Resampling.LANCZOS)


def polygon(sheet: Sheet, *points: tuple[float, float]) -> Callable[[ImageDraw.ImageDraw], None]:
    return lambda pen: pen.polygon([sheet.at(*point) for point in points], fill=255)


def cardboard(sheet: Sheet) -> float:
    """A flat piece of corrugated board, with flaps and creases."""
    d, brown = sheet.draw, (176, 136, 92)
    left, top, right, bottom = d.uniform(0.08, 0.2), d.uniform(0.15, 0.3), d.uniform(0.8, 0.92), d.uniform(0.7, 0.88)
    sheet.lay(polygon(sheet, (left, top), (right, top + 0.03), (right - 0.02, bottom), (left + 0.03, bottom)), brown, 0.2, 14)
    for _ in range(d.randint(1, 3)):
        y = d.uniform(top + 0.1, bottom - 0.1)
        sheet.line([(left, y), (right, y + 0.02)], (140, 104, 66))
    for number in range(60):
        x = left + (right - left) * number / 60
        sheet.line([(x, top), (x + 0.002, bottom)], (168, 128, 86), 0.001)
    return d.uniform(-12, 12)


def bottle(sheet: Sheet, colour: Colour, label: Colour | None) -> None:
    d = sheet.draw
    middle, half, top = 0.5, d.uniform(0.11, 0.15), d.uniform(0.08, 0.14)
    neck = half * 0.36

    def shape(pen: ImageDraw.ImageDraw) -> None:
        pen.rounded_rectangle([*sheet.at(middle - half, 0.42), *sheet.at(middle + half, 0.93)], sheet.side // 22, fill=255)
        pen.polygon([sheet.at(*p) for p in ((middle - half, 0.47), (middle - neck, 0.3), (middle - neck, top),
                    (middle + neck, top), (middle + neck, 0.3), (middle + half, 0.47))], fill=255)  # fmt: skip

    sheet.lay(shape, colour, 0.5, 4)
    sheet.line([(middle - neck, top + 0.03), (middle + neck, top + 0.03)], (40, 34, 26), 0.012)
    if label:
        left, right = middle - half, middle + half
        sheet.lay(polygon(sheet, (left, 0.56), (right, 0.56), (right, 0.8), (left, 0.8)), label)
        for row in range(4):
            sheet.line([(middle - half * 0.6, 0.61 + row * 0.04), (middle + half * 0.5, 0.61 + row * 0.04)], (70, 60, 60))
    sheet.glow((middle - half * 0.75, 0.44, middle - half * 0.55, 0.9), 170)
    sheet.glow((middle + half * 0.5, 0.46, middle + half * 0.6, 0.88), 110)
    sheet.glow((middle - neck * 0.6, top + 0.05, middle - neck * 0.3, 0.32), 150)


def glass(sheet: Sheet) -> float:
    """A bottle of green or brown glass."""
    colour = sheet.draw.choice(((34, 74, 40), (58, 92, 44), (86, 48, 20), (60, 34, 18)))
    bottle(sheet, colour, sheet.draw.choice((None, (222, 212, 190))))
    return sheet.draw.choice((0, 90, 60, -60)) + sheet.draw.uniform(-15, 15)


def paper(sheet: Sheet) -> float:
    """A page with lines of text."""
    d = sheet.draw
    left, top, right, bottom = d.uniform(0.14, 0.22), d.uniform(0.06, 0.14), d.uniform(0.78, 0.86), d.uniform(0.86, 0.94)
    sheet.lay(polygon(sheet, (left, top), (right, top), (right, bottom), (left, bottom)), (244, 243, 238), 0.06, 3)
    y = top + 0.07
    while y < bottom - 0.06:
        end = right - 0.05 if d.random() < 0.8 else d.uniform(left + 0.2, right - 0.05)
        x = left + 0.05
        while x < end:
            word = d.uniform(0.02, 0.07)
            sheet.line([(x, y), (min(end, x + word), y)], (96, 96, 100), 0.007)
            x += word + 0.014
        y += d.uniform(0.028, 0.034)
    return d.uniform(-14, 14)


THINGS: dict[str, Callable[[Sheet], float]] = {"cardboard": cardboard, "glass": glass, "paper": paper}


def drawings(label: str) -> Iterator[bytes]:
    for number in range(TRIES):
        sheet = Sheet(random.Random(f"{label} {number}"))
        turn = THINGS[label](sheet)
        stream = io.BytesIO()
        sheet.finished(turn).save(stream, "JPEG", quality=80)
        yield stream.getvalue()


def main() -> None:
    sys.path.insert(0, str(PROJECT))
    from model.classifier import Classifier
    from model.types import Prediction

    classifier = Classifier.load(PROJECT / "export.pkl")
    FOLDER.mkdir(exist_ok=True)
    for label in THINGS:
        good = []
        for content in drawings(label):
            (answer,) = classifier.classify([content])
            if (
                isinstance(answer, Prediction)
                and (answer.label, answer.status) == (label, "sure")
                and answer.probability > CLEAR
            ):
                good.append(content)
            if len(good) == EACH:
                break
        for number, content in enumerate(good, start=1):
            (FOLDER / f"{number}-{label}.jpg").write_bytes(content)
        print(label, len(good))


if __name__ == "__main__":
    main()
