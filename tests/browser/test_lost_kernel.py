"""A page whose kernel or server is gone says so, loses nothing that was shown, and comes back by one button."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator

import psutil
import pytest
from conftest import wait_for
from playwright.sync_api import Page, expect
from ports import free_port
from steps import FINAL, ONCE, TOKEN, answered, choose, encoded, picture, upload

from model.core import PROJECT

SOON = 15_000  # three times what the page promises
VOILA = ("voila", "app.ipynb", "--Voila.ip=127.0.0.1")


def kernel_of(page: Page) -> psutil.Process:
    """The process behind the page."""
    name = page.evaluate("JSON.parse(document.getElementById('jupyter-config-data').textContent).kernelId")
    for process in psutil.process_iter(["cmdline"]):
        if any(name in argument for argument in process.info["cmdline"] or []):
            return process
    raise AssertionError("the page has no kernel")


def assert_restarts(page: Page, name: str) -> None:
    """The one button brings the page back, and the photo `name` is answered again."""
    with page.expect_navigation():
        page.get_by_role("button", name="Restart").click()
    answered(page, name)


@pytest.fixture(scope="module")
def where(serve) -> str:
    return serve(*VOILA)


@pytest.mark.slow
def test_a_killed_kernel_is_seen_and_the_page_comes_back_with_its_photo(visit, where):
    page = visit(where)
    choose(page, upload("a.jpg", encoded(picture(1))))
    before = answered(page, "a.jpg")
    kernel_of(page).kill()
    expect(page.get_by_role("alert")).to_contain_text("The server went to sleep", timeout=SOON)
    expect(page.locator(".vl-app .vl-headline")).to_have_text(before.removeprefix("\n"))
    expect(page.locator(".vl-app .vl-photo")).to_have_attribute("alt", re.compile(r"^a\.jpg: "))
    assert page.locator(".jupyter-widgets-disconnected").evaluate_all(
        "marked => marked.every((element) => getComputedStyle(element, '::before').content === 'none')"
    )
    assert_restarts(page, "a.jpg")
    expect(page.locator(".vl-banner")).to_be_empty()


@pytest.mark.slow
def test_a_photo_that_is_added_to_a_dead_page_is_not_swallowed(visit, where):
    page = visit(where)
    choose(page, upload("a.jpg", encoded(picture(1))))
    answered(page, "a.jpg")
    kernel_of(page).kill()
    expect(page.get_by_role("alert")).to_contain_text("The server went to sleep", timeout=SOON)
    choose(page, upload("b.jpg", encoded(picture(2))), upload("c.jpg", encoded(picture(3))))
    expect(page.locator(".vl-app .vl-status")).to_contain_text("Not answered: Restart, above, brings the page back")
    expect(page.locator(f".vl-app :is({FINAL})")).not_to_be_visible()  # that of the photo before
    with page.expect_navigation():
        page.get_by_role("button", name="Restart").click()
    expect(page.locator('.vl-app .vl-answer[data-state="several"]')).to_contain_text("c.jpg")


@pytest.mark.slow
def test_a_photo_that_was_on_its_way_when_the_kernel_ended_is_not_swallowed(visit, where):
    page = visit(where)
    kernel = kernel_of(page)
    kernel.suspend()
    choose(page, upload("a.jpg", encoded(picture(1))))
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    kernel.kill()
    expect(page.get_by_role("alert")).to_contain_text("The server went to sleep", timeout=SOON)
    expect(page.locator(".vl-app .vl-status")).to_contain_text("Not answered: Restart, above, brings the page back")
    assert_restarts(page, "a.jpg")


@pytest.mark.slow
def test_a_photo_that_is_added_without_a_network_is_sent_when_it_is_back(visit, where):
    page = visit(where)
    page.context.set_offline(True)
    expect(page.get_by_role("alert")).to_contain_text("The server does not answer", timeout=SOON)
    choose(page, upload("a.jpg", encoded(picture(1))))
    expect(page.locator(".vl-app .vl-status")).to_contain_text("Not sent yet: it goes as soon as the server answers")
    page.get_by_role("button", name="Restart").click()
    expect(page.get_by_role("alert")).to_contain_text("The server still does not answer")
    page.context.set_offline(False)
    answered(page, "a.jpg")
    expect(page.locator(".vl-banner")).to_be_empty()


@pytest.mark.slow
def test_a_kernel_that_ends_while_the_page_is_being_built_leaves_no_blank_page(new_page, where):
    page = new_page()
    page.route("**/*.js", lambda route: route.abort())  # nothing builds the page
    page.goto(where, wait_until="commit")
    page.wait_for_selector("#jupyter-config-data", state="attached")
    kernel_of(page).kill()
    expect(page.get_by_role("alert")).to_contain_text("The server went to sleep while this page was being made", timeout=SOON)
    page.unroute("**/*.js")
    page.get_by_role("button", name="Restart").click()
    expect(page.locator(".vl-app:not(#early) .vl-zone")).to_be_visible()


@pytest.mark.slow
def test_a_tab_that_closes_ends_its_kernel(visit, where):
    page = visit(where)
    kernel = kernel_of(page)
    page.close(run_before_unload=True)
    kernel.wait(SOON / 1000)


@pytest.mark.slow
def test_a_photo_too_large_to_be_kept_is_named(visit, where):
    page = visit(where)
    kernel_of(page).kill()
    expect(page.get_by_role("alert")).to_contain_text("The server went to sleep", timeout=SOON)
    choose(page, upload("large.heic", os.urandom(5_000_000), "image/heic"))
    with page.expect_navigation():
        page.get_by_role("button", name="Restart").click()
    expect(page.get_by_text("Too large to be kept while the page was loaded again: large.heic")).to_be_visible()


@pytest.fixture
def start_again(tmp_path, shipped_model) -> Iterator[Callable[[], tuple[str, Callable[[], None]]]]:
    """A server that can be ended and started again at the same address: gives that, and how to end it with its kernels."""
    port, running = free_port(), []

    def start() -> tuple[str, Callable[[], None]]:
        log = tmp_path / "server.log"
        with log.open("wb") as output:
            command = [sys.executable, "-m", *VOILA, ONCE, f"--port={port}", "--port_retries=0", "--no-browser"]
            environment = {**os.environ, "JUPYTER_TOKEN": TOKEN, "VOILENS_RUNS": str(tmp_path / "runs")}
            process = subprocess.Popen(command, cwd=PROJECT, stdout=output, stderr=output, env=environment)
        running.append(process)
        wait_for(f"http://127.0.0.1:{port}/api", process, log)
        return f"http://127.0.0.1:{port}/?token={TOKEN}", lambda: end(process)

    def end(process: subprocess.Popen) -> None:
        if process.poll() is not None:
            return
        server = psutil.Process(process.pid)
        kernels = server.children()
        process.kill()
        process.wait()
        for kernel in kernels:
            with contextlib.suppress(psutil.NoSuchProcess):
                kernel.kill()

    yield start
    for process in running:
        end(process)


@pytest.mark.slow
def test_a_server_that_is_gone_is_seen_and_the_page_waits_for_the_next(visit, start_again):
    where, end = start_again()
    page = visit(where)
    choose(page, upload("a.jpg", encoded(picture(1))))
    before = answered(page, "a.jpg")
    end()
    expect(page.get_by_role("alert")).to_contain_text("The server does not answer", timeout=SOON)
    expect(page.locator(".vl-app .vl-headline")).to_have_text(before.removeprefix("\n"))
    start_again()
    expect(page.get_by_role("alert")).to_contain_text("The server went to sleep", timeout=SOON)
    assert_restarts(page, "a.jpg")
