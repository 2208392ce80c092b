"""How much of a stranger's picture is taken. Standard library only, for every part of the program keeps to it."""

from __future__ import annotations

from model.errors import TooLarge

MAX_BYTES = 30_000_000
MAX_PIXELS = 24_000_000
MAX_JPEG_PIXELS = 250_000_000  # decoded at a half, a quarter or an eighth, so that MAX_PIXELS holds
MAX_JPEG_SCANS = 500


def too_many_bytes(count: int) -> TooLarge:
    """The refusal of a file of `count` bytes."""
    return TooLarge(
        f"This file has {count / 1e6:.0f} MB, more than the {MAX_BYTES / 1e6:.0f} MB taken here: save a smaller copy of it."
    )
