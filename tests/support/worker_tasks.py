"""Tasks that a test has done by real worker processes, which find this module by PYTHONPATH."""

from __future__ import annotations

import os
import resource
import signal
import sys
import time

from model import errors


def behave(request, content):
    """Do what the request says, and tell who did it."""
    what, *rest = request
    if what == "echo":
        return rest, content
    if what == "who":
        return os.getpid(), b""
    if what == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "wait":
        time.sleep(rest[0])
    if what == "take memory":
        return len(bytearray(rest[0])), b""
    if what == "refuse":
        raise getattr(errors, rest[0])("This picture is no picture: take another.")
    if what == "print":
        print("x" * 100_000, flush=True)
    if what == "lie":
        os.write(0, bytes.fromhex(rest[0]))
    if what == "limits":
        return [*resource.getrlimit(resource.RLIMIT_AS), os.environ.get("PILLOW_BLOCKS_MAX"), sorted(sys.modules)], b""
    return "done", b""
