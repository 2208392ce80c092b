"""The real page: Voilà serves app.ipynb, Chromium shows it, the shipped export answers. Nothing is replaced."""

from __future__ import annotations

import io
import json
import os
import random
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
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect, sync_playwright

HOME = Path(__file__).resolve().parents[2]
FINAL = ", ".join(f'.vl-answer[data-state="{state}"]' for state in ("sure", "unsure", "unfamiliar", "refused", "several"))
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
                command, cwd=HOME, stdout=output, stderr=output, stdin=subprocess.DEVNULL, env={**os.environ, **environment}
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


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = find()
    assert path, "make test installs Chromium; set CHROMIUM to the path of one"
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, address) -> Iterator[Callable[..., Page]]:
    """Open the page as another visitor; at the end, nothing may have gone wrong in any of their browsers."""
    contexts, wrong = [], []

    def open_page(where: str = address, width: int = 1280, height: int = 800, **options) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(where)
        expect(page.locator(".vl-app .vl-zone")).to_be_visible()
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not wrong


@pytest.fixture
def page(visit) -> Page:
    return visit()


def picture(seed: int = 0, size: tuple[int, int] = (320, 240)) -> Image.Image:
    """A generated photo that looks different each way up, the same for the same seed."""
    grain = Image.frombytes("L", (size[0] // 4, size[1] // 4), random.Random(seed).randbytes(size[0] // 4 * (size[1] // 4)))
    image = grain.resize(size, Image.Resampling.BICUBIC).convert("RGB")
    pen = ImageDraw.Draw(image)
    width, height = size
    pen.rectangle((0, 0, width // 3, height // 2), fill=(200, 40 + 13 * seed % 200, 40))
    pen.ellipse((width // 2, height // 3, width - 5, height - 5), fill=(40, 90, 200 - 11 * seed % 150))
    return image


def encoded(image: Image.Image, kind: str = "JPEG", **options) -> bytes:
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def upload(name: str, content: bytes, kind: str = "image/jpeg") -> dict:
    return {"name": name, "mimeType": kind, "buffer": content}


def choose(page: Page, *files: dict) -> None:
    """Choose files as a person does: through the dialog that the visible button opens."""
    button = page.get_by_role("button", name="Choose or take a photo").or_(page.get_by_role("button", name="Another photo"))
    with page.expect_file_chooser() as chooser:
        button.locator("visible=true").first.click()
    chooser.value.set_files(list(files))


def answered(page: Page) -> str:
    """The headline, once the page has settled on an answer."""
    expect(page.locator(f".vl-app :is({FINAL})")).to_be_visible()
    return page.locator(".vl-app .vl-headline").inner_text()


@pytest.fixture(scope="session")
def expected(tmp_path_factory) -> Callable[[bytes], dict]:
    """What the command line says of a picture: the oracle for what the page says."""
    folder = tmp_path_factory.mktemp("expected")

    def ask(content: bytes) -> dict:
        file = folder / "picture"
        file.write_bytes(content)
        command = [sys.executable, "-m", "model", "predict", "--json", str(file)]
        done = subprocess.run(command, cwd=HOME, capture_output=True, text=True, check=True)
        return json.loads(done.stdout)["results"][0]

    return ask
