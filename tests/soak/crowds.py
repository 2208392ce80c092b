"""Many visitors: pages open at once, visits one after the other, requests that are cut off."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
import time
from typing import TypeVar

import rows
from kernel_line import KernelLine
from page_server import PageServer
from rows import Row
from served_page import Photo, known_photos, megabytes, served, whole_tree
from visitor import Visitor

OPENING = 4  # pages that are opened at the same time
WARM = 25  # visits until the server has loaded all that it ever loads
FIRST, EACH = 500, 45  # megabytes of the server and the model process, and of a page: 5 GB for 100
SETTLED = 120.0  # seconds until all is as before


Page = TypeVar("Page", bound=KernelLine)


async def open_pages(server: PageServer, pages: int, kind: type[Page]) -> list[Page]:
    """So many pages, some of which are opened at the same time."""
    opening = asyncio.Semaphore(OPENING)

    async def enter() -> Page:
        async with opening:
            return await kind.enter(server, await asyncio.to_thread(server.enter), 300)

    return await asyncio.gather(*(enter() for _ in range(pages)))


def pages_at_once(pages: int) -> Row:
    """So many open pages, of which each asks at the same moment and gets its own answer."""
    photos = known_photos()

    async def play(server: PageServer) -> tuple[int, float]:
        visitors = await open_pages(server, pages, Visitor)
        asked = [photos[number % len(photos)] for number in range(pages)]
        shown = await asyncio.gather(
            *(visitor.ask(photo.name, photo.content, 300) for visitor, photo in zip(visitors, asked, strict=True))
        )
        right = sum(photo.is_answered_by(answer) for photo, answer in zip(asked, shown, strict=True))
        memory = megabytes(whole_tree(server))
        await asyncio.gather(*(visitor.leave() for visitor in visitors))
        return right, memory

    with served(f"--Guard.visits={pages}") as server:
        right, memory = asyncio.run(play(server))
    measured = f"{right} of {pages} right, {memory / 1000:.2f} GB ({memory / pages:.0f} MB each)"
    most = FIRST + EACH * pages
    return Row(
        f"{pages} pages open at once, each asks and gets its own answer",
        "all right, 5 GB for 100",
        measured,
        right == pages and memory <= most,
    )


def visits_in_a_row(visits: int) -> Row:
    """People who open, ask and leave: afterwards all is as it was after the first of them."""
    photos = known_photos()

    async def visit(server: PageServer, photo: Photo) -> bool:
        visitor = await Visitor.enter(server, await asyncio.to_thread(server.enter), 120)
        right = photo.is_answered_by(await visitor.ask(photo.name, photo.content))
        await visitor.leave()
        return right

    async def play(server: PageServer, numbers: range) -> int:
        at_once = asyncio.Semaphore(OPENING)

        async def one(number: int) -> bool:
            async with at_once:
                return await visit(server, photos[number % len(photos)])

        return sum(await asyncio.gather(*map(one, numbers)))

    with served("--Guard.visits=12") as server:
        first = max(WARM, visits // 10)
        right = asyncio.run(play(server, range(first)))
        before = _settled(server)
        right += asyncio.run(play(server, range(first, visits)))
        after = _settled(server)
    grown = after[1] / before[1] - 1
    measured = (
        f"{right} of {visits} right; kernels {before[0]} and {after[0]}; {before[1]:.0f} and {after[1]:.0f} MB ({grown:+.1%})"
    )
    return Row(
        f"after {visits} visits, beside after {first}",
        "all right, kernels as before, memory within 5 %",
        measured,
        right == visits and after[0] == before[0] and grown <= 0.05,
    )


def requests_cut_off(requests: int, cap: int = 10) -> Row:
    """Requests for the page whose senders do not wait, while others ask for something small."""
    with served(f"--Guard.visits={cap}") as server:
        server.until(lambda: len(server.kernels()) == 1)
        slowest, most, over = [0.0], [0], threading.Event()

        def others() -> None:
            while not over.is_set():
                started = time.monotonic()
                with server.asking("GET", "/voila/static/voila.js") as answer:
                    answer.read()
                slowest[0] = max(slowest[0], time.monotonic() - started)
                most[0] = max(most[0], len(server.kernels()))
                time.sleep(0.05)

        asking = threading.Thread(target=others)
        asking.start()
        for _ in range(requests):
            with (
                contextlib.suppress(OSError),
                contextlib.closing(socket.create_connection(("127.0.0.1", server.port), 10)) as line,
            ):
                line.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        ended = time.monotonic()
        server.until(lambda: len(server.kernels()) <= 1, SETTLED)
        settled = time.monotonic() - ended
        over.set()
        asking.join()
    measured = f"{most[0]} kernels at most; slowest other answer {slowest[0]:.2f} s; as before after {settled:.1f} s"
    return Row(
        f"{requests} requests cut off, {cap} visits taken",
        f"{cap} kernels at most, others told in 1 s, as before in 120 s",
        measured,
        most[0] <= cap + 1 and slowest[0] <= rows.patience,
    )


def _settled(server: PageServer) -> tuple[int, float]:
    """How many kernels there are once one is ready and no other is left, and the memory of all."""
    server.until(lambda: len(server.kernels()) == 1, SETTLED)
    time.sleep(3)
    return len(server.kernels()), megabytes(whole_tree(server))
