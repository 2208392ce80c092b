"""Train and measure on the page: from a folder to the page's own model, with a reload and a stop on the way."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import run_folders
from playwright.sync_api import Locator, Page, expect
from samples import class_folders
from steps import violations, write_notebook

from model.artifacts import model_card, serving_state
from model.core import PROJECT, cache_folder
from model.data import dataset
from model.data.digits import digits_folder

LONG = 120_000  # ms: on a slow machine a process that learns takes its time to begin
DIGITS_EACH = 40  # enough for some mistakes
CLASSES = ("blue", "green", "red")
CODE = """
import ipywidgets as ipw
from widgets.shared import Project
from widgets.train import TrainPanel
from widgets.measure import MeasurePanel
project = Project()
train, measure, heard = TrainPanel(project), MeasurePanel(project), ipw.Label().add_class("heard")
measure.on_cell(lambda _data, **cell: setattr(heard, "value", " ".join([cell["label"], cell["split"], *sorted(cell["files"])])))
ipw.VBox([train, measure, heard]).add_class("vl-app")
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    """A folder for the runs and for the notebook; the project's own are never touched."""
    place = tmp_path_factory.mktemp("page")
    write_notebook(place / "page.ipynb", CODE)
    (place / "runs").mkdir()
    return place


@pytest.fixture
def runs_folder(place, monkeypatch) -> Path:
    """No run is left of the test before, so the shipped model serves."""
    folder = place / "runs"
    monkeypatch.setenv("VOILENS_RUNS", str(folder))
    shutil.rmtree(folder)
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def few_digits(place, shipped_model) -> Path:
    """A cache in which the built-in digits are fewer; what takes long to make lies in the one that all share."""
    cache = place / "cache"
    for label in digits_folder().iterdir():
        (cache / "digits-1" / label.name).mkdir(parents=True)
        for file in sorted(label.iterdir())[:DIGITS_EACH]:
            shutil.copy(file, cache / "digits-1" / label.name)
    for made in ("forms", "bodies"):
        cache_folder(made).mkdir(exist_ok=True)
        (cache / made).symlink_to(cache_folder(made))
    return cache


@pytest.fixture(scope="module")
def workshop(serve, place, few_digits) -> str:
    own = {"VOILENS_RUNS": str(place / "runs"), "VOILENS_CACHE": str(few_digits)}
    environment = {"PYTHONPATH": str(PROJECT), **own}
    return serve("voila", str(place / "page.ipynb"), "--Voila.ip=127.0.0.1", "--preheat_kernel=False", **environment)


@pytest.fixture
def enter(new_page, workshop, runs_folder) -> Callable[..., Page]:
    """Open the page."""

    def open_page(width: int = 1280, height: int = 900, **options) -> Page:
        page = new_page(width, height, **options)
        page.goto(workshop)
        expect(page.get_by_role("button", name="Start training")).to_be_visible()
        return page

    return open_page


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """Three classes that colour alone tells apart, with a file that is no picture."""
    folder = class_folders(tmp_path_factory.mktemp("own") / "colours", dict.fromkeys(CLASSES, 20))
    (folder / "red" / "notes.txt").write_text("hello")
    return folder


@pytest.fixture
def measured(folder, runs_folder) -> Path:
    """A training that is done and measured: of the red ones, two are called blue."""
    return run_folders.measured(folder, "red", "blue", 2)


def part(page: Page, name: str, state: str) -> Locator:
    """A part of the page, once it is in this state."""
    found = page.locator(f'.vl-{name}[data-state="{state}"]')
    expect(found).to_be_visible(timeout=LONG)
    return found


def look_into(page: Page, data: Path) -> None:
    page.get_by_label("The path of your folder").fill(str(data))
    page.get_by_role("button", name="Look into it").click()
    part(page, "source", "ready")


@pytest.mark.slow
def test_from_a_folder_to_the_pages_own_model_with_a_reload_and_a_stop_on_the_way(enter, folder, place, runs_folder):
    page = enter()
    look_into(page, folder)
    expect(page.locator(".vl-said").first).to_contain_text("60 pictures in 3 classes")
    expect(page.locator(".vl-tile")).to_have_count(10)
    page.get_by_text("1 file is left out, and why").click()
    expect(page.locator(".vl-source .vl-reasons")).to_have_text("1 × is not a picture: red/notes.txt")
    page.locator(".vl-train input[type=radio]").nth(1).check()
    page.get_by_text("More choices").click()
    mirror, flip = page.get_by_label("Mirror the pictures"), page.get_by_label("flip")
    expect(mirror.locator("option:checked")).to_have_text("yes, as guessed")
    expect(flip).to_be_checked()
    mirror.focus()
    mirror.select_option("no")
    expect(flip).to_have_count(0)
    expect(mirror).to_be_focused()
    mirror.select_option("")
    expect(flip).to_be_checked()
    page.get_by_label("Epochs", exact=True).fill("60")
    page.get_by_role("button", name="Start training").click()
    expect(page.get_by_text("One training at a time")).to_be_visible()
    part(page, "training", "running")
    expect(page.locator(".vl-drawing svg[role=img]").first).to_be_visible(timeout=LONG)

    page.reload()
    part(page, "training", "running")
    expect(page.get_by_role("heading", name="3. Training on colours")).to_be_visible()
    expect(page.locator(".vl-curve-name").first).to_be_visible(timeout=LONG)  # an epoch is over
    expect(page.get_by_role("progressbar", name="Progress of the training")).to_be_visible()

    page.get_by_role("button", name="Stop, keep the best so far").click()
    ended = part(page, "training", "stopped")
    expect(ended.locator(".vl-verdict-line")).to_contain_text("Stopped, the best so far is kept:")
    (run,) = [found for found in runs_folder.iterdir() if found.name.endswith("-train")]
    assert json.loads((run / "events.jsonl").read_text().splitlines()[-1])["event"] == "stopped"

    part(page, "summary", "ready")
    expect(page.locator(".vl-confusion")).to_be_visible()
    ladder = part(page, "ladder", "ready")
    expect(ladder.locator(".vl-rung")).to_have_count(6)
    expect(ladder.locator(".vl-rung").last).to_contain_text("your model")
    page.get_by_role("button", name="Use this model").click()
    expect(page.get_by_text("The page answers with this model from now on.")).to_be_visible()
    assert serving_state.serving() == run / "export.pkl"
    page.get_by_role("button", name="Bring the model before back").click()
    expect(page.get_by_text("The model before is back.")).to_be_visible()
    assert serving_state.serving() == PROJECT / "export.pkl"


@pytest.mark.slow
def test_a_newcomer_trains_on_the_digits_and_uses_the_model(enter):
    page = enter()
    page.get_by_role("button", name="Take the built-in digits").click()
    part(page, "source", "ready")
    page.get_by_role("button", name="Start training").click()
    part(page, "training", "running")
    page.reload()
    part(page, "training", "running")
    expect(page.locator('.vl-training[data-state="done"]')).to_be_visible(timeout=6 * LONG)
    part(page, "summary", "ready")
    cell = page.locator(".vl-mistake").first
    actual, said = (str(place) for place in cell.get_attribute("data-place").split("/"))
    count = int(cell.inner_text())
    cell.click()
    expect(page.locator(".vl-cell-shown h3")).to_contain_text(f"of {actual}, called {said}")
    expect(page.locator(".vl-cell-shown .vl-tile-flat")).to_have_count(min(count, 24))
    files = page.locator(".heard").inner_text().split()[2:]
    assert len(files) == count
    assert all(file.startswith(f"{actual}/") for file in files)
    page.get_by_role("button", name="Use this model").click()
    expect(page.get_by_text("The page answers with this model from now on.")).to_be_visible()
    assert model_card.read(serving_state.serving()).data["name"] == "digits"
    model_card.admit(serving_state.serving(), named=False)


def test_the_confusion_matrix_is_walked_by_the_arrow_keys_and_a_cell_shows_its_pictures_and_tells_which(
    enter, folder, measured
):
    page = enter()
    part(page, "summary", "ready")
    page.get_by_role("button", name="2 of red called blue").focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator(".vl-count:focus")).to_have_attribute("data-place", "0/0")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".vl-count:focus")).to_have_attribute("data-place", "2/2")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page.locator(".vl-cell-shown h3")).to_have_text("2 pictures of red, called blue")
    reds = sorted(str(item.path) for item in dataset.read_dataset(folder).items if (item.label, item.split) == ("red", "valid"))
    wanted = [Path(file).relative_to(folder).as_posix() for file in reds[:2]]
    shown = page.locator(".vl-cell-shown img")
    expect(shown).to_have_count(2)
    assert {image.get_attribute("alt").partition(",")[0] for image in shown.all()} == {Path(file).name for file in wanted}
    expect(page.locator(".heard")).to_have_text(" ".join(["red", "valid", *wanted]))


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.slow)])
def test_a_screen_reader_and_weak_eyes_find_no_fault(enter, measured, scheme):
    page = enter(color_scheme=scheme, reduced_motion="reduce")
    part(page, "summary", "ready")
    part(page, "source", "ready")
    page.get_by_text("More choices").click()
    page.get_by_role("button", name="2 of red called blue").click()
    expect(page.locator(".vl-cell-shown img")).to_have_count(2)
    assert violations(page) == []
    page.get_by_label("The path of your folder").fill("/no/such/folder")
    page.get_by_role("button", name="Look into it").click()
    part(page, "source", "refused")
    expect(page.locator(".vl-said").first).to_contain_text("There is no folder /no/such/folder")
    assert violations(page) == []
    moving = "() => document.getAnimations().filter((a) => a.effect.target?.closest('.voilens')).length"
    assert page.evaluate(moving) == 0


def test_on_a_phone_nothing_is_cut_off_targets_are_large_enough_and_a_term_is_explained_by_key_and_by_touch(enter, measured):
    page = enter(width=360, height=640, is_mobile=True, has_touch=True)
    part(page, "summary", "ready")
    part(page, "source", "ready")
    page.get_by_text("More choices").click()
    assert page.evaluate("() => document.scrollingElement.scrollWidth - innerWidth") <= 0
    small = [
        (target.inner_text(), size)
        for target in page.locator(".vl-app :is(button, select, summary, label:has(input), input[type=text]):visible").all()
        if (size := target.bounding_box()) and min(size["width"], size["height"]) < 43.5
    ]
    assert small == []
    ask = page.get_by_role("button", name="calibration: what is that?")
    meaning = page.locator(".vl-meaning:popover-open")
    ask.focus()
    page.keyboard.press("Enter")
    expect(meaning).to_contain_text("Whether the shares can be taken at their word")
    box = meaning.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360
    page.keyboard.press("Escape")
    expect(meaning).to_have_count(0)
    ask.tap()
    expect(meaning).to_be_visible()


def test_a_training_that_broke_off_is_told_by_a_sentence(enter, folder):
    run_folders.make(
        "train", [str(folder)], [{"event": "failed", "sentence": "There was too little memory: choose a smaller size."}]
    )
    page = enter()
    ended = part(page, "training", "failed")
    expect(ended).to_contain_text("The training could not go on")
    expect(ended).to_contain_text("choose a smaller size")
    expect(page.get_by_text("There is no trained model yet")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("Traceback")
