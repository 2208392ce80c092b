"""Work in a forked child: as somebody without rights, or killed at a chosen instant."""

from __future__ import annotations

import os
import sqlite3
import traceback
from collections.abc import Callable

from model import catalog
from model.catalog import database

KILLED = 77
NOBODY = 65534
CALLS = ("link", "unlink", "rename", "replace", "mkdir", "rmdir", "fsync")  # what changes a disk


def forked(work: Callable[[], object]) -> int:
    """Run `work` in a child process; its exit status: 0, 1 after an exception, KILLED, or minus the signal."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def unprivileged(work: Callable[[], object]) -> int:
    """The same as a user who is not root, whom permissions bind."""

    def as_nobody() -> None:
        if os.getuid() == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        work()

    return forked(as_nobody)


def killed_at(instant: int, work: Callable[[], object], last: Callable[[], object] = lambda: None) -> int:
    """The same, ended without a word before its `instant`-th change of the disk or statement of SQL, counted from 0.

    `last` is done by the child before it dies.
    """

    def until_then() -> None:
        left = [instant]

        def tick(*_) -> None:
            left[0] -= 1
            if left[0] == -1:
                last()
                os._exit(KILLED)

        def ticking(real: Callable) -> Callable:
            return lambda *args, **options: (tick(), real(*args, **options))[1]

        def connect(root, real=database.open_database) -> sqlite3.Connection:
            opened = real(root)
            opened.set_trace_callback(tick)
            return opened

        for name in CALLS:
            setattr(os, name, ticking(getattr(os, name)))
        catalog.open_database = database.open_database = connect
        work()

    return forked(until_then)
