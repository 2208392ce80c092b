"""The real page: Voilà serves app.ipynb, Chromium shows it, the shipped export answers. Nothing is replaced."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from find_chromium import find
from places import once
from playwright.sync_api import Browser, Page, expect, sync_playwright
from ports import free_port
from steps import TOKEN

from model.__main__ import main
from model.artifacts import build
from model.core import PROJECT, checksum

expect.set_options(timeout=30_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def wait_for(url: str, process: subprocess.Popen, log: Path, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except urllib.error.HTTPError:  # an answer all the same
            return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"{url} does not answer: {log.read_text()[-2000:]}")


@pytest.fixture(scope="session")
def shipped_model() -> None:
    """The shipped export is made ready to serve before anybody waits for an answer, once for all workers."""
    export = PROJECT / "export.pkl"
    once("shipped", lambda folder: build.make_safe_model(export, checksum(export), here="fastai" in sys.modules))


@pytest.fixture(scope="session")
def serve(tmp_path_factory, shipped_model) -> Iterator[Callable[..., str]]:
    """Start a server for the session: `serve("voila", "app.ipynb", path="/")` gives the page's address, with the token."""
    started: list[subprocess.Popen] = []

    def start(*arguments: str, path: str = "/", **environment: str) -> str:
        port = free_port()
        log = tmp_path_factory.mktemp("log") / "server.log"
        command = [sys.executable, "-m", *arguments, f"--port={port}", "--no-browser"]
        own = {"VOILENS_RUNS": str(log.parent / "runs"), "JUPYTER_TOKEN": TOKEN}  # a page remembers in runs what was open
        environment = {**os.environ, **own, **environment}
        with log.open("wb") as output:
            process = subprocess.Popen(
                command, cwd=PROJECT, stdout=output, stderr=output, stdin=subprocess.DEVNULL, env=environment
            )
        started.append(process)
        wait_for(f"http://127.0.0.1:{port}/api", process, log)
        return f"http://127.0.0.1:{port}{path}" + (f"?token={TOKEN}" if arguments[0] == "voila" else "")

    yield start
    servers = [psutil.Process(process.pid) for process in started if process.poll() is None]
    kernels = [kernel for server in servers for kernel in server.children(recursive=True)]
    for server in servers:
        server.terminate()
    _, stubborn = psutil.wait_procs(servers, timeout=3)
    for process in (*stubborn, *kernels):  # a server asks each of its kernels to end, and waits for it
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(stubborn, timeout=10)


@pytest.fixture(scope="session")
def address(serve) -> str:
    return serve("voila", "app.ipynb", "--Voila.ip=127.0.0.1")


@pytest.fixture(scope="module")  # not longer: its event loop would stand in the way of the tests that have their own
def chromium() -> Iterator[Browser]:
    path = find()
    assert path, "make test installs Chromium; set CHROMIUM to the path of one"
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    flags.append("--use-fake-device-for-media-stream")  # a camera, which still asks whether it may be used
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()


class Visitors:
    """Browsers of people who know nothing of one another, and what went wrong in any of them."""

    def __init__(self, chromium: Browser):
        self._chromium, self._contexts, self._wrong = chromium, [], []

    def new_page(self, width: int = 1280, height: int = 800, **options) -> Page:
        self._contexts.append(self._chromium.new_context(viewport={"width": width, "height": height}, **options))
        page = self._contexts[-1].new_page()
        page.on("pageerror", lambda error: self._wrong.append(str(error)))
        return page

    def enter(self, where: str, width: int = 1280, height: int = 800, **options) -> Page:
        page = self.new_page(width, height, **options)
        page.goto(where)
        expect(page.locator(".vl-app:not(#early) .vl-zone")).to_be_visible()
        return page

    def check(self) -> None:
        wrong, self._wrong = self._wrong, []
        assert not wrong

    def leave(self) -> None:
        for context in self._contexts:
            context.close()
        self.check()


@pytest.fixture
def new_page(chromium) -> Iterator[Callable[..., Page]]:
    """An empty page of another visitor; at the end, nothing may have gone wrong in any of their browsers."""
    visitors = Visitors(chromium)
    yield visitors.new_page
    visitors.leave()


@pytest.fixture
def visit(chromium, address) -> Iterator[Callable[..., Page]]:
    """Open the page as another visitor."""
    visitors = Visitors(chromium)

    def open_page(where: str = address, *size: int, **options) -> Page:
        return visitors.enter(where, *size, **options)

    yield open_page
    visitors.leave()


@pytest.fixture
def page(visit) -> Page:
    """The page of a visitor who has just come."""
    return visit()


@pytest.fixture(scope="module")
def regulars(chromium) -> Iterator[Visitors]:
    """Visitors who stay for all the tests of a file."""
    visitors = Visitors(chromium)
    yield visitors
    visitors.leave()


@pytest.fixture(scope="module")
def regular_page(regulars, address) -> Page:
    return regulars.enter(address)


@pytest.fixture
def used_page(regulars, regular_page) -> Iterator[Page]:
    """The page of a visitor who stays: it may show the answer of a test before, so wait for that of a photo by its name."""
    yield regular_page
    regulars.check()


@pytest.fixture(scope="session")
def expected(tmp_path_factory) -> Callable[[bytes], dict]:
    """What the command line says of a picture: the oracle for what the page says."""
    folder = tmp_path_factory.mktemp("expected")

    def ask(content: bytes) -> dict:
        file = folder / "picture"
        file.write_bytes(content)
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            assert main(["predict", "--json", "--model", str(PROJECT / "export.pkl"), str(file)]) == 0
        return json.loads(printed.getvalue())["results"][0]

    return ask
