"""The most bytes, seconds and messages that a connection to the page's server may take."""

from __future__ import annotations

MAX_BODY = 1_000_000  # bytes of a request's body; the page itself sends none
MAX_HEADERS = 16 << 10  # bytes of a request's first lines
HEADER_SECONDS = 20.0  # for the first lines of a request, and for silence between two requests
BODY_SECONDS = 10.0  # for a body
