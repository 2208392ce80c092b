"""What is refused: the reason for the log, a sentence for the person, and the handler that says both.

The log gets one line for each refusal, without what was sent: no path, no name, no number of a kernel.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from html import escape
from typing import Any

from tornado.web import RequestHandler, stream_request_body

_log = logging.getLogger("voilens.guard")


@dataclass(frozen=True)
class Refusal:
    """`reason` is for the log; `title` and `sentence` are for the person; `link` leads back to the page where there is one."""

    status: int
    reason: str
    title: str = "There is nothing here"
    sentence: str = "This address shows no page."
    link: str = ""  # an address and its words
    link_words: str = "Open the page"
    headers: dict[str, str] = field(default_factory=dict)


def log_refusal(reason: str) -> None:
    """One line for the log. `reason` is made of words of ours alone."""
    _log.warning("refused: %s", reason)


def page(refusal: Refusal) -> str:
    """The refusal as a small page of its own."""
    link = f'<p><a href="{escape(refusal.link)}">{escape(refusal.link_words)}</a></p>' if refusal.link else ""
    return _PAGE.format(title=escape(refusal.title), sentence=escape(refusal.sentence), link=link)


def tell(handler: RequestHandler, refusal: Refusal) -> None:
    """Answer with the refusal, which ends the request."""
    handler.set_status(refusal.status)
    handler.set_header("Content-Type", "text/html; charset=utf-8")
    for name, value in refusal.headers.items():
        handler.set_header(name, value)
    handler.finish(page(refusal))


class PlainHandler(RequestHandler):
    """A handler that is not Jupyter's, with the headers of `voila.json` all the same."""

    def set_default_headers(self) -> None:
        for name, value in self.settings.get("headers", {}).items():
            self.set_header(name, value)
        self.clear_header("Server")


@stream_request_body  # it answers without waiting for the body
class RefusalHandler(PlainHandler):
    """Answers whatever is asked with the refusal, whatever the method, and closes the connection."""

    def initialize(self, refusal: Refusal) -> None:
        self.refusal = refusal

    def check_xsrf_cookie(self) -> None:
        """Nothing is done here that a cookie would have to allow."""

    def prepare(self) -> None:
        self._refuse()

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        self._refuse()

    def data_received(self, chunk: bytes) -> None:
        """The body of a refused request is nobody's."""

    def _refuse(self) -> None:
        self.set_header("Cache-Control", "no-store")
        self.set_header("Connection", "close")
        tell(self, self.refusal)


def log_request(handler: RequestHandler) -> None:
    """The server's log of requests: what was refused, by whomever, in one line; what was answered, not at all."""
    refusal = getattr(handler, "refusal", None)
    if isinstance(refusal, Refusal):
        log_refusal(refusal.reason)
    elif handler.get_status() >= 500:
        _log.error("failed: status %d at an address of the page", handler.get_status())
    elif handler.get_status() >= 400:
        log_refusal(f"status {handler.get_status()} at an address of the page")


_PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
  :root {{ color-scheme: light dark; }}
  body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 34em; margin: 15vh auto; padding: 0 1.5em; }}
  h1 {{ font-size: 1.4em; }}
</style>
<h1>{title}</h1>
<p>{sentence}</p>
{link}
</html>
"""
