"""A training is seen from every part and in the tab's title, to its end, and from there one comes to the result."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import run_folders
from playwright.sync_api import Page, expect
from samples import class_folders
from steps import ONCE, violations

TRAINING = {"event": "training", "done": 0.34, "seconds_left": 130, "loss": 1.0, "at": 1.5, "epochs": 5}


@pytest.fixture(scope="module")
def place(serve, tmp_path_factory) -> Iterator[tuple[str, Path]]:
    """The owner's page on a small folder, with a training that is done and measured."""
    root = tmp_path_factory.mktemp("activity")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VOILENS_RUNS", str(root / "runs"))
        folder = class_folders(root / "rubbish", {"glass": 20, "paper": 20}, size=(64, 48))
        run_folders.measured(folder, "paper", "glass", 2)
        environment = {"VOILENS_FOLDER": str(folder), "VOILENS_RUNS": str(root / "runs")}
        yield serve("voila", "app.ipynb", "--Voila.ip=127.0.0.1", ONCE, **environment), folder


def go(page: Page, part: str) -> None:
    page.get_by_role("navigation").get_by_role("button", name=part, exact=True).click()
    expect(page.locator(".vl-part[aria-current]")).to_have_text(part)


@pytest.mark.slow
def test_a_training_is_followed_from_every_part_and_in_the_title_and_leads_to_its_result(visit, place):
    address, folder = place
    page = visit(address)
    line = page.locator(".vl-activity li")
    expect(page).to_have_title("Voilens")
    expect(line).to_have_count(0)
    run = run_folders.make("train", [str(folder)], [TRAINING], alive=True, started="2026-02-01T10:00:00")
    expect(line).to_contain_text("Training on “rubbish” training: 34 %, about 2 min left")
    expect(page).to_have_title("34 % training, 2 min left · Voilens")
    for part in ("Clean", "Measure", "Label", "Classify"):
        go(page, part)
        expect(line).to_be_in_viewport(ratio=1)
    go(page, "Train")
    page.get_by_role("button", name="Look at it").click()
    expect(page.locator('.vl-training[data-state="running"]')).to_be_in_viewport()
    expect(line).to_be_in_viewport(ratio=1)  # however far down
    assert violations(page) == []
    run_folders.add(run, {**TRAINING, "done": 1.0}, {"event": "epoch", **run_folders.HISTORY[1]})
    expect(line).to_contain_text("saving and measuring")
    expect(page.get_by_role("button", name="Stop, keep the best so far")).to_have_count(0)
    run_folders.export(run, b"a new one")
    (run / "report.json").write_text(json.dumps(run_folders.of(run_folders.REPORT, run / "export.pkl")))
    rungs = [{"key": "linear", "name": "linear", "accuracy": 0.4, "interval": [0.2, 0.5], "seconds": 1.0, "count": 10}]
    run_folders.baselines(str(folder), rungs, run / "export.pkl")
    run_folders.add(run, {"event": "done", "result": run_folders.RESULT})
    expect(line).to_contain_text("The training on “rubbish” is done: 80 % of 10 validation pictures are right.")
    expect(page).to_have_title("✓ training ended · Voilens")
    page.locator(".vl-activity").get_by_role("button", name="See how good it is").click()
    expect(page.locator('.vl-summary[data-state="ready"] .vl-heading')).to_contain_text("“rubbish”, 1 Feb, 10:00")
    expect(page.locator(".vl-measure h1")).to_be_in_viewport()
    expect(page.locator(".vl-part[aria-current]")).to_be_focused()
    expect(line).to_have_count(0)
    expect(page).to_have_title("Voilens")
