"""The page without a server on a graphics processor, which Chromium's own software stands in for."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

import pytest
import safe_forms
from find_chromium import find
from kept_runtime import kept_runtime
from PIL import Image
from playwright.sync_api import Browser, Page, Route, sync_playwright
from steps import encoded

from model.publishing import write_site
from model.publishing.local_server import LocalServer

FLAGS = ["--no-sandbox", "--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--enable-features=Vulkan"]
COLOURS = {"red": (220, 30, 30), "blue": (30, 30, 220)}
CLASSIFY = """(content) => voilens.classify(new Blob([Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))]))"""
GRAPHICS = re.compile(r"webgpu|jspi")
SLOW = 9  # seconds that the first model is said to take


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def server(tmp_path) -> Iterator[LocalServer]:
    write_site(safe_forms.by_colour(tmp_path / "form"), safe_forms.CARD, tmp_path / "site", kept_runtime())
    server = LocalServer(tmp_path / "site")
    yield server
    server.stop()


def say_slow(route: Route) -> None:
    """Let the first model say of every answer that it took long: on software alone it would always be the quicker one."""
    script = route.fetch().text()
    changed = script.replace("(performance.now() - started) / 1000", str(SLOW))
    assert changed != script
    route.fulfill(body=changed, content_type="text/javascript")


def classify(page: Page, colour: str) -> dict:
    return page.evaluate(CLASSIFY, base64.b64encode(encoded(Image.new("RGB", (300, 240), COLOURS[colour]))).decode())


def until_quicker(page: Page) -> dict:
    """The first answer that did not come from the first model."""
    for _ in range(100):
        answer = classify(page, "red")
        if answer["seconds"] != SLOW:
            return answer
        page.wait_for_timeout(200)
    pytest.fail("the graphics processor never answered")


@pytest.mark.slow
def test_more_photos_than_one_are_answered_on_the_graphics_processor_where_that_is_quicker(chromium, server):
    page = chromium.new_page()
    asked: list[str] = []
    page.on("console", lambda said: pytest.fail(said.text) if said.type == "error" else None)
    page.on("request", lambda request: asked.append(request.url))
    page.route(re.compile("worker-wasm"), say_slow)
    page.goto(server.address)
    if not page.evaluate("navigator.gpu?.requestAdapter().then(Boolean) ?? false"):
        pytest.skip("this Chromium has no software in the place of a graphics processor")
    first = classify(page, "red")
    page.wait_for_timeout(1000)
    assert not any(map(GRAPHICS.search, asked)), "one photo is no reason to load more"
    classify(page, "blue")
    quicker = until_quicker(page)
    assert sum(map(bool, map(GRAPHICS.search, asked))) >= 2
    assert (quicker["label"], quicker["status"]) == (first["label"], first["status"])
    assert max(abs(quicker["probabilities"][name] - share) for name, share in first["probabilities"].items()) < 0.005
    assert classify(page, "blue")["label"] == "blue"
    page.close()


def test_without_its_runtime_the_page_goes_on_as_before(chromium, server):
    page = chromium.new_page()
    page.route(re.compile(r"jspi\.wasm"), lambda route: route.abort())
    page.goto(server.address)
    for colour in ("red", "blue", "red"):
        assert classify(page, colour)["label"] == colour
        page.wait_for_timeout(300)
    page.close()
