"""The live camera of the page without a server, pictures a second, beside its bare network in the same runtime, in turns.

Chromium's own made-up camera stands in for one; it gives thirty pictures a second, as cameras do.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from statistics import median

from playwright.sync_api import Page, sync_playwright

from benchmarks.measure import Figure
from tests.browser.find_chromium import find

ROUNDS = 5
SECONDS = 4  # of each
SETTLED = 2000  # milliseconds from the camera's first answer, in which the page tries what is quicker
BARE = Path(__file__).with_name("bare_network.js")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--use-fake-device-for-media-stream=fps=30",
    "--use-fake-ui-for-media-stream",
]

ANSWERS = """(seconds) => new Promise((resolve) => {
  let count = 0;
  const watcher = new MutationObserver(() => (count += 1));
  watcher.observe(document.querySelector(".vl-camera-answer"), { childList: true });
  const started = performance.now();
  setTimeout(() => {
    watcher.disconnect();
    resolve((1000 * count) / (performance.now() - started));
  }, 1000 * seconds);
})"""
START = "(script) => void (globalThis.bare = new Worker(script, { type: 'module' }))"
PASSES = """(seconds) => new Promise((resolve) => {
  bare.onmessage = ({ data }) => resolve(data);
  bare.postMessage(seconds);
})"""


def add_bare_network(site: Path) -> None:
    """Put the bare network's script into a published folder, beside the runtime and the network that it takes."""
    shutil.copy(BARE, site)


def pictures_a_second(address: str) -> Figure:
    """Medians of ROUNDS, after one that warms; `address` is that of a folder with the bare network's script."""
    answers, passes = [], []
    with sync_playwright() as playing:
        browser = playing.chromium.launch(executable_path=find(), args=FLAGS)
        page, bare = browser.new_context(permissions=["camera"]).new_page(), browser.new_context().new_page()
        page.goto(address)
        bare.goto(f"{address}model/model.json")
        bare.evaluate(START, f"{address}{BARE.name}")
        for _ in range(ROUNDS + 1):
            answers.append(_answers(page))
            passes.append(bare.evaluate(PASSES, SECONDS))
        browser.close()
    what = "the live camera, pictures a second at 224 px"
    return Figure(what, "the bare network in the same runtime", median(answers[1:]), median(passes[1:]), 0.8, "/s", True)


def _answers(page: Page) -> float:
    page.get_by_role("button", name="Live camera").click()
    page.wait_for_function("() => document.querySelector('.vl-camera-answer').textContent", timeout=120_000)
    page.wait_for_timeout(SETTLED)
    counted = page.evaluate(ANSWERS, SECONDS)
    page.get_by_role("button", name="Stop the camera").click()
    return counted
