"""How much of a stranger's picture is taken. Standard library only, for every part of the program keeps to it."""

from __future__ import annotations

from model.errors import TooLarge

MAX_BYTES = 30_000_000
MAX_PIXELS = 24_000_000
MAX_JPEG_PIXELS = 250_000_000  # decoded at a half, a quarter or an eighth, so that MAX_PIXELS holds
MAX_JPEG_SCANS = 500
WORKER_MEMORY = 768 << 20  # bytes of address space; the hungriest picture within these limits needs some 600


def limit_memory() -> None:
    """Let this process have no more than WORKER_MEMORY, where the system knows such a limit."""
    import resource

    try:
        resource.setrlimit(resource.RLIMIT_AS, (WORKER_MEMORY, WORKER_MEMORY))
    except (ValueError, OSError):  # macOS knows no such limit
        pass


def too_many_bytes(count: int) -> TooLarge:
    """The refusal of a file of `count` bytes."""
    megabytes, most = round(count / 1e6), round(MAX_BYTES / 1e6)
    return TooLarge(
        f"This file has {megabytes} MB, more than the {most} MB taken here: save a smaller copy of it.",
        code="too-many-bytes",
        megabytes=megabytes,
        most=most,
    )
