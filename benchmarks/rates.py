"""How many answers a second visitors get who send the next photo when the one before is answered, and how long they wait."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from statistics import quantiles
from typing import NamedTuple, Protocol

from visitor import Visitor

SECONDS = 8.0


class Rate(NamedTuple):
    """Answers a second, and the 95th percentile of the seconds that one took."""

    answers: float
    slowest: float


class Asking(Protocol):
    """Whoever asks for one photo after the other; what comes back is the answer."""

    def classify(self, picture: bytes, /) -> object: ...


def of_clients(clients: Sequence[Asking], content: bytes) -> Rate:
    """Each in a thread of this process."""
    started = time.perf_counter()
    waits: list[float] = []

    def visit(client: Asking) -> None:
        asked = time.perf_counter()
        while asked < started + SECONDS:
            client.classify(content)
            answered = time.perf_counter()
            waits.append(answered - asked)
            asked = answered

    with ThreadPoolExecutor(len(clients)) as visitors:
        list(visitors.map(visit, clients))
    return _rate(waits, started)


async def of_pages(pages: Sequence[Visitor], content: bytes) -> Rate:
    """Each an open page with a kernel of its own, which gets the photo in parts over its websocket."""
    started = time.perf_counter()
    waits: list[float] = []

    async def visit(page: Visitor) -> None:
        asked = time.perf_counter()
        while asked < started + SECONDS:
            shown = await page.ask("photo.jpg", content)
            assert shown["kind"] == "answer", shown
            answered = time.perf_counter()
            waits.append(answered - asked)
            asked = answered

    await asyncio.gather(*map(visit, pages))
    return _rate(waits, started)


def _rate(waits: Sequence[float], started: float) -> Rate:
    return Rate(len(waits) / (time.perf_counter() - started), quantiles(waits, n=20)[-1])
