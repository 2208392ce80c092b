"""The cleaner in a real Chromium under a real Voilà: by keyboard alone, by mouse, on a phone, and what outlives what."""

from __future__ import annotations

import os
import random
import shutil
import zipfile
from collections.abc import Callable
from itertools import count
from pathlib import Path

import corrections
import pytest
import steps
from playwright.sync_api import Page, expect
from samples import class_folders
from steps import below, write_notebook

from model.catalog import scanner
from model.catalog.database import open_database, writing
from model.core import PROJECT

LABELS = ("Bär", "cat", "two words")
WIDE = "() => document.scrollingElement.scrollWidth - innerWidth"
LISTED = "() => document.querySelectorAll('.vl-g-tile').length"


def score(root: Path) -> None:
    """List a folder, and judge it as if by a model: every fifth label is doubtful, the first two are copies."""
    scanner.scan(root)
    database, rng = open_database(root), random.Random(0)
    with writing(database):
        rows = database.execute("SELECT file, label FROM pictures ORDER BY file").fetchall()
        for number, (file, label) in enumerate(rows):
            other, wrong = LABELS[(LABELS.index(label) + 1) % 3], number % 5 == 0
            values = (other if wrong else label, 0.9, 2.0, 0.9 - number / len(rows) / 2, other if wrong else None, wrong)
            database.execute("INSERT OR REPLACE INTO scores VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (file, label, *values))
            if rng.random() < 0.1:
                database.execute("INSERT OR IGNORE INTO issues VALUES (?, 'dark')", [file])
        for file, _ in rows[:2]:
            database.execute("INSERT INTO copies VALUES (?, 1, 'near', 0, 1)", [file])
    database.close()


@pytest.fixture(scope="module")
def clean(serve, tmp_path_factory) -> tuple[str, Path]:
    """Where Voilà shows the notebooks of a folder, and that folder."""
    folder = tmp_path_factory.mktemp("notebooks")
    environment = {"PYTHONPATH": str(PROJECT), "VOILENS_RUNS": str(tmp_path_factory.mktemp("runs"))}
    where = serve("voila", str(folder), "--Voila.ip=127.0.0.1", "--preheat_kernel=False", path="/voila/render/", **environment)
    return where, folder


@pytest.fixture
def animals(pictures, tmp_path) -> Path:
    """Three classes of eight pictures that number their files alike; one more cannot be opened."""
    root = Path(shutil.copytree(pictures, tmp_path / "animals"))
    (root / "cat" / "broken.jpg").write_bytes(b"\xff\xd8\xff" + bytes(500))
    score(root)
    return root


@pytest.fixture
def visit(new_page, clean, tmp_path) -> Callable[..., Page]:
    """Open a cleaner of a folder in a page of its own."""
    where, folder = clean
    numbers = count()

    def open_page(data: Path, options: str = "", width: int = 1280, height: int = 800, **context) -> Page:
        name = f"{tmp_path.name}-{next(numbers)}.ipynb"
        write_notebook(folder / name, f"import widgets\nwidgets.Cleaner({str(data)!r}{options})")
        page = new_page(width, height, **context)
        page.goto(below(where, name))
        expect(page.locator(".vl-g-image[src]").first).to_be_visible()
        return page

    return open_page


def tile(page: Page, position: int):
    return page.locator(f'.vl-g-tile[data-position="{position}"]')


def violations(page: Page) -> list[str]:
    """Of the cleaner alone, in a page that gives it no heading."""
    return steps.violations(page, ".vl-cleaner", [*steps.FRAME, "page-has-heading-one"])


def test_from_a_messy_folder_to_a_cleaner_one_and_back_by_keyboard_alone(visit, animals):
    page = visit(animals)
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('vl-g-list')"):
            break
    expect(page.locator(".vl-g-list")).to_be_focused()
    assert tile(page, 0).locator(".vl-g-given").inner_text() == "Bär"
    page.keyboard.press("Enter")  # takes the suggestion and moves on
    expect(tile(page, 0)).to_have_attribute("data-state", "relabel")
    page.keyboard.press("k")
    expect(tile(page, 1)).to_have_attribute("data-state", "keep")
    page.keyboard.press("d")
    expect(tile(page, 2)).to_have_attribute("data-state", "delete")
    page.keyboard.press("2")
    expect(tile(page, 3).locator(".vl-g-badge")).to_have_text("→cat")
    page.keyboard.type("two words")  # the letters after the first are let pass
    expect(tile(page, 4).locator(".vl-g-badge")).to_have_text("→two words")
    page.keyboard.type("newt")
    page.keyboard.press("Enter")
    expect(tile(page, 5).locator(".vl-g-badge")).to_have_text("→newt")
    expect(page.locator(".vl-g-changes")).to_contain_text("5 changes: 4 relabelled, 1 deleted · 1 kept")
    page.keyboard.press("u")
    expect(tile(page, 5)).to_have_attribute("data-state", "")
    page.keyboard.press("Shift+U")
    expect(tile(page, 5)).to_have_attribute("data-state", "relabel")
    page.keyboard.press("Home")
    page.keyboard.press("Shift+ArrowRight")
    expect(page.locator('.vl-g-tile[aria-selected="true"]')).to_have_count(2)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Space")
    expect(page.get_by_role("dialog", name="Picture")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".vl-g-list")).to_be_focused()
    expect(page.locator("dialog")).to_have_count(0)  # the last one is gone, and gives the focus back no more
    page.get_by_role("button", name="Review").press("Enter")
    expect(page.locator(".vl-g-change")).to_have_count(5)
    page.locator(".vl-g-change button").last.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".vl-g-change")).to_have_count(4)
    page.locator(".vl-g-review").get_by_role("button", name="Apply").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".vl-g-said")).to_contain_text("4 changes applied. Where a name was taken, a number was added:")
    expect(page.locator(".vl-g-said")).to_contain_text("000.png is now 000-2.png")
    assert not (animals / "Bär" / "002.png").exists()
    assert (animals / "cat" / "000-2.png").exists()
    page.get_by_role("button", name="Undo the last apply").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".vl-g-said")).to_have_text("4 changes undone.")
    assert (animals / "Bär" / "002.png").exists()


def test_where_classes_are_digits_a_digit_means_the_class_of_that_name(visit, tmp_path):
    root = class_folders(tmp_path / "digits", {"0": 3, "1": 3, "5": 3})
    scanner.scan(root)
    page = visit(root)
    page.locator(".vl-g-list").focus()
    assert page.locator(".vl-g-classes button").all_inner_texts() == ["0\n0", "1\n1", "5\n5"]
    for position, key in ((0, "5"), (1, "1"), (3, "0")):
        page.locator(".vl-g-list").press("Home")
        for _ in range(position):
            page.keyboard.press("ArrowRight")
        page.keyboard.press(key)
        expect(tile(page, position).locator(".vl-g-badge")).to_have_text(f"→{key}")


@pytest.mark.slow
def test_by_mouse_and_marks_outlive_class_changes_reloads_and_kernels(visit, animals):
    page = visit(animals)
    page.locator('.vl-g-option[data-key="cat"]').click()
    expect(page.locator(".vl-g-number")).to_have_text("9 of 25 pictures")
    tile(page, 0).click()
    page.locator(".vl-g-detail").get_by_role("button", name="Delete").click()
    expect(tile(page, 0)).to_have_attribute("data-state", "delete")
    tile(page, 2).click()
    tile(page, 4).click(modifiers=["Shift"])
    page.locator(".vl-g-detail").get_by_role("button", name="two words").click()
    expect(tile(page, 4)).to_have_attribute("data-state", "relabel")
    page.locator('.vl-g-option[data-key="two words"]').click()
    expect(page.locator(".vl-g-number")).to_have_text("8 of 25 pictures")
    page.locator('.vl-g-option[data-key="cat"]').click()
    expect(tile(page, 0)).to_have_attribute("data-state", "delete")
    page.reload()  # with a kernel of its own, as always under Voilà
    expect(page.locator(".vl-g-changes")).to_contain_text("4 changes: 3 relabelled, 1 deleted")
    page.locator('.vl-g-option[data-key="changed"]').click()
    expect(page.locator(".vl-g-number")).to_have_text("4 of 25 pictures")
    page.get_by_role("button", name="All pictures").click()
    page.get_by_role("searchbox", name="Name contains").fill("broken")
    expect(tile(page, 0).locator(".vl-g-blank")).to_contain_text("breaks off")


def test_what_an_apply_takes_out_of_the_list_is_no_longer_shown_beside_it(visit, animals):
    page = visit(animals)
    tile(page, 0).click()
    page.locator(".vl-g-detail").get_by_role("button", name="Delete").click()
    expect(tile(page, 0)).to_have_attribute("data-state", "delete")
    page.locator('.vl-g-option[data-key="changed"]').click()
    expect(page.locator(".vl-g-number")).to_have_text("1 of 25 pictures")
    expect(page.locator(".vl-g-detail")).to_contain_text("To be deleted")
    page.get_by_role("button", name="Review").click()
    page.locator(".vl-g-review").get_by_role("button", name="Apply").click()
    expect(page.get_by_text("No picture fits these filters.")).to_be_visible()
    expect(page.locator(".vl-g-detail")).to_contain_text("No picture is selected.")


@pytest.mark.slow
def test_two_cleaners_see_each_others_marks_while_keys_are_pressed(visit, animals):
    first, second = visit(animals), visit(animals)
    first.locator(".vl-g-list").focus()
    second.locator(".vl-g-list").focus()
    first.keyboard.press("d")
    expect(tile(second, 0)).to_have_attribute("data-state", "delete")
    second.keyboard.press("u")
    expect(tile(first, 0)).to_have_attribute("data-state", "")
    for page, key in ((first, "k"), (second, "d")) * 3:
        page.keyboard.press(key)
    expect(first.locator(".vl-g-said")).not_to_contain_text("list has just changed")
    expect(first.locator(".vl-g-changes")).to_contain_text("deleted")


@pytest.mark.slow
def test_ten_thousand_pictures_are_scrolled_through_and_few_are_in_the_page(visit, pictures, tmp_path):
    root = tmp_path / "many"
    originals = sorted(pictures.rglob("*.png"))
    for number in range(10_000):
        original = originals[number % len(originals)]
        file = root / original.parent.name / f"{number:05}.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        os.link(original, file)
    score(root)
    page = visit(root, ", query={'order': 'name'}")
    page.locator(".vl-g-list").focus()
    expect(page.locator(".vl-g-number")).to_have_text("10,000 pictures")
    page.keyboard.press("End")
    expect(tile(page, 9_999).locator(".vl-g-image[src]")).to_be_visible()
    expect(tile(page, 9_999)).to_have_attribute("aria-posinset", "10000")
    for share in (0.2, 0.9, 0.5):
        page.evaluate("s => { const l = document.querySelector('.vl-g-list'); l.scrollTop = s * l.scrollHeight; }", share)
        page.wait_for_timeout(80)
    expect(page.locator('.vl-g-tile[data-position="5000"] .vl-g-image[src]')).to_be_visible()
    assert page.evaluate(LISTED) < 60
    page.keyboard.press("Home")
    page.keyboard.press("PageDown")
    page.keyboard.press("Control+a")
    page.keyboard.press("d")
    expect(page.locator(".vl-g-said")).to_contain_text("pictures: to be deleted")
    expect(page.locator('.vl-g-tile[aria-selected="true"][data-state="delete"]').first).to_be_visible()


def test_keys_that_come_faster_than_the_page_draws_act_each_on_the_next_picture(visit, animals):
    page = visit(animals)
    page.locator(".vl-g-list").focus()
    press = "key => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))"
    page.evaluate(f"keys => keys.forEach({press})", ["k", "d", "k"])
    for place, state in enumerate(("keep", "delete", "keep")):
        expect(tile(page, place)).to_have_attribute("data-state", state)


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
def test_a_screen_reader_and_weak_eyes_find_no_fault_in_any_state(visit, animals, scheme):
    page = visit(animals, color_scheme=scheme)
    if scheme == "dark":
        page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    page.locator(".vl-g-list").focus()
    for key in ("Enter", "k", "d"):
        page.keyboard.press(key)
    expect(tile(page, 2)).to_have_attribute("data-state", "delete")
    page.wait_for_timeout(300)
    assert violations(page) == []
    for key, name in (("?", "Keys"), ("+", "Give a label"), ("Space", "Picture")):
        page.locator(".vl-g-list").press(key)
        expect(page.get_by_role("dialog", name=name)).to_be_visible()
        assert violations(page) == []
        page.keyboard.press("Escape")
    page.get_by_role("button", name="Review").click()
    expect(page.locator(".vl-g-change").first).to_be_visible()
    assert violations(page) == []


def test_on_a_phone_nothing_is_cut_off_and_a_tap_opens_a_sheet(visit, animals):
    page = visit(animals, width=360, height=640, is_mobile=True, has_touch=True, reduced_motion="reduce")
    assert page.evaluate(WIDE) <= 0
    tile(page, 1).tap()
    sheet = page.locator(".vl-g-detail")
    expect(sheet).to_be_visible()
    sheet.get_by_role("button", name="Delete").tap()
    expect(page.locator(".vl-g-changes")).to_contain_text("1 change: 1 deleted")
    small = []
    for target in page.locator(".vl-cleaner button:visible").all():
        size = target.bounding_box()
        if size and min(size["width"], size["height"]) < 44:
            small.append(target.inner_text())
    assert small == []
    assert page.evaluate(WIDE) <= 0
    sheet.get_by_role("button", name="Close").tap()
    expect(sheet).to_be_hidden()
    page.locator(".vl-g-fold").tap()
    page.get_by_role("button", name="Label doubtful").tap()
    expect(page.locator(".vl-g-number")).to_have_text("5 of 25 pictures")
    assert page.evaluate("() => document.getAnimations().length") == 0
    assert violations(page) == []


def test_a_visitor_takes_the_labelled_pictures_home_and_the_folder_stays_as_it_is(visit, animals, tmp_path):
    page = visit(animals, ", private=True")
    page.locator(".vl-g-list").press("2")
    expect(page.locator(".vl-g-changes")).to_contain_text("1 change: 1 relabelled")
    for name in ("Apply", "Score again", "Find doubtful pictures"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as zip").click()
    download.value.save_as(tmp_path / "taken.zip")
    names = zipfile.ZipFile(tmp_path / "taken.zip").namelist()
    assert len(names) == 25
    assert sum(name.startswith("cat/") for name in names) == 10
    assert len(list((animals / "cat").iterdir())) == 9


PANEL = """from model.artifacts import ModelCard, model_card, registry
from widgets.clean import CleanPanel
from widgets.shared import Project
run = registry.runs_folder() / "1-train"
run.mkdir(parents=True)
model_card.write(run / "export.pkl", ModelCard(file="export.pkl", classes={classes!r}, sha256={model!r}))
project = Project()
project.choose({data!r})
CleanPanel(project)"""
DROP = """([name, content]) => {
  const files = new DataTransfer();
  files.items.add(new File([content], name));
  document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true }));
}"""


def test_corrections_that_a_visitor_saved_are_dropped_and_wait_as_suggestions(new_page, clean, animals):
    where, folder = clean
    source = PANEL.format(classes=corrections.CLASSES, model=corrections.MODEL, data=str(animals))
    write_notebook(folder / "corrections.ipynb", source)
    page = new_page()
    page.goto(below(where, "corrections.ipynb"))
    expect(page.locator(".vl-g-image[src]").first).to_be_visible()
    page.evaluate(DROP, ["other.json", "{}"])
    expect(page.get_by_text("“other.json” is no file of corrections")).to_be_visible()
    saved = corrections.document(corrections.correction(1, "cat"), corrections.correction(2, "two words"))
    page.evaluate(DROP, ["of Ann.json", saved.decode()])
    expect(page.get_by_text("2 photos of “of Ann.json”: they wait under “from visitors”.")).to_be_visible()
    page.screenshot(path="/tmp/s3/shots/corrections-clean.png")
    expect(page.locator(".vl-g-tile:visible")).to_have_count(2)
    expect(page.locator(".vl-g-detail")).to_contain_text("It came in “of Ann.json”.")
    assert steps.violations(page, ".vl-corrections-target") == []
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Take in visitors' corrections").click()
    chooser.value.set_files([steps.upload("again.json", saved, "application/json")])
    expect(page.get_by_text("“again.json” was taken before")).to_be_visible()
