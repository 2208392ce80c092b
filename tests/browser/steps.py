"""What a person does on the page, and the photos they do it with."""

from __future__ import annotations

import random
from pathlib import Path

import samples
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

HOME = Path(__file__).resolve().parents[2]
FINAL = ", ".join(f'.vl-answer[data-state="{state}"]' for state in ("sure", "unsure", "unfamiliar", "refused", "several"))


def encoded(image: Image.Image, kind: str = "JPEG", **options) -> bytes:
    return samples.encoded(image, kind, **options)


def picture(seed: int = 0, size: tuple[int, int] = (320, 240)) -> Image.Image:
    """A generated photo that looks different each way up, the same for the same seed."""
    grain = Image.frombytes("L", (size[0] // 4, size[1] // 4), random.Random(seed).randbytes(size[0] // 4 * (size[1] // 4)))
    image = grain.resize(size, Image.Resampling.BICUBIC).convert("RGB")
    pen = ImageDraw.Draw(image)
    width, height = size
    pen.rectangle((0, 0, width // 3, height // 2), fill=(200, 40 + 13 * seed % 200, 40))
    pen.ellipse((width // 2, height // 3, width - 5, height - 5), fill=(40, 90, 200 - 11 * seed % 150))
    return image


def upload(name: str, content: bytes, kind: str = "image/jpeg") -> dict:
    return {"name": name, "mimeType": kind, "buffer": content}


def choose(page: Page, *files: dict) -> None:
    """Choose files as a person does: through the dialog that the visible button opens."""
    button = page.get_by_role("button", name="Choose or take a photo").or_(page.get_by_role("button", name="Another photo"))
    with page.expect_file_chooser() as chooser:
        button.locator("visible=true").first.click()
    chooser.value.set_files(list(files))


def answered(page: Page) -> str:
    """The headline, once the page has settled on an answer."""
    expect(page.locator(f".vl-app :is({FINAL})")).to_be_visible()
    return page.locator(".vl-app .vl-headline").inner_text()
