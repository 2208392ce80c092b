"""Kernels end with their page, however it ends: a real server, and visitors without a browser."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from page_server import Full, PageServer
from steps import write_notebook

pytestmark = pytest.mark.slow
PLACES = 3


def notebook(folder: Path) -> Path:
    """A page of one widget: its kernel is soon ready."""
    return write_notebook(folder / "page.ipynb", "import ipywidgets\nipywidgets.HTML('here')")


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[PageServer]:
    served = PageServer(notebook(tmp_path_factory.mktemp("server")), f"--Guard.visits={PLACES}")
    served.until(lambda: "is filled with" in served.log.read_text())  # before that, Voilà takes a kernel of its own for a page
    yield served
    served.end()


@pytest.fixture
def pooled(server) -> set[str]:
    """All kernels of a server that nobody visits: the one that is ready for the next visitor."""
    server.until(lambda: len(server.kernels()) == 1)
    return set(server.kernels())


def enter_once_there_is_room(server: PageServer) -> str:
    entered: list[str] = []

    def is_let_in() -> bool:
        with contextlib.suppress(Full):
            entered.append(server.enter())
        return bool(entered)

    server.until(is_let_in)
    return entered[0]


def test_a_tab_that_closes_frees_its_kernel(server, pooled):
    kernel = server.enter()
    assert kernel in pooled
    assert server.status(kernel) == 200
    assert server.leave(kernel) == 204
    server.until(lambda: server.status(kernel) == 404)
    assert kernel not in server.kernels()
    assert server.leave(kernel) == 404  # and again: it is no more


def test_nobody_elses_page_ends_a_kernel(server, pooled):
    kernel = server.enter()
    assert server.leave(kernel, Origin="http://elsewhere.example") == 403
    assert server.leave(kernel, Origin="null") == 403
    assert server.status(kernel) == 200
    server.until(lambda: len(server.kernels()) == 2)
    (ready,) = set(server.kernels()) - {kernel}
    assert server.leave(ready) == 204  # it is of no visit yet: nothing happens
    assert server.status(ready) == 200
    server.leave(kernel)


def test_visits_that_come_and_go_leave_nothing(server, pooled):
    for _ in range(PLACES + 2):
        assert server.leave(server.enter()) == 204
    server.until(lambda: len(server.kernels()) == 1)


def test_one_more_visitor_than_there_is_room_for_is_told_so_and_gets_in_after_one_leaves(server, pooled):
    kernels = [server.enter() for _ in range(PLACES)]
    began = time.monotonic()
    with server.asking("GET", "/") as answer:
        assert answer.status == 503
        assert answer.headers["Retry-After"] == "60"
        assert "Try again in a minute" in answer.read().decode()
    assert time.monotonic() - began < 3  # three times what is promised
    assert server.leave(kernels.pop()) == 204
    kernels.append(enter_once_there_is_room(server))
    for kernel in kernels:
        server.leave(kernel)


def test_requests_that_are_cut_off_keep_no_kernel(server, pooled):
    for _ in range(3 * PLACES):
        with socket.create_connection(("127.0.0.1", server.port)) as cut:
            cut.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    kernel = enter_once_there_is_room(server)
    server.leave(kernel)
    server.until(lambda: len(server.kernels()) == 1)


def test_a_kernel_that_is_killed_is_gone_and_not_started_again(server, pooled):
    kernel = server.enter()
    server.kernels()[kernel].kill()
    server.until(lambda: server.status(kernel) == 404, seconds=15)
    assert kernel not in server.kernels()


def test_the_next_visitor_gets_a_kernel_that_lives_though_the_one_made_ready_was_killed(server, pooled):
    (ready,) = server.kernels().values()
    ready.kill()
    server.until(lambda: ready not in server.kernels().values())  # a busy machine takes a moment
    kernel = server.enter()
    assert kernel not in pooled
    assert server.status(kernel) == 200
    assert kernel in server.kernels()
    server.leave(kernel)


def test_a_browser_that_leaves_without_a_word_loses_its_kernel(tmp_path):
    served = PageServer(notebook(tmp_path), "--Guard.silence=5", "--preheat_kernel=False")
    try:

        async def visit() -> None:
            kernel = served.enter()
            socket = await served.connect(kernel)
            await asyncio.sleep(0)
            lasting = time.monotonic() + 8
            while time.monotonic() < lasting:  # longer than silence may last: it is connected
                await asyncio.sleep(0.5)
                assert await asyncio.to_thread(served.status, kernel) == 200
            socket.close()
            await asyncio.to_thread(served.until, lambda: served.status(kernel) == 404)

        asyncio.run(visit())
        unseen = served.enter()
        served.until(lambda: served.status(unseen) == 404)  # no browser ever came
    finally:
        served.end()


def test_a_kernel_that_takes_too_much_memory_ends(tmp_path):
    served = PageServer(notebook(tmp_path), "--Guard.kernel_memory=20000000", "--preheat_kernel=False")
    try:
        kernel = served.enter()
        served.until(lambda: served.status(kernel) == 404)
        assert "ended: a kernel with more than 20 MB of memory" in served.log.read_text()
    finally:
        served.end()
