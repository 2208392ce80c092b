"""The most bytes, seconds and messages that a connection to the page's server may take."""

from __future__ import annotations

MAX_BODY = 1_000_000  # bytes of a request's body; the page itself sends none
MAX_HEADERS = 16 << 10  # bytes of a request's first lines
HEADER_SECONDS = 20.0  # for the first lines of a request, and for silence between two requests
BODY_SECONDS = 10.0  # for a body

# A message from a browser, whoever it is.
MAX_MESSAGE = 1_000_000  # bytes; photos come in parts of 128 KB
MAX_FRAME = 4 * MAX_MESSAGE  # bytes that are read at all: beyond them the websocket is cut without a word
MAX_CONTENT = 200_000  # bytes of it that are JSON: names of files, a form
MAX_HEADER = 16_000  # bytes of JSON around the content
MAX_BUFFERS = 16  # a part of a photo comes with its thumbnail at most
MAX_DEPTH = 32  # objects and lists within one another

# The websockets of one kernel, of a stranger. A point is a message, or 1 KB of its JSON.
POINTS_AT_ONCE = 3_000
POINTS_PER_SECOND = 1_500
BYTES_AT_ONCE = 100_000_000
BYTES_PER_SECOND = 50_000_000
MAX_BYTES = 2_000_000_000  # in the whole visit
MAX_WAITING = 400  # messages that the kernel has not dealt with yet
MAX_WAITING_BYTES = 20_000_000
CONNECTIONS_AT_ONCE = 100
CONNECTIONS_PER_SECOND = 1

# The websockets of one kernel, whoever it is.
MAX_CONNECTIONS = 4  # open at the same time; a page has one
MAX_CONTROLS = 16  # comms for the state of all widgets, open in one websocket; a page has one, for a moment
