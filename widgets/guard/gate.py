"""Every request passes here before Voilà sees it: Voilà's files and some of its websockets have no checks of their own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tornado.httputil import HTTPMessageDelegate, HTTPServerRequest
from tornado.routing import AnyMatches, Router, Rule
from tornado.web import Application

from widgets.guard.addresses import Check
from widgets.guard.limits import BODY_SECONDS, MAX_BODY
from widgets.guard.refusals import Refusal, RefusalHandler


class Gate(Router):
    """The checks that every request passes, in this order; the first refusal is the answer."""

    def __init__(self, application: Application, checks: Iterable[Check]):
        self._application, self.checks = application, [*checks]

    def find_handler(self, request: HTTPServerRequest, **_kwargs: Any) -> HTTPMessageDelegate | None:
        refusal = next((found for check in self.checks if (found := check(request))), None)
        if refusal is None:
            return None  # the rules behind this one answer
        return self._application.get_handler_delegate(request, RefusalHandler, {"refusal": refusal})


def put_first(application: Application, gate: Gate) -> None:
    """Let every request pass `gate` before any handler is looked for."""
    application.default_router.rules.insert(0, Rule(AnyMatches(), gate))


def check_body(request: HTTPServerRequest) -> Refusal | None:
    """Refuses a body that is too large, and bounds how large and how slow the others become. Not for what uploads files."""
    length = request.headers.get("Content-Length", "0")
    if not length.isascii() or not length.isdigit() or len(length) > 15 or int(length) > MAX_BODY:
        return Refusal(413, "a body that is too large", "This is too much at once", "Photos are sent by the page itself.")
    connection: Any = request.connection
    connection.set_max_body_size(MAX_BODY)
    connection.set_body_timeout(BODY_SECONDS)
    return None
