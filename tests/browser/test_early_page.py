"""The page before its kernel: what is done on it is not lost, and nobody notices where one page becomes the other."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect
from steps import answered, encoded, picture, upload, violations

ZONE = "#early .vl-zone"
OWN = ".vl-app:not(#early) .vl-zone"


@pytest.fixture
def early(new_page, address) -> Callable[..., tuple[Page, Callable[[], None]]]:
    """The page before its widgets are built, and what lets them be."""

    def open_page(where: str = address, script: str = "", **options) -> tuple[Page, Callable[[], None]]:
        page, held = new_page(**options), list[Route]()
        page.add_init_script(script)
        page.route(re.compile(r"/voila/static/page-\w+\.js"), lambda route: held.append(route))
        page.goto(where, wait_until="commit")
        expect(page.locator("#early .vl-part, #early .vl-zone").first).to_be_visible()

        def build() -> None:
            for route in held:
                route.continue_()

        return page, build

    return open_page


def choose_early(page: Page, *files: dict) -> None:
    with page.expect_file_chooser() as chooser:
        page.locator("#early").get_by_role("button", name=re.compile("^(Choose or take|Another photo)")).click()
    chooser.value.set_files(list(files))


def test_a_photo_that_came_before_the_page_was_built_is_shown_at_once_and_answered(early):
    page, build = early()
    assert violations(page, "#early") == []
    choose_early(page, upload("first.jpg", encoded(picture(1))))
    expect(page.locator("#early .vl-photo")).to_have_attribute("alt", re.compile("first.jpg"))
    expect(page.locator("#early").get_by_text("Loading the model")).to_be_visible()
    assert violations(page, "#early") == []
    choose_early(page, upload("second.jpg", encoded(picture(2))))
    build()
    answered(page, "second.jpg")
    expect(page.locator("#early")).to_have_count(0)
    expect(page.locator(".vl-past-label")).to_have_count(1)  # the first was never sent


@pytest.mark.slow
def test_several_photos_that_came_before_are_all_answered(early):
    page, build = early()
    choose_early(page, *(upload(f"{number}.jpg", encoded(picture(number))) for number in range(3)))
    expect(page.locator("#early").get_by_text("0.jpg and 2 more")).to_be_visible()
    build()
    expect(page.locator(".vl-app .vl-headline")).to_have_text("3 photos answered")


@pytest.mark.slow
def test_a_window_for_files_that_stayed_open_meanwhile_still_gives_its_photo(early):
    page, build = early()
    with page.expect_file_chooser() as chooser:
        page.locator(ZONE).get_by_role("button", name="Choose or take a photo").click()
    build()
    expect(page.locator(OWN)).to_be_visible()
    chooser.value.set_files([upload("late.jpg", encoded(picture(3)))])
    answered(page, "late.jpg")


def test_the_keyboard_stays_where_it_was_and_a_part_that_was_chosen_opens(early, address):
    page, build = early()
    page.locator(ZONE).get_by_role("button").focus()
    build()
    expect(page.locator(OWN).get_by_role("button", name="Choose or take a photo")).to_be_focused()

    page, build = early()
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.locator(ZONE)).to_be_hidden()
    build()
    expect(page.locator(".vl-app:not(#early) .vl-part[aria-current]")).to_have_text("Train")
    expect(page.get_by_role("heading", name="Train", exact=False).first).to_be_visible()
    page.unroute_all()
    page.reload()  # the address names the part: the first look is at no other
    expect(page.locator(".vl-app:not(#early) .vl-part[aria-current]")).to_have_text("Train")


def test_a_photo_is_not_lost_where_another_part_is_looked_at_before_the_page_is_built(early):
    page, build = early()
    choose_early(page, upload("before.jpg", encoded(picture(5))))
    expect(page.locator("#early").get_by_text("Loading the model")).to_be_visible()
    page.get_by_role("button", name="Train", exact=True).click()
    build()
    expect(page.locator(".vl-app:not(#early) .vl-part[aria-current]")).to_have_text("Train")
    page.get_by_role("button", name="Classify", exact=True).click()
    answered(page, "before.jpg")


def test_a_photo_too_large_to_be_kept_is_named_before_the_page_is_built_and_after(early, address):
    kept = [{"name": "small.jpg", "url": "data:image/jpeg;base64," + base64.b64encode(encoded(picture(6))).decode()}]
    kept.append({"name": "large.heic", "url": ""})
    script = f"sessionStorage.setItem('voilens-photos', {json.dumps(json.dumps(kept))})"
    page, build = early(script=script)
    named = "Too large to be kept while the page was loaded again: large.heic"
    expect(page.locator("#early").get_by_text(named)).to_be_visible()
    build()
    answered(page, "small.jpg")
    expect(page.locator("#early")).to_have_count(0)
    expect(page.locator(".vl-app:not(#early)").get_by_text(named)).to_be_visible()


@pytest.mark.slow
def test_nothing_moves_where_one_page_becomes_the_other(early):
    for width in (1280, 360):
        page, build = early(width=width)
        there = page.locator(f"{ZONE} .vl-button").first
        page.wait_for_timeout(100)
        before = [page.locator("#early h1").bounding_box(), there.bounding_box()]
        build()
        expect(page.locator(OWN)).to_be_visible()
        after = [page.locator(".vl-classify h1").bounding_box(), page.locator(f"{OWN} .vl-button").first.bounding_box()]
        for (one, other), most in zip(zip(before, after, strict=True), (1, 30), strict=True):  # a line more: the classes
            assert abs(one["x"] - other["x"]) <= 1 and abs(one["y"] - other["y"]) <= most, (width, before, after)


def test_a_page_that_breaks_off_before_its_kernel_says_so_and_keeps_the_photo(new_page, address):
    page = new_page()
    whole: list[str] = []

    def cut(route: Route) -> None:
        text = route.fetch().text()
        whole.append(text)
        route.fulfill(body=text[: text.index('<p id="loading"')], content_type="text/html")

    page.route(re.compile(r"/\?token"), cut)
    page.goto(address)
    expect(page.locator("#early").get_by_role("alert")).to_contain_text("The server went to sleep")
    choose_early(page, upload("kept.jpg", encoded(picture(4))))
    assert violations(page, "#early") == []
    page.unroute_all()
    page.locator("#early").get_by_role("button", name="Restart").click()
    answered(page, "kept.jpg")
    assert len(whole) == 1
