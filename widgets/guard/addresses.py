"""The addresses that there are, and what an address may not choose.

`Addresses` is for the server of the page; under a Jupyter server the rest is Jupyter's, and only `Choices` holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tornado.httputil import HTTPServerRequest

from widgets.guard.refusals import Refusal

KERNEL = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
CHOICES = ("theme", "template", "classic-tree", "voila-theme", "voila-template")  # how the page looks is for its owner to say
STATIC = r"/voila/(static|templates/lab/static|labextensions|api/themes)(/[\w@~+-][\w@.~+-]*)+"
Check = Callable[[HTTPServerRequest], Refusal | None]


class Choices:
    """Refuses an address that would choose how a page of Voilà looks."""

    def __init__(self, base: str, page: str):
        self._base, self._page = base.rstrip("/"), page

    def check(self, request: HTTPServerRequest) -> Refusal | None:
        if any(name in request.arguments for name in CHOICES):
            return Refusal(
                400,
                "an address that chooses how the page looks",
                "This page looks as it does",
                "Its address cannot choose a theme or a template.",
                link=self._base + self._page,
            )
        return None


class Addresses:
    """Refuses every address but the page's own: itself, its files, its kernel and the end of that.

    `base` is where the server begins, `page` the page's place below it.
    """

    def __init__(self, base: str, page: str):
        self._base, self._page = base.rstrip("/"), page
        self._known = [
            (re.compile(pattern), methods)
            for pattern, methods in (
                (re.escape(page), ("GET", "HEAD")),
                (STATIC, ("GET", "HEAD")),
                (rf"/api/kernels/{KERNEL}", ("GET",)),
                (rf"/api/kernels/{KERNEL}/channels", ("GET",)),
                (rf"/voila/api/shutdown/{KERNEL}", ("POST",)),
            )
        ]

    def check(self, request: HTTPServerRequest) -> Refusal | None:
        path = request.path.removeprefix(self._base) if request.path.startswith(self._base) else ""
        for pattern, methods in self._known:
            if pattern.fullmatch(path):
                if request.method in methods:
                    return None
                return Refusal(405, "a method that an address does not have", headers={"Allow": ", ".join(methods)})
        return Refusal(404, "an address that there is not", link=self._base + self._page)
