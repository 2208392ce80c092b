"""Photos on their way here: they take no place in line, and no more memory together than a bound. Knows no requests.

For one event loop.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from model.errors import AppError, Busy

SECONDS = 30.0  # that a photo may take to arrive
MAX_BYTES = 256 << 20  # of all photos on their way
CROWDED = "Too many photos are being sent: send yours again in a minute."
Result = TypeVar("Result")


class TooSlow(AppError):
    """A photo that did not arrive in time."""

    status = 408
    code = "arrived-too-slowly"


@dataclass(eq=False)
class _Body:
    visit: str
    reading: asyncio.Task | None = None
    size: int = 0
    gave_way: bool = False


class Arrivals:
    """The bodies that are being read."""

    def __init__(self) -> None:
        self._bodies: list[_Body] = []

    async def read(self, visit: str, read: Callable[[Callable[[int], None]], Awaitable[Result]]) -> Result:
        """What `read` gives, which calls the function it gets with the length of each block.

        Raises TooSlow where that takes longer than SECONDS; Busy where there is no room and nobody sends more than this visit.
        """
        body = _Body(visit)

        async def reading() -> Result:
            return await read(lambda length: self._grow(body, length))

        self._bodies.append(body)
        body.reading = asyncio.ensure_future(reading())
        try:
            return await asyncio.wait_for(body.reading, SECONDS)
        except asyncio.TimeoutError:
            raise TooSlow(f"The photo did not arrive within {SECONDS:.0f} s: send it again.") from None
        except asyncio.CancelledError:
            if body.gave_way:
                raise Busy(CROWDED) from None
            raise
        finally:
            self._bodies.remove(body)

    def _grow(self, body: _Body, length: int) -> None:
        """Note more bytes; where they are too many, the oldest body of the visit that sends most gives way. Raises Busy."""
        body.size += length
        while sum(each.size for each in self._bodies if not each.gave_way) > MAX_BYTES:
            sizes: dict[str, int] = defaultdict(int)
            for each in self._bodies:
                sizes[each.visit] += 0 if each.gave_way else each.size
            greediest = max(sizes, key=lambda visit: sizes[visit])
            oldest = next(each for each in self._bodies if each.visit == greediest and each.size and not each.gave_way)
            oldest.gave_way = True
            if oldest is body:
                raise Busy(CROWDED)
            assert oldest.reading, "it has begun"
            oldest.reading.cancel()
