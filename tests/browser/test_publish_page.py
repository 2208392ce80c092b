"""Publish on the page: a card for each way, what is asked of it, and a real publication with its proof."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import run_folders
import safe_forms
from kept_runtime import PINS, kept_runtime
from playwright.sync_api import Locator, Page, expect
from steps import violations, write_notebook

from model.cluster import NOT_INSTALLED
from model.core import PROJECT

LONG = 180_000  # ms: a page is made, opened and compared
CHECKS = [
    {"name": "weight", "passed": True, "said": "12 files, 38.1 MB in all."},
    {"name": "image", "passed": None, "said": "The image was not built: its steps were done here."},
]
CODE = """
import os
from model import cluster
from widgets.publish import PublishPanel
from widgets.shared import Project
import ipywidgets as ipw
cluster.is_installed = lambda: False
ipw.VBox([PublishPanel(Project(model=os.environ["FORM"]))]).add_class("vl-app")
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    """A folder for the runs, the model, the cache and the notebook."""
    place = tmp_path_factory.mktemp("page")
    write_notebook(place / "page.ipynb", CODE)
    safe_forms.with_card(place / "colours")
    return place


@pytest.fixture(scope="module")
def workshop(serve, place) -> str:
    own = {"VOILENS_RUNS": str(place / "runs"), "VOILENS_CACHE": str(place / "cache"), "FORM": str(place / "colours")}
    return serve(
        "voila", str(place / "page.ipynb"), "--Voila.ip=127.0.0.1", "--preheat_kernel=False", PYTHONPATH=str(PROJECT), **own
    )


@pytest.fixture
def enter(new_page, workshop, place, monkeypatch) -> Callable[..., Page]:
    """Open the page, without a run of the test before."""
    monkeypatch.setenv("VOILENS_RUNS", str(place / "runs"))
    shutil.rmtree(place / "runs", ignore_errors=True)
    (place / "runs").mkdir()

    def open_page(width: int = 1280, height: int = 900, **options) -> Page:
        page = new_page(width, height, **options)
        page.goto(workshop)
        expect(page.get_by_role("heading", name="Show it to others")).to_be_visible()
        return page

    return open_page


def card(page: Page, title: str) -> Locator:
    return (
        page.get_by_role("list", name="Ways to publish")
        .get_by_role("listitem")
        .filter(has=page.get_by_role("heading", name=title))
    )


def test_each_way_says_what_it_costs_and_asks_the_rarer_things_only_when_they_are_unfolded(enter):
    page = enter()
    expect(page.locator(".vl-way")).to_have_count(4)
    for title in ("A page without a server", "Binder", "A container", "Ray Serve"):
        expect(card(page, title).locator("dt")).to_have_text(["Costs", "Needs", "Gives up"])
        expect(card(page, title).get_by_label("The folder that it is put into")).to_be_hidden()
        card(page, title).get_by_text("More choices").click()
        expect(card(page, title).get_by_label("The folder that it is put into")).to_be_visible()
    expect(page.locator(".vl-missing")).to_have_count(1)
    expect(card(page, "Ray Serve").locator(".vl-missing")).to_contain_text(NOT_INSTALLED)
    card(page, "Binder").get_by_label("Its repository on GitHub").fill("no repository")
    card(page, "Binder").get_by_role("button", name="Make the repository for Binder").click()
    expect(page.get_by_text("“no repository” is no repository of GitHub: write OWNER/NAME")).to_be_visible(timeout=LONG)
    expect(card(page, "Binder").get_by_label("Its repository on GitHub")).to_have_value("no repository")


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
def test_on_a_phone_nothing_is_cut_off_and_axe_finds_no_fault(enter, scheme):
    page = enter(360, 740, is_mobile=True, has_touch=True, color_scheme=scheme)
    proof = {"passed": True, "checks": CHECKS}
    steps = ["Open https://mybinder.org/v2/gh/me/pets/HEAD once: that takes minutes.", "It is https://OWNER.github.io/PETS/."]
    result = {"out": "/home/somebody/a/rather/long/path/of/published/container", "proof": proof, "next": steps}
    arguments = ["container", "--author", "Ann", "--out", "/srv/pets"]
    run_folders.make("publish", arguments, [{"event": "done", "result": result}])
    page.reload()
    expect(page.get_by_text("The container is made, and nothing is wrong with what could be looked at here")).to_be_visible()
    links = page.locator(".vl-steps a")
    expect(links).to_have_text(["https://mybinder.org/v2/gh/me/pets/HEAD"])
    expect(page.get_by_label("Who made it")).to_have_value("Ann")
    expect(card(page, "A container")).to_contain_text("Made 2 Jan, 03:04: nothing was found wrong.")
    for fold in page.get_by_text("More choices").all():
        fold.click()
    expect(card(page, "A container").get_by_label("The folder that it is put into")).to_have_value("/srv/pets")
    assert violations(page) == []
    assert page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0
    for target in page.locator(".vl-app :is(button, summary):visible").all():
        size = target.bounding_box()
        assert min(size["width"], size["height"]) >= 44


@pytest.mark.slow
def test_a_page_is_made_by_a_click_with_its_author_proved_and_looked_at_again(enter, place):
    shutil.copytree(kept_runtime(), place / "cache/runtime" / f"{PINS.package}-{PINS.version}")
    page = enter()
    page.get_by_label("Who made it").fill("Ann & Bob")
    static = card(page, "A page without a server")
    static.get_by_text("More choices").click()
    static.get_by_label("The folder that it is put into").fill(str(place / "site"))
    static.get_by_role("button", name="Make the page without a server").click()
    expect(page.get_by_text("The page without a server is made and proved. It lies in")).to_be_visible(timeout=LONG)
    expect(page.get_by_role("list", name="What was proved")).to_contain_text("Loaded again with its server gone")
    expect(page.get_by_alt_text("The page as it looks on a phone")).to_be_visible()
    expect(page.get_by_text(f"Copy the folder {place / 'site'} to any web server")).to_be_visible()
    assert json.loads((place / "site/model/model.json").read_text())["card"]["author"] == "Ann & Bob"
    failed = {"event": "failed", "sentence": "There is no room on the disk."}
    run_folders.make("publish", ["container"], [failed], started="2099-01-01T00:00:00")
    page.reload()
    expect(page.get_by_text("There is no room on the disk.")).to_be_visible()
    static.get_by_role("button", name="See what was proved").click()
    expect(page.get_by_text("The page without a server is made and proved. It lies in")).to_be_visible()
