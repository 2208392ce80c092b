"""The parts of the page together: photos go from the answer to the cleaner, and no visitor reaches the owner's folder."""

from __future__ import annotations

import io
import re
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
import run_folders
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from samples import class_folders
from steps import ONCE, answered, choose, encoded, picture, upload, violations

from model.artifacts import model_card
from model.catalog import open_database, scan
from model.core import PROJECT
from model.intake import take_corrections

PARTS = ("Classify", "Train", "Measure", "Clean", "Label", "Publish")


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """The owner's pictures: two classes that the shipped model knows."""
    return class_folders(tmp_path_factory.mktemp("own") / "rubbish", {"glass": 6, "paper": 6}, size=(64, 48))


@pytest.fixture(scope="module")
def owners(serve, folder) -> str:
    return serve("voila", "app.ipynb", "--Voila.ip=127.0.0.1", VOILENS_FOLDER=str(folder))


@pytest.fixture(scope="module")
def public(serve, folder) -> str:
    return serve("voila", "app.ipynb", "--Voila.ip=127.0.0.1", ONCE, VOILENS_FOLDER=str(folder), VOILENS_PUBLIC="1")


@pytest.fixture(scope="module")
def owners_page(regulars, owners) -> Page:
    return regulars.enter(owners)


@pytest.fixture(scope="module")
def owners_phone(regulars, owners) -> Page:
    return regulars.enter(owners, 360, 740)


def go(page: Page, part: str) -> None:
    page.get_by_role("navigation").get_by_role("button", name=part, exact=True).click()


def tiles(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Pictures").get_by_role("option")


def current(page: Page) -> str:
    return page.locator(".vl-part[aria-current]").inner_text()


def test_a_correction_waits_for_the_owner_in_the_cleaner(visit, owners, folder):
    page = visit(owners)
    content = encoded(picture(7))
    choose(page, upload("my bottle.jpg", content))
    answered(page)
    page.get_by_role(
        "button", name=re.compile(r"^(Wrong, it|It) is …$")
    ).click()  # unfamiliar, it has nothing that could be wrong
    page.get_by_role("group", name="It is").get_by_role("button", name=re.compile("^(glass|paper)$")).first.click()
    expect(page.locator(".vl-note")).to_contain_text("Kept for the cleaner of “rubbish”")
    (kept,) = (folder / ".voilens" / "inbox").iterdir()
    assert kept.read_bytes() == content
    assert kept.name.endswith("-my-bottle.jpg")
    go(page, "Clean")
    expect(page.get_by_role("button", name="From visitors")).to_contain_text("1")


def test_several_photos_go_to_the_cleaner_which_then_shows_them(visit, owners):
    page = visit(owners)
    choose(page, *(upload(f"{n}.jpg", encoded(picture(n))) for n in (21, 22)))
    page.get_by_role("button", name="Send to the cleaner").click()
    expect(page.locator(".vl-part[aria-current]")).to_have_text("Clean")
    for name in ("21.jpg", "22.jpg"):
        expect(tiles(page).filter(has_text="from a visitor").and_(page.get_by_label(name))).to_be_visible()


@pytest.mark.slow
def test_a_cell_of_the_confusion_matrix_opens_the_cleaner_on_its_pictures(visit, serve, tmp_path, monkeypatch):
    monkeypatch.setenv("VOILENS_RUNS", str(tmp_path / "runs"))
    folder = class_folders(tmp_path / "rubbish", {"glass": 30, "paper": 30})
    run_folders.measured(folder, "paper", "glass", 3)
    runs = {"VOILENS_FOLDER": str(folder), "VOILENS_RUNS": str(tmp_path / "runs")}
    page = visit(serve("voila", "app.ipynb", "--Voila.ip=127.0.0.1", ONCE, **runs))
    go(page, "Measure")
    page.get_by_role("button", name="3 of paper called glass").click()
    expect(page.locator(".vl-part[aria-current]")).to_have_text("Clean")
    expect(page.locator(".vl-g-number")).to_have_text("3 of 60 pictures")
    expect(tiles(page)).to_have_count(3)
    for tile in tiles(page).all():
        expect(tile).to_contain_text("paper")
    page.get_by_role("button", name="Show all pictures").locator("visible=true").click()
    expect(page.locator(".vl-g-number")).to_have_text("60 pictures")


def test_the_part_that_is_looked_at_is_there_again_after_a_reload(visit, owners):
    page = visit(owners)
    assert page.locator(".vl-part").all_inner_texts() == list(PARTS)
    go(page, "Label")
    expect(page.get_by_role("heading", name="Label photos")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Label photos")).to_be_visible()
    assert current(page) == "Label"


def drop(page: Page, files: dict[str, bytes]) -> bool:
    """Drop files on the page, beside every target; give whether the browser was kept from showing them in its place."""
    return page.evaluate(
        """(files) => {
          const box = new DataTransfer();
          for (const [name, bytes] of Object.entries(files)) box.items.add(new File([new Uint8Array(bytes)], name));
          const kinds = ["dragover", "drop"];
          const options = { dataTransfer: box, bubbles: true, cancelable: true };
          return kinds.every((kind) => !document.body.dispatchEvent(new DragEvent(kind, options)));
        }""",
        {name: list(content) for name, content in files.items()},
    )


@pytest.mark.parametrize("part", PARTS)
def test_a_photo_dropped_on_any_part_never_takes_the_place_of_the_page(owners_page, part):
    page = owners_page
    go(page, part)
    page.wait_for_timeout(500)
    assert drop(page, {"dropped.jpg": encoded(picture(3))})


def test_a_photo_dropped_on_one_part_is_not_taken_by_another(visit, owners):
    page = visit(owners)
    go(page, "Label")
    expect(page.get_by_role("heading", name="Label photos")).to_be_visible()
    drop(page, {"dropped.jpg": encoded(picture(3))})
    expect(tiles(page)).to_have_count(1)
    go(page, "Classify")
    expect(page.get_by_role("button", name="Choose or take a photo")).to_be_visible()


def test_a_visitor_of_a_public_page_labels_photos_and_takes_them_home(visit, public, folder):
    before = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))
    page = visit(public)
    assert page.locator(".vl-part").all_inner_texts() == ["Classify", "Label"]
    contents = {f"{n}.jpg": encoded(picture(n)) for n in (31, 32, 33)}
    choose(page, *(upload(name, content) for name, content in contents.items()))
    page.get_by_role("button", name="Send to the cleaner").click()
    expect(page.locator(".vl-part[aria-current]")).to_have_text("Label")
    expect(tiles(page)).to_have_count(3)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as zip").first.click()
    with zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes())) as archive:
        names = [name for name in archive.namelist() if not name.endswith("/")]
        assert sorted(Path(name).name for name in names) == sorted(contents)
        assert all(archive.read(name) == contents[Path(name).name] for name in names)
    assert sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*")) == before
    assert str(folder) not in page.content()


def test_what_a_visitor_says_is_saved_as_one_file_that_the_owner_takes_in(visit, public, tmp_path, own_runs):
    page = visit(public)
    save = page.get_by_role("button", name="Save my corrections")
    large = encoded(picture(8, (3000, 2000)))
    choose(page, upload("one.jpg", encoded(picture(7))))
    answered(page, "one.jpg")
    expect(save).to_be_hidden()
    page.get_by_role("button", name=re.compile("^(Wrong, it|It) is …$")).click()
    page.get_by_label("Something else").fill("battery")
    page.get_by_role("button", name="Say so").click()
    expect(page.locator(".vl-note")).to_have_text("Kept on this page until you leave it: save it as a file, below.")
    choose(page, upload("x.jpg", b"no"), upload("large.jpg", large))
    page.get_by_role("button", name="It is …: say what large.jpg shows").click()
    page.locator(".vl-row-correction").get_by_role("button", name="metal").click()
    expect(page.get_by_text("2 corrections on this page.")).to_be_visible()
    assert violations(page) == []
    with page.expect_download() as saved:
        save.click()
    expect(page.get_by_text("Saved as corrections.json.")).to_be_visible()

    classes = model_card.read(PROJECT / "export.pkl").classes
    own = class_folders(tmp_path / "rubbish", dict.fromkeys(classes, 2))
    scan(own)
    assert take_corrections(own, Path(saved.value.path()).read_bytes(), saved.value.suggested_filename) == 2
    with closing(open_database(own)) as database:
        said = {row["said"]: own / row["file"] for row in database.execute("SELECT * FROM visitors")}
    assert said["battery"].read_bytes() == encoded(picture(7))
    assert Image.open(said["metal"]).size == (1024, 683)


def in_the_window(page: Page, tile: Locator) -> bool:
    box = tile.bounding_box()
    return box["y"] >= 0 and box["y"] + box["height"] <= page.viewport_size["height"]


@pytest.mark.slow
def test_a_picture_counts_as_looked_at_once_a_key_has_brought_it_into_the_window(visit, public):
    page = visit(public, 1280, 640)
    go(page, "Label")
    expect(page.get_by_role("heading", name="Label photos")).to_be_visible()
    choose(page, *(upload(f"{n}.jpg", encoded(picture(n))) for n in range(41, 53)))
    far, unseen = page.locator(".vl-g-far"), page.get_by_role("button", name="Not seen yet")
    expect(far).to_contain_text("4 of 12 looked at")
    expect(unseen).to_contain_text("8")
    last = tiles(page).nth(11)
    page.get_by_role("listbox", name="Pictures").focus()
    for row in (2, 3):
        page.keyboard.press("ArrowDown")
        expect(far).to_contain_text(f"{4 * row} of 12 looked at")
        expect(unseen).to_contain_text(str(12 - 4 * row))
    page.keyboard.press("End")
    expect(last).to_have_class(re.compile("vl-g-active"))
    expect(page.get_by_text("You have seen them all.")).to_be_visible()
    assert in_the_window(page, last)


@pytest.mark.parametrize("part", PARTS)
def test_every_part_fits_a_phone(owners_phone, part):
    page = owners_phone
    go(page, part)
    page.wait_for_timeout(500)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    tops = {button.bounding_box()["y"] for button in page.locator(".vl-part").all()}
    assert len(tops) == 1


def test_dropped_photos_have_the_room_and_a_dataset_gets_no_new_class_unasked(visit, owners, folder):
    page = visit(owners, 1280, 900)
    go(page, "Label")
    expect(page.get_by_role("heading", name="Label photos")).to_be_visible()
    choose(page, *(upload(f"{n}.jpg", encoded(picture(n))) for n in range(61, 73)))
    expect(tiles(page)).to_have_count(12)
    page.get_by_role("listbox", name="Pictures").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("battery")  # by its first letters, or typed out: a class that the dataset has not
    page.keyboard.press("Enter")
    expect(tiles(page).first).to_contain_text("battery")
    grid = page.get_by_role("listbox", name="Pictures").bounding_box()["height"]
    assert grid / tiles(page).first.bounding_box()["height"] > 2.5
    expect(page.locator(".vl-g-warned")).to_be_hidden()
    page.get_by_role("button", name="Add to “rubbish”").click()
    expect(page.locator(".vl-told")).to_contain_text("No photo was added: “rubbish” has glass and paper")
    assert violations(page) == []
    page.get_by_role("button", name="Add with the new class battery").click()
    expect(page.locator(".vl-told")).to_contain_text("wait in the cleaner of “rubbish”")
