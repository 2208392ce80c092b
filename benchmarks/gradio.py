"""The page beside Gradio's around the same export, in the same browser, over the same lines, in turns.

VOILENS_GRADIO names a Python that has gradio and fastai; without it these rows, and those of the page without a server beside
Gradio's, are left out.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from benchmarks import served
from benchmarks.line import Line, Way
from benchmarks.measure import Figure
from benchmarks.served import python_of_gradio, voila
from model.core import PROJECT
from tests.browser.find_chromium import find

ROUNDS = 5
REST = 6000  # milliseconds between visits, in which our server makes the next kernel ready
LARGE = (4032, 3024)  # pixels of a phone's photo
LINES = {  # bits a second, seconds one way, the bars for the target and for the answer
    "1 Mbit/s": (1e6, 0.0, 0.7, 1.0),
    "10 Mbit/s with 40 ms": (10e6, 0.02, 0.8, 1.0),
    "loopback": (float("inf"), 0.0, 1.0, 1.0),
}
PHOTO_IN = """(answer) => { window.answered = new Promise((done) => addEventListener("change", () => {
  const started = performance.now();
  const look = () => document.querySelector(answer) ? done(performance.now() - started) : requestAnimationFrame(look);
  look();
}, { capture: true, once: true })); }"""  # milliseconds from a photo to its answer, told by the page itself


@dataclass(frozen=True)
class Served:
    """A page, and where in it things are: what takes a photo, the field of files, the answer."""

    address: str
    target: str
    files: str
    answer: str

    @classmethod
    def ours(cls, address: str) -> Served:
        """A page of ours: the one with a kernel and the one without a server have the same parts."""
        return cls(address, ".vl-app .vl-zone button", ".vl-app input[type=file]", ".vl-app .vl-share")

    @classmethod
    def gradio(cls, address: str) -> Served:
        return cls(address, ".image-container button", "input[type=file]", "[data-testid=label-output-value]")


def figures(scratch: Path, export: Path, photo: Path) -> list[Figure]:
    """Bytes, and seconds until a photo is taken and answered, with medians of ROUNDS."""
    python = python_of_gradio()
    if not python:
        return []
    large = scratch / "large.jpg"
    with Image.open(photo) as small:
        small.convert("RGB").resize(LARGE, Image.Resampling.BICUBIC).save(large, quality=90)
    with _pages(scratch, export, python) as (browser, ours, theirs):
        found = [_bytes(browser, ours, theirs)]
        for name in LINES:
            found += _over(browser, ours, theirs, photo, name)
        found.append(photo_answered(browser, ours, theirs, large, "a photo of 12 megapixels, 2.5 Mbit/s up", Way(2.5e6), 0.2))
        found.append(photo_answered(browser, ours, theirs, photo, "a small photo, loopback", Way(), 0.7))
    return found


@contextmanager
def _pages(scratch: Path, export: Path, python: str) -> Iterator[tuple[Browser, Served, Served]]:
    with ExitStack() as stack:
        ours = stack.enter_context(voila(PROJECT / "app.ipynb", scratch))
        address, _ = stack.enter_context(served.gradio(export, scratch, python))
        playing = stack.enter_context(sync_playwright())
        browser = playing.chromium.launch(executable_path=find(), args=["--no-sandbox", "--disable-gpu"])
        stack.callback(browser.close)
        time.sleep(REST / 1000)
        yield browser, Served.ours(ours), Served.gradio(address)


def _bytes(browser: Browser, ours: Served, theirs: Served) -> Figure:
    """What a first visit moves, until all is quiet."""

    def moved(page: Served) -> float:
        line = Line()
        with first_visit(browser, page, line) as (shown, _):
            shown.wait_for_selector(page.target, timeout=120_000)
            shown.wait_for_timeout(REST)
            return line.down.passed / 1e3

    return Figure("kB of a first visit", "Gradio's page", moved(ours), moved(theirs), 1.5, "kB")


def _over(browser: Browser, ours: Served, theirs: Served, photo: Path, name: str) -> list[Figure]:
    """Seconds until a photo is taken, and until one that was given at once is answered."""
    rate, delay, *bars = LINES[name]

    def visited(page: Served) -> tuple[float, float]:
        with first_visit(browser, page, Line(Way(rate), Way(rate), delay)) as (shown, started):
            shown.wait_for_selector(page.target, timeout=240_000)
            taken = time.perf_counter() - started
            shown.set_input_files(page.files, str(photo))
            shown.wait_for_selector(page.answer, state="attached", timeout=240_000)
            return taken, time.perf_counter() - started

    both = [(visited(ours), visited(theirs)) for _ in range(ROUNDS)]
    return [
        Figure(
            f"{what}, {name}",
            reference,
            median(mine[place] for mine, _ in both),
            median(other[place] for _, other in both),
            bars[place],
            "s",
        )
        for place, (what, reference) in enumerate(
            (
                ("seconds until a photo is taken", "Gradio's page"),
                ("until one that was given at once is answered", "Gradio's page and answer"),
            )
        )
    ]


def photo_answered(browser: Browser, ours: Served, theirs: Served, photo: Path, name: str, up: Way, bar: float) -> Figure:
    """Seconds from a photo to its answer, seen in the page, which has been there for a while."""

    def answered(page: Served) -> float:
        with first_visit(browser, page, Line(up=Way(up.rate))) as (shown, _):
            shown.wait_for_selector(page.target, timeout=120_000)
            shown.wait_for_timeout(REST)
            shown.evaluate(PHOTO_IN, page.answer)
            shown.set_input_files(page.files, str(photo))
            return shown.evaluate("window.answered") / 1000

    both = [(answered(ours), answered(theirs)) for _ in range(ROUNDS)]
    mine, other = (median(each[place] for each in both) for place in (0, 1))
    return Figure(f"photo in, answer read: {name}", "Gradio's page", mine, other, bar, "s")


@contextmanager
def first_visit(browser: Browser, page: Served, line: Line) -> Iterator[tuple[Page, float]]:
    """A visitor who comes for the first time, over this line; the next one comes after a rest."""
    context: BrowserContext
    with line.to(page.address) as address, browser.new_context() as context:
        shown = context.new_page()
        started = time.perf_counter()
        shown.goto(address, wait_until="commit")
        yield shown, started
        shown.wait_for_timeout(REST)


if __name__ == "__main__":
    from benchmarks.__main__ import main

    sys.exit(main(["gradio"]))
