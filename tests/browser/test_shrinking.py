"""Photos made smaller in the browser: upright, in their colours, or as they are where a copy would hide something."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image, ImageOps
from playwright.sync_api import Page, Route
from steps import encoded, picture

from model.core import PROJECT

ORIENTATION = 0x0112
SHRINK = """async ([content, kind]) => {
  const { shrink } = await import("/shared/shrink.js");
  const file = new File([Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))], "photo", { type: kind });
  const { blob, thumbnail } = await shrink(file);
  const little = await thumbnail;
  const text = (bytes) => btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join(""));
  return [text(await blob.arrayBuffer()), little && text(little)];
}"""
WITHOUT_DECODER = "delete window.ImageDecoder"

Shrink = Callable[..., tuple[bytes, bytes]]


@pytest.fixture(params=["", WITHOUT_DECODER], ids=["decoder", "no decoder"])
def shrink(new_page, request) -> Shrink:
    """What the browser makes of a photo, and its thumbnail; in browsers that can decode coarsely and in others."""
    page: Page = new_page()

    def serve(route: Route) -> None:
        path = route.request.url.removeprefix("http://localhost/")
        if path.endswith(".js"):
            route.fulfill(body=(PROJECT / "widgets" / path).read_text(encoding="utf-8"), content_type="text/javascript")
        else:
            route.fulfill(body="<!DOCTYPE html><title>x</title>", content_type="text/html")

    page.route("http://localhost/**", serve)
    page.add_init_script(request.param)
    page.goto("http://localhost/")

    def shrunk(content: bytes, kind: str = "image/jpeg") -> tuple[bytes, bytes]:
        copy, little = page.evaluate(SHRINK, [base64.b64encode(content).decode(), kind])
        return base64.b64decode(copy), base64.b64decode(little or "")

    return shrunk


def opened(content: bytes) -> Image.Image:
    return ImageOps.exif_transpose(Image.open(io.BytesIO(content))).convert("RGB")


def difference(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of two pictures of a shape, once both are small: in levels of 255."""
    small = [np.asarray(image.resize((12, 12), Image.Resampling.BOX), float) for image in (one, other)]
    return float(np.abs(small[0] - small[1]).mean())


@pytest.mark.parametrize("size", [(4032, 3024), (3000, 2000), (1300, 900), (900, 5000)])
def test_a_large_photo_becomes_a_copy_that_shows_the_same(shrink, size):
    photo = picture(3, size)
    copy, little = map(opened, shrink(encoded(photo, quality=92)))
    assert 0.9 * 1024 <= max(copy.size) <= 1024
    assert copy.width / copy.height == pytest.approx(size[0] / size[1], rel=0.01)
    assert difference(copy, photo) < 2
    assert max(little.size) <= 120
    assert difference(little, photo) < 8


def test_a_photo_that_lies_on_its_side_stands_upright_in_its_copy(shrink):
    for turn in range(1, 9):
        exif = Image.Exif()
        exif[ORIENTATION] = turn
        content = encoded(picture(4, (2400, 1600)), exif=exif)
        copy = Image.open(io.BytesIO(shrink(content)[0]))
        assert copy.getexif().get(ORIENTATION, 1) == 1
        assert difference(copy.convert("RGB"), opened(content)) < 2, turn


def test_what_is_small_or_breaks_off_travels_as_it_is(shrink):
    small, whole = encoded(picture(5)), encoded(picture(6, (2400, 1600)))
    for content in (small, whole[: len(whole) // 2], b"no picture at all"):
        assert shrink(content)[0] == content
    assert difference(opened(shrink(small)[1]), picture(5)) < 4


def test_what_has_no_white_ground_gets_one_as_the_model_sees_it(shrink):
    clear = Image.new("RGBA", (1500, 1200), (0, 0, 0, 0))
    copy = opened(shrink(encoded(clear, "PNG"), "image/png")[0])
    assert copy.size == (1024, 819)
    assert np.asarray(copy).min() > 250
