"""The worker program, `python -m model.images.worker TASK SECONDS MEMORY NICE`: does a task for the pool that started it.

TASK names a function, as "module:function". Requests come through the standard input, a socket, and the answers go back
there, until the pool is gone. Both are JSON and plain bytes: nothing is pickled. Knows neither pictures nor what is asked.
"""

from __future__ import annotations

import ctypes
import json
import math
import os
import resource
import signal
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

from model.core import limit_memory
from model.errors import BadImage

Task = Callable[[Any, bytes], tuple[Any, bytes]]  # what is asked (JSON) and bytes, to what is told (JSON) and bytes

KEPT = 64 << 20  # bytes of memory that a worker keeps for the next picture
READY = b"!"
ANSWERED, REFUSED = range(2)
HEAD = struct.Struct("!BII")  # ANSWERED or REFUSED, bytes of JSON, bytes after that


def serve(task: Task, seconds: float, requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer until the requests end. A task that nobody ends, because the pool is gone, ends this process."""
    answers.write(READY)
    answers.flush()
    while head := requests.read(HEAD.size):
        _, json_length, length = HEAD.unpack(head)
        signal.alarm(math.ceil(2 * seconds) + 1)
        for part in _answer(task, json.loads(requests.read(json_length)), requests.read(length)):
            answers.write(part)
        answers.flush()
        signal.alarm(0)
        _give_back()


def _answer(task: Task, request: Any, content: bytes) -> tuple[bytes, bytes]:
    """What goes back: the head with what is told, and the bytes after that."""
    try:
        told, payload = task(request, content)
        kind = ANSWERED
    except BadImage as error:
        kind, told, payload = REFUSED, [type(error).__name__, str(error), error.reason()], b""
    document = json.dumps(told).encode()
    return HEAD.pack(kind, len(document), len(payload)) + document, payload


def _give_back() -> None:
    """Let the system have the memory of a large picture, where it can be asked how much this process has."""
    with suppress(OSError, AttributeError):  # AttributeError: another C library
        pages = int(Path("/proc/self/statm").read_bytes().split()[1])
        if pages * resource.getpagesize() > KEPT:
            ctypes.CDLL(None).malloc_trim(0)


def _main(name: str, seconds: str, memory: str, nice: str) -> None:
    os.nice(int(nice))
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the pool's process, which ends its workers
    limit_memory(int(memory))
    module, _, function = name.partition(":")
    task = getattr(import_module(module), function)
    try:
        with open(0, "wb", closefd=False) as answers:  # a socket goes both ways
            serve(task, float(seconds), sys.stdin.buffer, answers)
    except MemoryError:  # the pool sees that this process is gone, and starts one with empty memory
        os._exit(1)
    except ConnectionError:  # whoever asked is gone
        os._exit(0)


if __name__ == "__main__":
    _main(*sys.argv[1:])
