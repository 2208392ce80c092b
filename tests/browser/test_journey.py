"""The whole journey on one page by keyboard alone: train, measure, find faults, mend them, train again, compare, undo."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from samples import class_folders
from steps import ONCE

from model.artifacts import model_card
from model.core import PROJECT

LONG = 240_000  # ms: a process that learns, on a machine that does other things too
COLOURS = ("blue", "green", "red")
WRONG = {"red/900.png": "blue", "blue/901.png": "green", "green/902.png": "red"}  # file: what it shows


@pytest.fixture
def messy(tmp_path) -> Path:
    """Three classes told apart by colour; three pictures lie in another one's folder."""
    root = class_folders(tmp_path / "colours", dict.fromkeys(COLOURS, 20), size=(64, 48))
    for file, shows in WRONG.items():
        (root / shows / f"{COLOURS.index(shows):03}.png").rename(root / file)
    return root


@pytest.fixture
def page(new_page, serve, messy, tmp_path) -> Page:
    """The owner's page, with a model and with runs of this test alone."""
    for name in ("export.pkl", model_card.NAME):
        shutil.copy(PROJECT / name, tmp_path)
    own = {"VOILENS_FOLDER": messy, "VOILENS_MODEL": tmp_path / "export.pkl", "VOILENS_RUNS": tmp_path / "runs"}
    page = new_page()
    page.goto(serve("voila", "app.ipynb", "--Voila.ip=127.0.0.1", ONCE, **{name: str(value) for name, value in own.items()}))
    return page


def press(page: Page, name: str, key: str = "Enter", timeout: int = LONG) -> None:
    """Press a button as somebody without a mouse does."""
    button = page.get_by_role("button", name=name, exact=True).locator("visible=true").first
    expect(button).to_be_enabled(timeout=timeout)
    button.focus()
    page.keyboard.press(key)


def trained(page: Page) -> Locator:
    done = page.locator('.vl-training[data-state="done"]')
    expect(done).to_be_visible(timeout=LONG)
    return done


def files(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.glob("*/*.png")}


@pytest.mark.slow
def test_from_a_messy_folder_to_a_cleaner_one_and_a_better_model_and_back(page, messy):
    before = files(messy)
    press(page, "Train")
    press(page, "Start training")
    expect(page.locator('.vl-training[data-state="running"]')).to_be_visible(timeout=LONG)
    trained(page)
    press(page, "See how good it is")
    expect(page.locator('.vl-summary[data-state="ready"]')).to_be_visible(timeout=LONG)

    press(page, "Clean")
    press(page, "Find doubtful pictures")
    expect(page.locator(".vl-g-said")).to_contain_text("Done: 3 labels of 60 stand out", timeout=LONG)
    pictures = page.get_by_role("listbox", name="Pictures")
    pictures.focus()
    for position in range(3):
        tile = page.locator(f'.vl-g-tile[data-position="{position}"]')
        expect(tile).to_contain_text("label doubtful")
        page.keyboard.press("Enter")  # takes the suggestion and moves on
        expect(tile).to_have_attribute("data-state", "relabel")
    press(page, "Apply")
    expect(page.locator(".vl-g-said")).to_have_text("3 changes applied.")
    expect(page.get_by_role("button", name="Train again and compare")).to_be_visible()
    expect(page.locator(".vl-g-bar")).to_be_in_viewport(ratio=1)  # below the words that have come above
    shown = {Path(file).name: shows for file, shows in WRONG.items()}
    assert {path.name: path.parent.name for path in messy.glob("*/90?.png")} == shown

    press(page, "Train again and compare")
    expect(page.locator('.vl-training[data-state="running"]')).to_be_visible(timeout=LONG)
    expect(trained(page)).to_contain_text("of the same 13 pictures are right")
    press(page, "Clean")
    press(page, "Undo the last apply")
    expect(page.locator(".vl-g-said")).to_have_text("3 changes undone.")
    assert files(messy) == before
