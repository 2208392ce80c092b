"""How a websocket to a kernel begins: whole, of one protocol, for a kernel that there is."""

from __future__ import annotations

import re
from collections.abc import Container

from tornado.httputil import HTTPServerRequest

from widgets.guard.addresses import KERNEL
from widgets.guard.names import place_of
from widgets.guard.refusals import Refusal

PROTOCOL = "v1.kernel.websocket.jupyter.org"
_PLACE = re.compile(rf"/(?:voila/)?api/(?:kernels|shutdown)/(?P<kernel>{KERNEL})(?P<websocket>/channels)?")
_SESSION = re.compile(r"[\w-]{1,64}", re.ASCII)
_KEY = re.compile(r"[A-Za-z0-9+/]{22}==")


class Handshakes:
    """Refuses what names a kernel that is not among `kernels`, and a websocket that does not begin as a browser's does."""

    def __init__(self, base: str, kernels: Container[str]):
        self._base, self._kernels = base.rstrip("/"), kernels

    def check(self, request: HTTPServerRequest) -> Refusal | None:
        found = _PLACE.fullmatch(request.path.removeprefix(self._base))
        if not found:
            return None
        if found["kernel"] not in self._kernels:
            return Refusal(404, "a kernel that there is not")
        if found["websocket"]:
            return next((Refusal(400, reason) for wrong, reason in _wrong(request) if wrong), None)
        return None


def _wrong(request: HTTPServerRequest) -> list[tuple[bool, str]]:
    headers, origin = request.headers, request.headers.get("Origin")
    connection = {word.strip().lower() for word in headers.get("Connection", "").split(",")}
    offered = {name.strip() for name in headers.get("Sec-WebSocket-Protocol", "").split(",")}
    sessions = request.query_arguments.get("session_id", [])
    return [
        (headers.get("Upgrade", "").lower() != "websocket" or "upgrade" not in connection, "a websocket that is none"),
        (headers.get("Sec-WebSocket-Version") != "13", "a websocket of another version"),
        (not _KEY.fullmatch(headers.get("Sec-WebSocket-Key", "")), "a websocket without its key"),
        (PROTOCOL not in offered, "a websocket of another protocol"),
        (len(sessions) != 1 or not _SESSION.fullmatch(sessions[0].decode("latin-1")), "a websocket without its session"),
        (origin is not None and place_of(origin) != headers.get("Host", "").lower(), "a websocket of another origin"),
    ]
