"""The server's logs: one line for each thing that is refused, no kernel and no token named."""

from __future__ import annotations

import logging

import pytest

from widgets.guard.logs import keep_discreet


@pytest.fixture
def lines(caplog):
    """What a logger of the server, and one of Tornado's, write."""
    logger, tornado = logging.getLogger("a server"), logging.getLogger("tornado.general")
    before = {
        each: each.filters[:] for each in (logger, tornado, *map(logging.getLogger, ("tornado.access", "tornado.application")))
    }
    keep_discreet(logger)

    def write(*message: object) -> list[str]:
        caplog.clear()
        with caplog.at_level(logging.INFO):
            logger.info(*message)
            tornado.info(*message)
        return [record.getMessage() for record in caplog.records]

    yield write
    for each, filters in before.items():
        each.filters[:] = filters


def test_kernels_sessions_and_tokens_are_not_named(lines):
    kernel = "0b1b8a4c-6c1f-4d3c-9d5b-0c6a1a4de0aa"
    assert lines("Starting buffering for %s:%s", kernel, "9d5010bc-6c43") == ["Starting buffering for …"] * 2
    assert lines("GET /?token=abc123&x=1 of %s", "somebody") == ["GET /?token=…&x=1 of somebody"] * 2
    assert lines("100 %% of it") == ["100 %% of it"] * 2
    link = "Voilà is running at:\nhttp://127.0.0.1:8866/?token=abc123"
    assert lines(link) == [link] * 2


def test_what_has_a_line_of_its_own_has_no_other(lines):
    assert lines("%d %s: nothing here", 404, "GET /secret") == []
    assert lines("wrote error: %r", "nothing") == []
