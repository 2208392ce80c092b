"""A line between browser and server, slower than the loopback: so many bits a second each way, shared by all connections, and a
delay. It also counts what passes. It stands between the two as a proxy: TCP's own behaviour on a long line is not in it.
"""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

PACKET = 1460  # bytes
HEADERS = 52  # bytes that IP and TCP add to each packet


@dataclass
class Way:
    """One direction: bits a second, and when it is free again."""

    rate: float = math.inf
    free: float = 0.0
    passed: int = 0  # bytes


@dataclass
class Line:
    """What lies between a browser and a server; `delay` is one way, in seconds."""

    down: Way = field(default_factory=Way)
    up: Way = field(default_factory=Way)
    delay: float = 0.0

    @contextmanager
    def to(self, address: str) -> Iterator[str]:
        """The address at which the server of `address` is reached over this line."""
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        place = urlsplit(address)
        listening = asyncio.start_server(lambda *browser: self._connect(place.port or 80, *browser), "127.0.0.1", 0)
        server = asyncio.run_coroutine_threadsafe(listening, loop).result()
        try:
            yield urlunsplit(place._replace(netloc=f"127.0.0.1:{server.sockets[0].getsockname()[1]}"))
        finally:
            loop.call_soon_threadsafe(server.close)
            asyncio.run_coroutine_threadsafe(_end_all(), loop).result()
            loop.call_soon_threadsafe(loop.stop)
            thread.join()

    async def _connect(self, port: int, from_browser: asyncio.StreamReader, to_browser: asyncio.StreamWriter) -> None:
        await asyncio.sleep(2 * self.delay)  # the two greet each other
        from_server, to_server = await asyncio.open_connection("127.0.0.1", port)
        with suppress(asyncio.CancelledError):  # the line is taken away
            await asyncio.gather(self._pass(from_browser, to_server, self.up), self._pass(from_server, to_browser, self.down))

    async def _pass(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, way: Way) -> None:
        loop = asyncio.get_running_loop()
        with suppress(OSError):
            while packet := await source.read(PACKET):
                way.passed += len(packet)
                way.free = max(way.free, loop.time()) + 8 * (len(packet) + HEADERS) / way.rate
                await asyncio.sleep(way.free - loop.time())
                loop.call_later(self.delay, target.write, packet)
        loop.call_later(self.delay, target.close)


async def _end_all() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
