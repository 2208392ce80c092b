"""Photos on their way: bounded together, and no longer than it may take."""

from __future__ import annotations

import asyncio

import pytest

from model.errors import Busy
from model.serving import arrivals as arrivals_module
from model.serving.arrivals import Arrivals, TooSlow


async def sending(arrivals: Arrivals, visit: str, *blocks: int, whole: bool = False) -> asyncio.Task:
    """A body of such blocks, which ends after them or never does."""

    async def read(heard):
        for block in blocks:
            heard(block)
        if not whole:
            await asyncio.Event().wait()
        return sum(blocks)

    task = asyncio.ensure_future(arrivals.read(visit, read))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return task


def test_of_those_that_send_too_much_together_the_one_that_sends_most_gives_way(monkeypatch):
    monkeypatch.setattr(arrivals_module, "MAX_BYTES", 100)

    async def main():
        arrivals = Arrivals()
        first = await sending(arrivals, "a", 40)
        second = await sending(arrivals, "a", 40)
        assert await (await sending(arrivals, "b", 30, whole=True)) == 30
        with pytest.raises(Busy):
            await first
        assert not second.done()
        with pytest.raises(Busy):
            await (await sending(arrivals, "c", 50, 50, whole=True))
        second.cancel()

    asyncio.run(main())


def test_who_is_too_slow_is_told_so(monkeypatch):
    monkeypatch.setattr(arrivals_module, "SECONDS", 0.05)

    async def main():
        with pytest.raises(TooSlow, match="send it again"):
            await (await sending(Arrivals(), "a", 1))

    asyncio.run(main())


def test_whoever_is_cancelled_is_cancelled_and_holds_nothing():
    async def main():
        arrivals = Arrivals()
        sent = await sending(arrivals, "a", 40)
        sent.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sent
        assert arrivals._bodies == []

    asyncio.run(main())
