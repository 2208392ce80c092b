"""A folder that all workers of one test run share, for what takes long to make."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

SHARED = "VOILENS_TESTS_SHARED"  # names the folder


def once(name: str, make: Callable[[Path], object]) -> Path:
    """A folder of this test run that `make(folder)` filled, in whichever worker came first; nobody may change it."""
    folder = Path(os.environ[SHARED], name)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = folder.with_suffix(".done")
        if not done.exists():
            folder.mkdir()
            make(folder)
            done.touch()
    return folder
