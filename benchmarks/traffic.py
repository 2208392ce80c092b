"""What a visit to the page moves, and how long it takes over a slow line: the page's own template beside Voilà's.

A visit here is one with the token of the owner, whose page has all the parts; a public page moves less.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from benchmarks.line import Line, Way
from benchmarks.measure import Figure
from benchmarks.served import voila
from model.core import PROJECT
from tests.browser.find_chromium import find

ROUNDS = 3
REST = 6000  # milliseconds between visits, in which the next kernel is made ready
MOST_AGAIN = 60_000  # bytes
LINES = {"1 Mbit/s": (1e6, 0.0), "10 Mbit/s with 40 ms": (10e6, 0.02)}  # bits a second, seconds one way
TARGET, ANSWER = ".vl-app .vl-zone button", ".vl-app .vl-share"


@dataclass
class Moved:
    """What a visit moves: bytes and responses that came over the line."""

    size: int
    responses: int


def moved(scratch: Path) -> list[Figure]:
    """Bytes and responses of a first and of a second visit."""
    with _both(scratch) as (browser, ours, stock):
        (first, second), (stock_first, _) = (_moved(browser, address) for address in (ours, stock))
    return [
        Figure("kB of a first visit", "Voilà's template", first.size / 1e3, stock_first.size / 1e3, 0.3, "kB"),
        Figure("responses of a first visit", "Voilà's template", first.responses, stock_first.responses, 0.3, ""),
        Figure("kB of a second visit", "what it may move", second.size / 1e3, MOST_AGAIN / 1e3, 1.0, "kB"),
    ]


def seconds(scratch: Path, photo: Path) -> list[Figure]:
    """Seconds until the drop target takes a photo, and until one that was dropped then is answered."""
    figures = []
    with _both(scratch) as (browser, ours, stock):
        for line, (rate, delay) in LINES.items():
            found: dict[str, list[tuple[float, float]]] = {ours: [], stock: []}
            for _ in range(ROUNDS):
                for address, times in found.items():
                    times.append(_seconds(browser, address, Line(Way(rate), Way(rate), delay), photo))
            for index, until in enumerate(("the drop target takes a photo", "it is answered")):
                mine, theirs = (median(each[index] for each in found[address]) for address in (ours, stock))
                figures.append(Figure(f"seconds until {until}, {line}", "Voilà's template", mine, theirs, 0.3, "s"))
    return figures


@contextmanager
def _both(scratch: Path) -> Iterator[tuple[Browser, str, str]]:
    """A browser, and the addresses of the page by its own template and by Voilà's."""
    with ExitStack() as stack:
        ours = stack.enter_context(voila(PROJECT / "app.ipynb", scratch))
        stock = stack.enter_context(voila(PROJECT / "app.ipynb", scratch, "--template=lab"))
        playing = stack.enter_context(sync_playwright())
        browser = playing.chromium.launch(executable_path=find(), args=["--no-sandbox", "--disable-gpu"])
        stack.callback(browser.close)
        time.sleep(REST / 1000)
        yield browser, ours, stock


def _moved(browser: Browser, server: str) -> list[Moved]:
    """A first visit and a second by the same browser."""
    line = Line()
    with line.to(server) as address, browser.new_context() as context:
        return [_visited(context, address, line), _visited(context, address, line)]


def _visited(context: BrowserContext, address: str, line: Line) -> Moved:
    page, before = context.new_page(), line.down.passed
    came: list[str] = []
    watched = context.new_cdp_session(page)
    watched.send("Network.enable")
    watched.on("Network.responseReceived", lambda event: _note(came, event["response"]))
    page.goto(address)
    page.wait_for_selector(TARGET, timeout=120_000)
    page.wait_for_timeout(REST)
    page.close()
    return Moved(line.down.passed - before, len(came))


def _note(came: list[str], response: dict) -> None:
    asks_again = "/api/kernels/" in response["url"]  # whether its kernel is there, for as long as the page is open
    if response["url"].startswith("http") and not response.get("fromDiskCache") and not asks_again:
        came.append(response["url"])


def _seconds(browser: Browser, server: str, line: Line, photo: Path) -> tuple[float, float]:
    with line.to(server) as address, browser.new_context() as context:
        page: Page = context.new_page()
        started = time.perf_counter()
        page.goto(address, wait_until="commit")
        page.wait_for_selector(TARGET, timeout=240_000)
        usable = time.perf_counter() - started
        page.set_input_files(".vl-app input[type=file]", str(photo))
        page.wait_for_selector(ANSWER, state="attached", timeout=240_000)
        answered = time.perf_counter() - started
        page.wait_for_timeout(REST)
        return usable, answered
