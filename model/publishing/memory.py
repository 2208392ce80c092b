"""The memory of a process and of all that it started, on Linux: what is shared is counted in parts. Standard library only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")


def memory_of_tree(pid: int) -> int | None:
    """The bytes that a process and its descendants hold (PSS); None where the system does not say."""
    if not (PROC / str(pid) / "smaps_rollup").exists():
        return None
    return sum(map(_memory, [pid, *descendants(pid)]))


def memory_of_largest(pid: int, word: str) -> int | None:
    """The bytes of the largest of a process's descendants whose command has `word` in it; None where there is none."""
    return max((_memory(each) for each in descendants(pid) if word in _command(each)), default=None)


def descendants(pid: int) -> Iterator[int]:
    """The processes that a process started, and those that these did."""
    for file in (PROC / str(pid) / "task").glob("*/children"):
        for child in map(int, _read(file).split()):
            yield child
            yield from descendants(child)


def _memory(pid: int) -> int:
    found = re.search(r"^Pss:\s+(\d+) kB", _read(PROC / str(pid) / "smaps_rollup"), re.MULTILINE)
    return 1024 * int(found[1]) if found else 0


def _command(pid: int) -> str:
    return _read(PROC / str(pid) / "cmdline")


def _read(file: Path) -> str:
    """What a file of a process says; "" where that has ended meanwhile."""
    try:
        return file.read_text(errors="replace")
    except OSError:
        return ""
