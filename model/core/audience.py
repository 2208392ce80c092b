"""Who sees the page."""

from __future__ import annotations

import os


def is_public() -> bool:
    """Whether strangers see the page: `VOILENS_PUBLIC=1` is the only way to serve them."""
    return os.environ.get("VOILENS_PUBLIC", "") not in ("", "0")


def is_in_voila() -> bool:
    """Whether this process is the kernel of a page that Voilà serves, made ready beforehand or not."""
    return "VOILA_SERVER_URL" in os.environ
