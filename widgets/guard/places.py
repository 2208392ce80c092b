"""Places for visitors: how many there are, who holds them, and who was told that there is none. Knows a kernel by its name.

Every visit counts alike. Addresses count once the places are taken: a place that is free again goes first to those who were
told to wait and hold fewer places than the one who asks, so that nobody fills the page for good by asking again and again.
"""

from __future__ import annotations

import ipaddress
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tornado.httputil import HTTPServerRequest

WAITS = 90.0  # seconds in which who was told to wait has a claim to the next place
MOST_WAITING = 1_000


@dataclass(eq=False)
class Place:
    """What one visitor holds who has opened the page; `alone_since` is since when their kernel has had no browser."""

    address: str
    kernel: str = ""
    alone_since: float | None = None
    cut_off: bool = False  # the browser left before it had the page


class Places:
    """All places that are taken; no more than `most` at once, where that is a number."""

    def __init__(self, most: int | None = None, clock: Callable[[], float] = time.monotonic):
        self.most, self._clock = most, clock
        self._all: list[Place] = []
        self._waiting: dict[str, float] = {}  # by address: when it was told so

    def __iter__(self) -> Iterator[Place]:
        return iter([*self._all])

    def __len__(self) -> int:
        return len(self._all)

    def enter(self, address: str) -> Place | None:
        """A place for one who asks from `address`; None where there is none for them."""
        if self.most is not None and self.most - len(self._all) <= self._claims_before(address):
            if len(self._waiting) < MOST_WAITING:
                self._waiting[address] = self._clock()
            return None
        self._waiting.pop(address, None)
        place = Place(address)
        self._all.append(place)
        return place

    def leave(self, place: Place) -> None:
        """The place is free again."""
        if place in self._all:
            self._all.remove(place)

    def of(self, kernel: str) -> Place | None:
        """The place of the visitor whom `kernel` serves."""
        return next((place for place in self._all if place.kernel == kernel), None)

    def are_awaited(self) -> bool:
        """Whether all places are taken and somebody was told so."""
        return self.most is not None and len(self._all) >= self.most and bool(self._waiting_now())

    def crowd(self, place: Place) -> int:
        """How many places its address holds."""
        return sum(other.address == place.address for other in self._all)

    def _claims_before(self, address: str) -> int:
        """How many of those who wait hold fewer places than this address."""
        held = Counter(place.address for place in self._all)
        return sum(held[other] < held[address] for other in self._waiting_now() if other != address)

    def _waiting_now(self) -> dict[str, float]:
        oldest = self._clock() - WAITS
        self._waiting = {address: told for address, told in self._waiting.items() if told > oldest}
        return self._waiting


def address_of(request: HTTPServerRequest, proxies: Iterable[str]) -> str:
    """Where a request comes from: what the connection says, or what a proxy says that is trusted.

    Of an IPv6 address, the network that one household has.
    """
    address, trusted = request.remote_ip or "", frozenset(proxies)
    told = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    while address in trusted and told:
        address = told.pop()
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return request.remote_ip or ""
    if isinstance(found, ipaddress.IPv6Address):
        return str(found.ipv4_mapped or ipaddress.ip_network((int(found), 64), strict=False))
    return str(found)
