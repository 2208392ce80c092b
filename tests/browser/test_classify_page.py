"""One photo: however it comes in, the page gives the model's own answer, and never an old one.

One visitor stays for most of it (`used_page`); who needs an untouched page comes again (`page`).
"""

from __future__ import annotations

import base64
import json
import random
import re
from pathlib import Path

import heic
import pytest
from playwright.sync_api import Page, expect
from steps import FINAL, answered, choose, encoded, picture, upload, violations

from model.core import PROJECT
from model.core.text import percent

DELIVER = """([selector, kind, name, data]) => {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const box = new DataTransfer();
  box.items.add(new File([bytes], name, { type: "image/jpeg" }));
  const place = document.querySelector(selector);
  const event = kind === "paste"
    ? new ClipboardEvent("paste", { clipboardData: box, bubbles: true, cancelable: true })
    : new DragEvent(kind, { dataTransfer: box, bubbles: true, cancelable: true });
  place.dispatchEvent(event);
}"""


def deliver(page: Page, kind: str, name: str, content: bytes, onto: str = ".vl-zone") -> None:
    page.evaluate(DELIVER, [onto, kind, name, base64.b64encode(content).decode()])


# A file from the disk, which takes no detour through Playwright's pipe, dropped as if by hand.
DROP_FROM_DISK = """() => {
  const box = new DataTransfer();
  box.items.add(document.querySelector("#from-disk").files[0]);
  const event = new DragEvent("drop", { dataTransfer: box, bubbles: true, cancelable: true });
  document.querySelector(".vl-zone").dispatchEvent(event);
}"""


def drop_from_disk(page: Page, file: Path) -> None:
    page.evaluate(
        "() => document.body.append(Object.assign(document.createElement('input'), { type: 'file', id: 'from-disk' }))"
    )
    page.locator("#from-disk").set_input_files(file)
    page.evaluate(DROP_FROM_DISK)


def says(page: Page, result: dict, name: str) -> bool:
    """Whether the page shows the label and the share of a command-line result, in the words of its status."""
    text = answered(page, name)
    state = page.locator(".vl-app .vl-answer").get_attribute("data-state")
    if result["status"] == "unfamiliar":
        return state == "unfamiliar" and "does not look like anything" in text
    return state == result["status"] and result["label"] in text and percent(result["probability"]) in text


def assert_alt(page: Page, name: str) -> None:
    """The alternative text of the photo is its name and the headline, which has a sign before it."""
    photo = page.locator(".vl-app .vl-photo")
    expect(photo).to_have_attribute("alt", re.compile(f"^{name}: ."))
    answer = photo.get_attribute("alt").removeprefix(f"{name}: ")
    assert page.locator(".vl-app .vl-headline").inner_text().endswith(answer)


def test_the_page_names_the_classes_and_invites_a_photo(used_page):
    page = used_page  # which nobody has used yet
    expect(page.get_by_role("heading", level=1)).to_have_text("What is in the photo?")
    expect(page.locator(".vl-panel")).to_contain_text("cardboard, glass, metal, paper, plastic or trash")
    expect(page.get_by_text("Your photo stays in memory; it is kept only if you say what it shows")).to_be_visible()


def test_a_chosen_photo_gets_the_answer_of_the_command_line(used_page, expected):
    content = encoded(picture())
    choose(used_page, upload("bottle.jpg", content))
    assert says(used_page, expected(content), "bottle.jpg")
    assert_alt(used_page, "bottle.jpg")


def test_a_jpeg_that_breaks_off_is_answered_as_on_the_command_line_with_a_note(used_page, expected):
    whole = encoded(picture(seed=5, size=(1600, 1200)), quality=90)
    content = whole[: 3 * len(whole) // 4]
    choose(used_page, upload("half.jpg", content))
    assert says(used_page, expected(content), "half.jpg")
    expect(used_page.locator(".vl-app .vl-detail")).to_contain_text("The lower part is missing")


def test_a_photo_of_a_phone_in_heic_which_this_browser_cannot_show_is_answered(used_page, expected):
    choose(used_page, upload("IMG_0001.HEIC", heic.TURNED, "image/heic"))
    assert says(used_page, expected(heic.TURNED), "IMG_0001.HEIC")


def test_a_dropped_photo_is_answered(used_page, expected):
    content = encoded(picture(1))
    deliver(used_page, "dragover", "dropped.jpg", content)
    deliver(used_page, "drop", "dropped.jpg", content)
    assert says(used_page, expected(content), "dropped.jpg")


def test_a_photo_dropped_beside_the_target_is_answered_too(used_page, expected):
    content = encoded(picture(2))
    deliver(used_page, "drop", "missed.jpg", content, onto="body")
    assert says(used_page, expected(content), "missed.jpg")


def test_a_pasted_photo_is_answered(used_page, expected):
    content = encoded(picture(3))
    deliver(used_page, "paste", "pasted.jpg", content, onto="body")
    assert says(used_page, expected(content), "pasted.jpg")


def test_a_phone_may_offer_its_album_as_well_as_its_camera(used_page):
    field = used_page.locator(".vl-app input[type=file]")
    expect(field).to_have_attribute("accept", "image/*")
    assert field.get_attribute("capture") is None


def test_a_25_megabyte_photo_is_shrunk_in_the_browser_and_answered(new_page, address, big_photo):
    page, sent = new_page(), []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(len(frame))))
    page.goto(address)
    expect(page.locator(".vl-app:not(#early) .vl-zone")).to_be_visible()
    assert big_photo.stat().st_size > 25e6
    drop_from_disk(page, big_photo)
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    assert "cannot be used" not in answered(page)
    assert sum(sent) < 1.5e6


@pytest.fixture(scope="module")
def big_photo(tmp_path_factory) -> Path:
    """More than 25 MB of JPEG, of 12 megapixels."""
    from PIL import Image

    file = tmp_path_factory.mktemp("photo") / "phone.jpg"
    Image.frombytes("RGB", (4000, 3000), random.Random(0).randbytes(4000 * 3000 * 3)).save(file, quality=98, subsampling=0)
    return file


def test_a_text_file_named_jpg_is_refused_with_what_to_do(used_page):
    page = used_page
    choose(page, upload("photo.jpg", b"hello, I am not a picture"))
    expect(page.locator('.vl-app .vl-answer[data-state="refused"]')).to_be_visible()
    assert answered(page).endswith("This photo cannot be used")
    expect(page.locator(".vl-app .vl-detail")).to_contain_text("This file is not a picture: choose one of these kinds: JPEG")
    expect(page.locator(".vl-app .vl-nameless")).to_have_text("photo.jpg")


def test_a_refused_picture_after_a_good_one_leaves_nothing_of_the_old_answer(used_page):
    page = used_page
    choose(page, upload("good.jpg", encoded(picture())))
    answered(page, "good.jpg")
    expect(page.locator(".vl-app .vl-share").first).to_be_attached()
    choose(page, upload("bad.jpg", encoded(picture())[:500]))
    expect(page.locator('.vl-app .vl-answer[data-state="refused"]')).to_be_visible()
    expect(page.locator(".vl-app .vl-share")).to_have_count(0)
    assert "%" not in page.locator(".vl-app .vl-answer").inner_text()


def test_a_file_over_30_megabytes_is_refused_without_being_sent(used_page):
    page = used_page
    # Playwright moves no more than 50 MB through its pipe, so the page makes the file.
    page.evaluate(
        """() => {
          const box = new DataTransfer();
          box.items.add(new File([new Uint8Array(31e6)], "film.mov"));
          document.querySelector(".vl-zone").dispatchEvent(new DragEvent("drop", { dataTransfer: box, bubbles: true }));
        }"""
    )
    expect(page.locator(".vl-app .vl-detail")).to_contain_text("31 MB, more than the 30 MB")
    assert answered(page).endswith("This photo cannot be used")


@pytest.mark.parametrize("large", [False, True], ids=["as it is", "shrunk in the browser"])
def test_the_eight_exif_orientations_of_one_photo_get_one_answer(used_page, large):
    from PIL import Image

    page = used_page
    upright = picture(size=(1600, 1200) if large else (320, 240))
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # EXIF orientation -> how the camera held the picture
    shares = []
    for orientation in range(1, 9):
        turned = upright.transpose(Image.Transpose(undo[orientation])) if orientation > 1 else upright
        exif = Image.Exif()
        exif[0x0112] = orientation
        choose(page, upload(f"{orientation}.jpg", encoded(turned, quality=95, exif=exif)))
        answered(page, f"{orientation}.jpg")
        size = page.evaluate(
            "() => { const i = document.querySelector('.vl-photo'); return [i.naturalWidth, i.naturalHeight] }"
        )
        assert size == list(upright.size)
        shares.append({label: float(width) for label, width in bars(page).items()})
    for share in shares[1:]:
        assert share == pytest.approx(shares[0], abs=1.5)  # JPEG loses a little differently each way


def bars(page: Page) -> dict[str, str]:
    rows = page.locator(".vl-app .vl-share")
    return {
        rows.nth(n).locator(".vl-label").text_content(): rows.nth(n).locator(".vl-bar").get_attribute("style")[7:-2]
        for n in range(3)
    }


def test_a_newer_photo_replaces_an_older_one_that_is_still_being_answered(used_page, expected):
    page, content = used_page, encoded(picture(5))
    deliver(page, "drop", "older.jpg", encoded(picture(4)))
    deliver(page, "drop", "newer.jpg", content)
    expect(page.locator(".vl-app .vl-photo")).to_have_attribute("alt", re.compile(r"^newer\.jpg"))
    assert says(page, expected(content), "newer.jpg")
    page.wait_for_timeout(500)  # the older answer, had it been kept, would be here by now
    assert says(page, expected(content), "newer.jpg")


def test_cancel_takes_the_photo_back_before_it_is_answered(page, big_photo):
    drop_from_disk(page, big_photo)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Choose or take a photo")).to_be_visible()
    page.wait_for_timeout(1500)
    expect(page.locator(f".vl-app :is({FINAL})")).to_have_count(0)


def test_the_answer_gets_the_focus_and_lies_in_a_polite_live_region(used_page):
    page = used_page
    choose(page, upload("a.jpg", encoded(picture())))
    answered(page, "a.jpg")
    expect(page.locator(".vl-app .vl-headline")).to_be_focused()
    expect(page.locator('.vl-app [aria-live="polite"] .vl-headline')).to_be_visible()


def test_the_history_brings_an_earlier_answer_back_and_can_be_cleared(page):
    choose(page, upload("first.jpg", encoded(picture(6))))
    first = answered(page)
    choose(page, upload("second.png", encoded(picture(9, (200, 300)), "PNG"), "image/png"))
    expect(page.locator(".vl-past")).to_have_count(2)
    page.get_by_role("button", name=re.compile("^first.jpg:")).click()
    expect(page.locator(".vl-app .vl-headline")).to_have_text(first)
    assert_alt(page, "first.jpg")
    page.get_by_role("button", name="Clear").click()
    expect(page.locator(".vl-past")).to_have_count(0)


def test_an_example_is_answered_by_a_click_and_the_card_is_there_to_read(page):
    page.get_by_text("About this model").click()
    expect(page.get_by_text("95 % interval 91.1 % to 96.3 %")).to_be_visible()
    expect(page.get_by_role("img", name="An example of glass")).to_be_visible()
    grey = json.loads((PROJECT / "model-card.json").read_text())["measured"]["degraded"][0]
    expect(page.get_by_role("row", name="black and white").get_by_role("cell", name=percent(grey["answered"]))).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Example: 1-glass.jpg").click()
    assert "glass" in answered(page, "1-glass.jpg")
    expect(page.locator(".vl-examples")).to_be_hidden()


def test_a_live_camera_is_answered_until_another_part_is_looked_at(visit):
    page = visit(permissions=["camera"])
    page.get_by_role("button", name="Live camera").click()
    expect(page.locator(".vl-camera-answer")).not_to_be_empty()
    page.get_by_role("button", name="Label", exact=True).click()
    page.wait_for_function("document.querySelector('video').srcObject === null")
    page.get_by_role("button", name="Classify", exact=True).click()
    page.get_by_role("button", name="Live camera").click()
    expect(page.locator(".vl-camera-answer")).not_to_be_empty()
    assert violations(page) == []
    page.get_by_role("button", name="Take this one").click()
    expect(page.locator(".vl-classify .vl-photo")).to_have_attribute("alt", re.compile("^camera.jpg: ."))


def test_a_camera_that_may_not_be_used_gets_a_sentence(page):
    page.get_by_role("button", name="Live camera").click()
    expect(page.get_by_text("The camera may not be used: allow it")).to_be_visible()


def test_names_of_files_are_text_and_nothing_else(used_page):
    page, name = used_page, '<img src=x onerror="document.title=1">.jpg'
    choose(page, upload(name, encoded(picture())))
    answered(page, name)
    expect(page.locator(".vl-app figcaption")).to_have_text(name)
    choose(page, upload(name, encoded(picture())), upload("b.jpg", encoded(picture(1))))
    expect(page.locator(".vl-app .vl-table")).to_contain_text(name)
    assert page.title() != "1"


def test_the_trio_wired_by_hand_classifies_on_click(used_page, expected):
    page, content = used_page, encoded(picture(7))
    page.get_by_text("The same, wired by hand").click()
    by_hand = page.locator(".vl-below")
    by_hand.get_by_role("button", name="Classify").click()
    expect(by_hand.get_by_text("Choose a photo first.")).to_be_visible()
    with page.expect_file_chooser() as chooser:
        by_hand.get_by_role("button", name="Choose or take a photo").click()
    chooser.value.set_files([upload("a.jpg", content)])
    expect(by_hand.locator(".vl-status")).to_contain_text("a.jpg")
    by_hand.get_by_role("button", name="Classify").click()
    result = expected(content)
    sentence = f"Prediction: {result['label']}; Probability: {result['probability']:.4f}"
    expect(by_hand.get_by_text(sentence)).to_be_visible()
    expect(by_hand.get_by_role("img", name="a.jpg")).to_be_visible()
    assert violations(page, ".vl-below") == []
