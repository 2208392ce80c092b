"""Somebody asks why: below an answer, in the cleaner, with the training pictures that the owner keeps and without."""

from __future__ import annotations

import re
from pathlib import Path

import bottles
import pytest
from places import once
from playwright.sync_api import Locator, Page, expect
from steps import ONCE, answered, choose, encoded, upload, violations

from model.__main__ import main
from model.core import checksum

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def bottle_model(tmp_path_factory) -> Path:
    """A model that knows drawn bottles, with copies of its training pictures for its owner alone."""

    def make(place: Path) -> None:
        things = bottles.folder(place / "things")
        assert main(["train", str(things), "--out", str(place / "bottles.pkl"), "--neighbours", "owner"]) == 0

    return once("bottles", make) / "bottles.pkl"


@pytest.fixture(scope="module")
def addresses(serve, bottle_model) -> dict[str, str]:
    own = {"VOILENS_MODEL": str(bottle_model), "VOILENS_FOLDER": str(bottle_model.parent / "things" / "valid")}
    return {
        who: serve("voila", "app.ipynb", "--Voila.ip=127.0.0.1", ONCE, **own, **more)
        for who, more in (("owner", {}), ("visitor", {"VOILENS_PUBLIC": "1"}))
    }


def opened(page: Page) -> Locator:
    """The fold, opened by keyboard, with what it says."""
    fold = page.locator(".vl-why").locator("visible=true").first
    fold.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(fold.locator(".vl-why-photo")).to_be_visible()
    return fold


def answer_of(page: Page, photo: bytes) -> str:
    """The headline for a photo that is chosen."""
    choose(page, upload("bottle.jpg", photo))
    return answered(page, "bottle.jpg")


@pytest.mark.parametrize("width", [1280, 360])
def test_why_shows_the_heat_over_the_photo_and_what_was_taught_like_it(new_page, addresses, width):
    page = new_page(width=width)
    page.goto(addresses["owner"])
    assert "bottle" in answer_of(page, encoded(bottles.drawn("bottle", 100)))
    fold = opened(page)
    expect(fold).to_contain_text("The brighter a place, the more it speaks for bottle")
    assert re.search(
        "The photo; the place that speaks most for bottle lies", fold.locator(".vl-why-photo").get_attribute("alt")
    )
    heat = fold.locator(".vl-why-heat")
    assert heat.evaluate("image => image.naturalWidth") == 224
    for name, shown in (("Photo", "0"), ("Heat alone", "1"), ("Heat over the photo", "0.65")):
        choice = fold.get_by_role("button", name=name, exact=True)
        choice.press("Enter")
        expect(choice).to_have_attribute("aria-pressed", "true")
        assert heat.evaluate("image => getComputedStyle(image).opacity") == shown
    expect(fold.get_by_role("img", name="A training picture of bottle")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []


def test_a_visitor_sees_the_heat_and_no_training_picture(new_page, addresses):
    page = new_page()
    page.goto(addresses["visitor"])
    answer_of(page, encoded(bottles.drawn("can", 101)))
    fold = opened(page)
    expect(fold.locator(".vl-why-heat")).to_be_visible()
    expect(fold.get_by_role("img", name=re.compile("training picture"))).to_have_count(0)


def test_a_new_photo_closes_what_was_said_of_the_one_before(new_page, addresses):
    page = new_page()
    page.goto(addresses["visitor"])
    answer_of(page, encoded(bottles.drawn("can", 102)))
    opened(page)
    choose(page, upload("box.jpg", encoded(bottles.drawn("box", 103))))
    answered(page, "box.jpg")
    assert page.locator(".vl-why").get_attribute("open") is None
    expect(opened(page)).to_contain_text("speaks for box")


def test_the_cleaner_says_why_beside_a_picture(new_page, addresses, bottle_model):
    before = checksum(bottle_model)
    page = new_page()
    page.goto(addresses["owner"])
    page.get_by_role("button", name="Clean", exact=True).click()
    expect(page.locator(".vl-cleaner .vl-g-detail-image")).to_be_visible()
    fold = page.locator(".vl-cleaner .vl-why")
    fold.locator("summary").click()
    expect(fold).to_contain_text("The answer: ")
    expect(fold.locator(".vl-why-heat")).to_be_visible()
    assert violations(page) == []
    assert checksum(bottle_model) == before
