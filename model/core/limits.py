"""The most bytes, pixels, seconds and memory that a stranger's picture may take. Standard library only."""

from __future__ import annotations

from model.errors import TooLarge

MAX_BYTES = 30_000_000
MAX_PIXELS = 24_000_000
MAX_JPEG_PIXELS = 250_000_000  # decoded at a half, a quarter or an eighth, so that MAX_PIXELS holds
MAX_JPEG_HELD = 200_000_000  # bytes of a JPEG in several scans, which are held for the whole of it, however it is scaled
MAX_HEIC_PIXELS = 26_000_000  # an iPhone's usual 24 million and a little; they are decoded whole
MAX_JPEG_SCANS = 500
WORKER_MEMORY = 416_000_000  # bytes of address space, of which 17 million are never in memory; the hungriest picture needs 394
SECONDS = 5.0  # for one picture that somebody waits for
BATCH_SECONDS = 30.0  # for one of many, opened while a network or a training keeps the machine busy
SMALLER = "save a smaller copy of it."  # how each sentence of a limit on size ends


def is_over_limit(problem: str) -> bool:
    """Whether what keeps a picture from being opened is its size: others can open it, so it is not broken."""
    return problem.endswith(SMALLER)


def limit_memory(memory: int = WORKER_MEMORY) -> None:
    """Let this process have no more than `memory` bytes of address space, where the system knows such a limit."""
    import resource

    try:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    except (ValueError, OSError):  # macOS knows no such limit
        pass


def too_many_bytes(count: int) -> TooLarge:
    """The refusal of a file of `count` bytes."""
    megabytes, most = round(count / 1e6), round(MAX_BYTES / 1e6)
    return TooLarge(
        f"This file has {megabytes} MB, more than the {most} MB taken here: {SMALLER}",
        code="too-many-bytes",
        megabytes=megabytes,
        most=most,
    )
