"""Several photos at once: a table, the least sure first, where one failure marks one row."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from playwright.sync_api import expect
from steps import choose, encoded, picture, upload, violations

from model.core.text import percent
from widgets.shared.uploader import MAX_PHOTOS


def test_three_photos_with_one_broken_give_a_table_in_which_one_row_failed(used_page, expected):
    page = used_page
    good = {f"{n}.jpg": encoded(picture(n)) for n in (1, 2)}
    choose(page, *(upload(name, content) for name, content in good.items()), upload("broken.jpg", good["1.jpg"][:700]))
    table = page.locator(".vl-app .vl-table")
    expect(table.locator("tbody tr")).to_have_count(3)
    expect(table.locator("tbody tr").first).to_contain_text("refused")
    expect(table.locator("tbody tr").first).to_contain_text("broken.jpg")
    results = {name: expected(content) for name, content in good.items()}
    for name, result in results.items():
        row = table.locator("tbody tr", has_text=name)
        expect(row).to_contain_text(result["label"])
        expect(row).to_contain_text(percent(result["probability"]))
    order = sorted(results, key=lambda name: results[name]["probability"])
    shown = [text for text in table.locator(".vl-name").all_inner_texts() if text in results]
    assert shown == order
    expect(page.locator(".vl-app .vl-detail")).to_have_text(re.compile(r"^\d sure, \d not sure, \d unfamiliar, 1 refused$"))
    assert violations(page) == []


def test_each_row_can_be_corrected_by_keyboard_and_the_spreadsheet_says_so(used_page):
    page = used_page
    choose(page, *(upload(f"row {n}.jpg", encoded(picture(n))) for n in (3, 4)))
    row = page.locator(".vl-app .vl-table tbody tr", has_text="row 4.jpg")
    row.get_by_role("button", name="say what row 4.jpg shows").focus()
    page.keyboard.press("Enter")
    assert violations(page) == []
    expect(page.locator(".vl-row-correction button:focus")).to_have_count(1)
    page.locator(".vl-row-correction").get_by_role("textbox").fill("battery")
    page.keyboard.press("Enter")
    expect(row).to_contain_text("you say battery")
    expect(row.get_by_role("button")).to_have_count(0)
    expect(page.locator(".vl-note")).to_contain_text("Kept under “Label”")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as CSV").click()
    rows = csv.DictReader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8-sig")))
    assert {row["file"]: row["corrected"] for row in rows} == {"row 3.jpg": "", "row 4.jpg": "battery"}


def test_the_table_downloads_as_csv_and_cannot_smuggle_a_formula(used_page):
    page = used_page
    choose(page, upload("=cmd()|x.jpg", encoded(picture(1))), upload("b.jpg", b"no picture"))
    expect(page.locator(".vl-app .vl-table tbody")).to_contain_text("=cmd()|x.jpg")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as CSV").click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["file"] for row in rows] == ["b.jpg", "'=cmd()|x.jpg"]
    assert rows[0]["state"] == "refused"
    assert rows[0]["probability"] == ""
    assert 0 < float(rows[1]["probability"]) <= 1


def test_forty_photos_are_all_answered(used_page):
    page = used_page
    choose(page, *(upload(f"{n}.jpg", encoded(picture(n, (96, 64)))) for n in range(40)))
    expect(page.locator(".vl-app .vl-table tbody tr")).to_have_count(40)
    expect(page.locator(".vl-app .vl-row-refused")).to_have_count(0)


def test_the_table_is_one_of_the_earlier_answers_and_can_be_returned_to(page):
    choose(page, upload("first.jpg", encoded(picture(1))))
    expect(page.locator(".vl-past")).to_have_count(1)
    choose(page, *(upload(f"{n}.jpg", encoded(picture(n))) for n in (2, 3)))
    table = page.locator(".vl-app .vl-table tbody tr")
    expect(table).to_have_count(2)
    page.get_by_role("button", name="first.jpg").click()
    expect(table).to_have_count(0)
    page.get_by_role("button", name="Several at once: 2 photos").click()
    expect(table).to_have_count(2)
    expect(page.get_by_role("button", name="Send to the cleaner")).to_have_count(0)


def test_photos_over_the_number_that_fits_are_not_dropped_without_a_word(used_page):
    page = used_page
    choose(page, *(upload(f"{n}.txt", b"no picture") for n in range(MAX_PHOTOS + 3)))
    sentence = f"Only the first {MAX_PHOTOS} of {MAX_PHOTOS + 3} photos were taken: send the others next."
    expect(page.get_by_text(sentence)).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text(sentence)).to_have_count(0)
