"""Marks rank the rest of the list anew without moving what is on the screen, and more like one is shown; really scored."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from samples import class_folders
from steps import below, write_notebook

from model.core import PROJECT
from model.scoring import ScoreOptions, score

pytestmark = pytest.mark.slow


@pytest.fixture
def colours(tmp_path, tiny_export) -> Path:
    root = class_folders(tmp_path / "colours", {"red": 90, "green": 90}, size=(48, 48))
    for number in range(12):
        shutil.move(root / "red" / f"{number:03}.png", root / "green" / f"wrong-{number}.png")
    shutil.copy(root / "red" / "050.png", root / "red" / "copy.png")
    score(root, ScoreOptions(tiny_export, named=True))
    return root


@pytest.fixture
def page(serve, new_page, colours, tmp_path, tmp_path_factory) -> Page:
    folder = tmp_path_factory.mktemp("notebooks")
    environment = {"PYTHONPATH": str(PROJECT), "VOILENS_RUNS": str(tmp_path / "runs")}
    where = serve("voila", str(folder), "--Voila.ip=127.0.0.1", "--preheat_kernel=False", path="/voila/render/", **environment)
    write_notebook(folder / "clean.ipynb", f"import widgets\nwidgets.Cleaner({str(colours)!r})")
    page = new_page(1280, 800)
    page.goto(below(where, "clean.ipynb"))
    expect(page.locator(".vl-g-image[src]").first).to_be_visible()
    return page


def test_the_screen_stands_still_while_the_rest_is_ranked_and_more_like_one_is_a_key_away(page):
    page.locator(".vl-g-list").focus()
    expect(page.locator(".vl-g-who")).to_contain_text("Judged by")
    shown = page.locator('.vl-g-tile[data-position="5"]').inner_text()
    top = page.locator(".vl-g-list").evaluate("(list) => list.scrollTop")
    for _ in range(3):
        page.keyboard.press("Enter" if page.locator(".vl-g-key.vl-primary").is_visible() else "k")
    expect(page.locator(".vl-g-far")).to_contain_text("The rest was ranked anew with your 3 marks.", timeout=180_000)
    assert page.locator('.vl-g-tile[data-position="5"]').inner_text() == shown
    assert page.locator(".vl-g-list").evaluate("(list) => list.scrollTop") == top
    expect(page.locator('.vl-g-tile[aria-selected="true"]')).to_have_attribute("data-position", "3")
    expect(page.locator(".vl-g-changes")).to_contain_text("change")

    chosen = page.locator(".vl-g-detail .vl-g-file").inner_text().partition(" · ")[0]
    page.keyboard.press("=")
    expect(page.get_by_label("Order")).to_have_value("given", timeout=180_000)
    expect(page.locator(".vl-g-detail .vl-g-file")).to_contain_text(chosen)
    page.get_by_role("button", name="Show all pictures").click()
    expect(page.get_by_label("Order")).to_have_value("doubt")
    expect(page.locator(".vl-g-number")).to_have_text("181 pictures")
