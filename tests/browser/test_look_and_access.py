"""The page on a phone, by keyboard alone, and to a screen reader."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from steps import answered, choose, encoded, picture, upload, violations


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
def test_a_screen_reader_and_weak_eyes_find_no_fault_in_any_state(visit, scheme):
    page = visit(color_scheme=scheme)
    assert violations(page) == []
    assert violations(page, ".vl-below") == [], "what stands below the page can be read, too"
    choose(page, upload("a.jpg", encoded(picture())))
    answered(page)
    assert violations(page) == []
    choose(page, upload("b.jpg", b"no picture"))
    expect(page.locator('.vl-app .vl-answer[data-state="refused"]')).to_be_visible()
    assert violations(page) == []
    choose(page, upload("a.jpg", encoded(picture())), upload("b.jpg", b"no picture"))
    expect(page.locator(".vl-app .vl-table")).to_be_visible()
    assert violations(page) == []


def test_on_a_phone_nothing_is_cut_off_the_answer_needs_no_scrolling_and_those_who_want_no_movement_get_none(visit):
    page = visit(width=360, height=640, is_mobile=True, has_touch=True, reduced_motion="reduce")
    wide = "() => document.scrollingElement.scrollWidth - innerWidth"
    assert page.evaluate(wide) <= 0
    choose(page, upload("a.jpg", encoded(picture(size=(240, 320)))))
    answered(page)
    target, photo = (page.locator(f".vl-app {part}").bounding_box() for part in (".vl-zone", ".vl-photo"))
    assert photo["y"] + photo["height"] <= target["y"] + target["height"], "a photo stays inside its target"
    moving = "() => document.getAnimations().filter((a) => a.effect.target.closest('.voilens')).length"
    assert page.evaluate(moving) == 0
    assert page.evaluate(wide) <= 0
    box = page.locator(".vl-app .vl-headline").bounding_box()
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= 640
    for target in page.locator(".vl-app button:visible").all():
        size = target.bounding_box()
        assert min(size["width"], size["height"]) >= 44
    choose(page, *(upload(f"a-rather-long-file-name-{n}.jpg", encoded(picture(n))) for n in range(2)), upload("x.jpg", b"no"))
    expect(page.locator(".vl-app .vl-table")).to_be_visible()
    assert page.evaluate(wide) <= 0


def test_everything_can_be_reached_by_keyboard_alone(page):
    with page.expect_file_chooser() as chooser:  # expected early: the browser is told so without waiting for it
        for _ in range(8):  # past the parts of the page
            page.keyboard.press("Tab")
            if not page.evaluate("document.activeElement.classList.contains('vl-part')"):
                break
        expect(page.get_by_role("button", name="Choose or take a photo")).to_be_focused()
        page.keyboard.press("Enter")
    chooser.value.set_files([upload("a.jpg", encoded(picture()))])
    answered(page)
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="Another photo")).to_be_focused()
    for _ in range(8):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('vl-past')"):
            break
    page.keyboard.press("Enter")
    expect(page.locator(".vl-app .vl-headline")).to_be_focused()
