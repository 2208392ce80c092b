"""What a person does on the page, and the photos they do it with."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence
from pathlib import Path

import samples
from axe_playwright_python.sync_playwright import Axe
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# What belongs to Voilà's own frame of the page, not to what we draw in it.
FRAME = ["region", "landmark-one-main", "html-has-lang"]
ONCE = "--preheat_kernel=False"  # for a server with one visitor: nobody takes the kernel that waits for the next
TOKEN = "of-the-tests"  # the owner's; a public page asks for none
FINAL = ", ".join(f'.vl-answer[data-state="{state}"]' for state in ("sure", "unsure", "unfamiliar", "refused", "several"))


def below(address: str, name: str) -> str:
    """The address of `name` on the server of `address`, with the token of that."""
    place, mark, token = address.partition("?")
    return f"{place}{name}{mark}{token}"


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


def write_notebook(path: Path, source: str) -> Path:
    """A notebook of one cell."""
    cell = {"cell_type": "code", "id": "c", "metadata": {}, "execution_count": None, "outputs": [], "source": source}
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    path.write_text(json.dumps({"cells": [cell], "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}))
    return path


def upload(name: str, content: bytes, kind: str = "image/jpeg") -> dict:
    return {"name": name, "mimeType": kind, "buffer": content}


def choose(page: Page, *files: dict) -> None:
    """Choose files as a person does: through the dialog that the visible button opens."""
    button = page.get_by_role("button", name=re.compile("^(Choose or take|Another photo)"))
    with page.expect_file_chooser() as chooser:
        button.locator("visible=true").first.click()
    chooser.value.set_files(list(files))


def answered(page: Page, name: str = "") -> str:
    """The headline, once the page has settled on an answer; on that of the photo `name`, where an older one is still there."""
    if name:
        expect(page.locator(".vl-app .vl-photo")).to_have_attribute("alt", re.compile(f"^{re.escape(name)}: ."))
    expect(page.locator(f".vl-app :is({FINAL})")).to_be_visible()
    return page.locator(".vl-app .vl-headline").inner_text()


def violations(page: Page, within: str = ".vl-app", frame: Sequence[str] = FRAME) -> list[str]:
    """What axe-core finds wrong `within` a part of the page; rules of `frame` are for what stands around it."""
    found = Axe().run(page, context=within, options=RULES).response["violations"]
    return [f"{rule['id']}: {node['html']}" for rule in found if rule["id"] not in frame for node in rule["nodes"]]
