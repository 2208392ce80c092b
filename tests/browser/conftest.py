"""The real page: Voilà serves app.ipynb, Chromium shows it, the shipped export answers. Nothing is replaced."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from find_chromium import find
from playwright.sync_api import Browser, Page, expect, sync_playwright

from model.core import PROJECT

expect.set_options(timeout=30_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


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
def serve(tmp_path_factory) -> Iterator[Callable[..., str]]:
    """Start a server for the session: `serve("voila", "app.ipynb", path="/")` gives the page's address."""
    started: list[subprocess.Popen] = []

    def start(*arguments: str, path: str = "/", **environment: str) -> str:
        port = free_port()
        log = tmp_path_factory.mktemp("log") / "server.log"
        command = [sys.executable, "-m", *arguments, f"--port={port}", "--no-browser"]
        with log.open("wb") as output:
            process = subprocess.Popen(
                command, cwd=PROJECT, stdout=output, stderr=output, stdin=subprocess.DEVNULL, env={**os.environ, **environment}
            )
        started.append(process)
        wait_for(f"http://127.0.0.1:{port}/api", process, log)
        return f"http://127.0.0.1:{port}{path}"

    yield start
    for process in started:
        process.terminate()
    for process in started:
        process.wait(timeout=20)


@pytest.fixture(scope="session")
def address(serve) -> str:
    return serve("voila", "app.ipynb", "--Voila.ip=127.0.0.1")


@pytest.fixture(scope="module")  # not longer: its event loop would stand in the way of the tests that have their own
def chromium() -> Iterator[Browser]:
    path = find()
    assert path, "make test installs Chromium; set CHROMIUM to the path of one"
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium) -> Iterator[Callable[..., Page]]:
    """An empty page of another visitor; at the end, nothing may have gone wrong in any of their browsers."""
    contexts, wrong = [], []

    def open_page(width: int = 1280, height: int = 800, **options) -> Page:
        contexts.append(chromium.new_context(viewport={"width": width, "height": height}, **options))
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not wrong


@pytest.fixture
def visit(new_page, address) -> Callable[..., Page]:
    """Open the page as another visitor."""

    def open_page(where: str = address, width: int = 1280, height: int = 800, **options) -> Page:
        page = new_page(width, height, **options)
        page.goto(where)
        expect(page.locator(".vl-app .vl-zone")).to_be_visible()
        return page

    return open_page


@pytest.fixture
def page(visit) -> Page:
    return visit()


@pytest.fixture(scope="session")
def expected(tmp_path_factory) -> Callable[[bytes], dict]:
    """What the command line says of a picture: the oracle for what the page says."""
    folder = tmp_path_factory.mktemp("expected")

    def ask(content: bytes) -> dict:
        file = folder / "picture"
        file.write_bytes(content)
        command = [sys.executable, "-m", "model", "predict", "--json", str(file)]
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
        return json.loads(done.stdout)["results"][0]

    return ask
