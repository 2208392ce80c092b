"""One form for choosing a folder, and what is open again after a reload: under a real Voilà, by keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from samples import class_folders
from steps import ONCE, violations


@pytest.fixture
def home(tmp_path) -> Path:
    """The home of the owner: photos lie in it, one folder deeper."""
    class_folders(tmp_path / "home" / "photos" / "rubbish", {"glass": 12, "paper": 12}, size=(64, 48))
    return tmp_path / "home"


@pytest.fixture
def owners(serve, home, tmp_path) -> str:
    own = {"HOME": str(home), "VOILENS_RUNS": str(tmp_path / "runs")}
    return serve("voila", "app.ipynb", "--Voila.ip=127.0.0.1", ONCE, **own)


def press(page: Page, name: str) -> None:
    button = page.get_by_role("button", name=name).locator("visible=true").first
    expect(button).to_be_enabled()
    button.focus()
    page.keyboard.press("Enter")


def first_tile(page: Page) -> Locator:
    return page.locator('.vl-g-tile[data-position="0"]')


@pytest.mark.slow
def test_a_folder_is_browsed_to_described_and_open_again_after_a_reload_with_its_marks_and_the_undo(visit, owners, home):
    page = visit(owners)
    folder = home / "photos" / "rubbish"
    press(page, "Clean")
    press(page, "Browse")
    expect(page.locator(".vl-here")).to_be_focused()
    press(page, "photos")
    expect(page.locator(".vl-here")).to_have_text("photos")
    assert violations(page) == []
    press(page, "rubbish")
    press(page, "Look into rubbish")
    expect(page.locator(".vl-said").locator("visible=true")).to_contain_text("24 pictures in 2 classes")
    assert violations(page) == []
    assert not (folder / ".voilens").exists()  # described before anything runs
    press(page, "Clean these pictures")
    expect(first_tile(page)).to_be_visible()
    page.locator(".vl-g-list").focus()
    page.keyboard.press("d")
    expect(page.locator(".vl-g-changes")).to_have_text("1 change: 1 deleted")
    page.get_by_role("button", name="Apply", exact=True).click()
    expect(page.get_by_role("button", name="Undo the last apply")).to_be_visible()
    page.locator(".vl-g-list").focus()
    page.keyboard.press("d")
    expect(page.locator(".vl-g-changes")).to_have_text("1 change: 1 deleted")

    page.reload()
    expect(page.locator(".vl-g-changes")).to_have_text("1 change: 1 deleted")
    expect(page.get_by_role("button", name="Undo the last apply")).to_be_visible()
    press(page, "Another folder")
    expect(page.locator(".vl-g-list")).to_be_hidden()
    press(page, "Back to rubbish")
    expect(page.locator(".vl-g-list")).to_be_visible()

    other = visit(owners)  # a page that looks at another part first
    press(other, "Train")
    expect(other.locator(".vl-said").locator("visible=true")).to_contain_text("23 pictures in 2 classes")
    press(other, "Clean")
    expect(other.locator(".vl-g-changes")).to_have_text("1 change: 1 deleted")
