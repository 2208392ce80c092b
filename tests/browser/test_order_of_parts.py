"""Each part of the page looks the same whatever was visited before it: no style of one part reaches another."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import run_folders
from playwright.sync_api import Page, expect
from samples import class_folders

CLASSES = {"glass": 20, "paper": 20}
COMMON = (".vl-app", ".vl-switch nav", ".vl-part[aria-current]")
# The main elements of each part; the first is there once the part is drawn.
PARTS = {
    "Classify": (".vl-zone .vl-primary", ".vl-panel", "h1", ".vl-uploader", ".vl-zone", ".vl-icon", ".vl-invitation"),
    "Train": (
        ".vl-strip-panel li:nth-child(9)",  # the picture itself and the last of its views, which come late
        ".vl-source .vl-tile",
        ".vl-panel",
        "h1",
        ".vl-source",
        ".vl-source .vl-heading",
        ".vl-way",
        ".vl-field",
        ".vl-source .vl-tile-picture",
        ".vl-counts",
        ".vl-strip-panel .vl-subheading",
        ".vl-cards",
        ".vl-card",
        ".vl-recipe .vl-primary",
    ),
    "Measure": (
        ".vl-past-runs .vl-table",
        ".vl-panel",
        "h1",
        ".vl-summary",
        ".vl-summary .vl-heading",
        ".vl-facts",
        ".vl-ladder .vl-verdict",
        ".vl-rungs",
        ".vl-rung-bar",
        ".vl-confusion",
        ".vl-confusion .vl-count",
        ".vl-loss",
        ".vl-loss .vl-tile-picture",
    ),
    "Clean": (
        ".vl-g-image[src]",
        ".vl-panel",
        ".vl-cleaner",
        ".vl-g-head",
        ".vl-g-title",
        ".vl-g-filters",
        ".vl-g-option",
        ".vl-g-middle",
        ".vl-g-list",
        ".vl-g-tile",
        ".vl-g-detail",
        ".vl-g-figure",
        ".vl-g-key",
        ".vl-g-bar",
    ),
    "Label": (".vl-zone .vl-primary", ".vl-panel", "h1", ".vl-uploader", ".vl-zone", ".vl-icon"),
}
AWAY_ON_A_PHONE = {".vl-icon", ".vl-g-option", ".vl-g-detail", ".vl-g-figure", ".vl-g-key"}
# Clean, Measure, Clean and Clean, Train come early; then every part follows every other once.
EVERY_ORDER = (
    *("Clean", "Measure", "Clean", "Train", "Measure", "Train", "Clean", "Classify", "Measure", "Label", "Measure"),
    *("Classify", "Train", "Label", "Train", "Classify", "Label", "Clean", "Label", "Classify", "Clean"),
)
ONE_ROUND = ("Clean", "Measure", "Clean", "Train", "Label", "Classify", "Measure", "Train", "Clean")

# What is seen of the elements: their boxes on the page, and styles that a rule of another part would change.
LOOK = """(selectors) => {
  const styles = ["display", "position", "maxWidth", "minHeight", "marginTop", "marginLeft", "paddingTop", "paddingLeft",
    "color", "backgroundColor", "borderTopColor", "borderTopWidth", "borderTopLeftRadius", "fontSize",
    "fontWeight", "overflowX"];
  const found = {};
  for (const selector of selectors) {
    const element = [...document.querySelectorAll(`.vl-app ${selector}, ${selector}.vl-app`)].find((e) => e.offsetParent);
    if (!element) continue;
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    found[selector] = {
      box: [box.left + scrollX, box.top + scrollY, box.width, box.height].map(Math.round),
      ...Object.fromEntries(styles.map((name) => [name, style[name]])),
    };
  }
  return found;
}"""
SHEETS = "() => [...document.querySelectorAll('style')].map((s) => s.textContent).filter((text) => text.includes('voilens.'))"
STILL_MS = 250


@pytest.fixture(scope="module")
def place(serve, tmp_path_factory) -> Iterator[str]:
    """The owner's page on a small folder, with a training that is done and measured."""
    root = tmp_path_factory.mktemp("order")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VOILENS_RUNS", str(root / "runs"))
        folder: Path = class_folders(root / "rubbish", CLASSES, size=(64, 48))
        run_folders.measured(folder, "paper", "glass", 2)
        environment = {"VOILENS_FOLDER": str(folder), "VOILENS_RUNS": str(root / "runs")}
        yield serve("voila", "app.ipynb", "--Voila.ip=127.0.0.1", **environment)


def go(page: Page, part: str, first_time: bool = False) -> None:
    page.get_by_role("navigation").get_by_role("button", name=part, exact=True).click()
    expect(page.locator(".vl-part[aria-current]")).to_have_text(part)
    if first_time and part == "Train":  # the preset that shows all that there is; it stays chosen
        page.locator(".vl-card input[type=radio]").nth(1).evaluate("radio => radio.click()")  # which scrolls nothing
    expect(page.locator(f".vl-app {PARTS[part][0]}").locator("visible=true").first).to_be_visible()


def look(page: Page, part: str) -> dict[str, dict[str, Any]]:
    """How the part looks once nothing moves any more."""
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement?.blur()")
    before: dict[str, dict[str, Any]] = {}
    for _ in range(40):
        now = page.evaluate(LOOK, [*COMMON, *PARTS[part]])
        if now == before:
            return now
        before = now
        page.wait_for_timeout(STILL_MS)
    pytest.fail(f"{part} does not come to rest")


def differences(first: dict[str, dict[str, Any]], later: dict[str, dict[str, Any]]) -> list[str]:
    """What is not as it was; a pixel of a box may be a matter of rounding."""
    found = []
    for selector in first.keys() | later.keys():
        was, now = first.get(selector), later.get(selector)
        if not was or not now:
            found.append(f"{selector} is {'gone' if was else 'new'}")
            continue
        moved = any(abs(a - b) > 1 for a, b in zip(was["box"], now["box"], strict=True))
        others = [name for name in was if name != "box" and was[name] != now[name]]
        found += [f"{selector} {name}: {was[name]} → {now[name]}" for name in [*(["box"] if moved else []), *others]]
    return sorted(found)


def test_the_rounds_have_every_part_after_every_other():
    pairs = set(pairwise(EVERY_ORDER))
    assert pairs == {(one, other) for one in PARTS for other in PARTS if one != other}
    assert set(ONE_ROUND) == set(PARTS)


@pytest.mark.parametrize(
    "width, round",
    [
        pytest.param(1280, EVERY_ORDER, id="every order", marks=pytest.mark.slow),
        pytest.param(360, ONE_ROUND, id="a phone", marks=pytest.mark.slow),
    ],
)
def test_each_part_looks_as_at_its_first_visit_whatever_was_visited_before(visit, place, width, round):
    warm = visit(place, width)  # the folder is listed, its thumbnails are made
    go(warm, "Clean")
    warm.close()
    first = {}
    for part in PARTS:
        page = visit(place, width)
        go(page, part, first_time=True)
        first[part] = look(page, part)
        assert set(PARTS[part]) - first[part].keys() <= (AWAY_ON_A_PHONE if width < 480 else set())
        page.close()
    page = visit(place, width)
    wrong = []
    visited = {"Classify"}
    for before, part in pairwise(("Classify", *round)):
        go(page, part, first_time=part not in visited)
        visited.add(part)
        wrong += [f"{part} after {before}: {what}" for what in differences(first[part], look(page, part))]
    assert wrong == []
    sheets = page.evaluate(SHEETS)
    assert len(sheets) == len(set(sheets)) == len(PARTS) - 1  # one for each part that is not looked at first
    assert page.locator('link[rel=stylesheet][href*="/shared-"]').count() == 1  # which has a file, with what all share
