"""The names that the owner's page answers to: a page of another name cannot speak for its owner."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from tornado.httputil import HTTPServerRequest

from widgets.guard.refusals import Refusal

OF_THIS_MACHINE = frozenset(("localhost", "127.0.0.1", "[::1]"))
_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]+\]|[^\s:\[\]/@,]+)(:\d{1,5})?", re.IGNORECASE)


def is_of_this_machine(address: str) -> bool:
    """Whether only this machine reaches a server that listens on `address`."""
    if address.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return False


class Names:
    """Refuses requests that were made for another name than this machine's own and `more`, or by a page of another."""

    def __init__(self, more: Iterable[str] = ()):
        self._more = {name.lower() for name in more}
        self._names = OF_THIS_MACHINE | self._more

    def check(self, request: HTTPServerRequest) -> Refusal | None:
        host = request.headers.get("Host", "")
        if _name_of(host) not in self._names:
            return _refusal("a name that the owner's page does not answer to")
        origin = request.headers.get("Origin", request.headers.get("Sec-Websocket-Origin"))
        if origin is not None and not self._is_ours(origin, host):
            return _refusal("a page of another origin")
        return None

    def _is_ours(self, origin: str, host: str) -> bool:
        place = place_of(origin)
        return place == host.lower() or _name_of(place) in self._more


def place_of(origin: str) -> str:
    """The `name:port` of an origin, in small letters; empty where there is none."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _name_of(place: str) -> str:
    """The name in `name:port`; empty where there is none."""
    found = _HOST.fullmatch(place)
    return found["name"].lower() if found else ""


def _refusal(reason: str) -> Refusal:
    return Refusal(
        403,
        reason,
        "This page is its owner's",
        "It answers on the machine that it runs on. Open the link that was printed where it was started.",
    )
