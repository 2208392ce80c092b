"""How many visits a machine has room for, by its memory and by what its container grants; what a process takes of it.

Read from Linux's files; where there are none, only the machine's own size is known.
"""

from __future__ import annotations

import os
from pathlib import Path

OF_A_VISIT = 45_000_000  # bytes: a kernel that holds widgets, without what it shares with others
KEPT_FREE = 512_000_000  # bytes for the model process, its workers and the server
FEWEST = 4
_CGROUPS = (("memory.max", "memory.current"), ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes"))  # v2, v1


def visits_for(free: int) -> int:
    """How many visits `free` bytes are enough for."""
    return max(FEWEST, (free - KEPT_FREE) // OF_A_VISIT)


def free_memory(system: Path = Path("/")) -> int:
    """Bytes that can still be used: what the machine has left, or the container, if that is less."""
    groups = system / "sys/fs/cgroup"
    return min([_left_of_machine(system), *(_left_of_group(groups / limit, groups / used) for limit, used in _CGROUPS)])


def memory_of(pid: int) -> int:
    """Bytes that a process holds in memory; 0 where that cannot be known."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _left_of_machine(system: Path) -> int:
    try:
        lines = (system / "proc/meminfo").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, ValueError, StopIteration):
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2


def _left_of_group(limit: Path, used: Path) -> int:
    """What a container may still take; far more than there is where it has no limit."""
    try:
        return max(0, int(limit.read_text()) - int(used.read_text()))
    except (OSError, ValueError):  # there is none, or the word "max"
        return 1 << 62
