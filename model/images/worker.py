"""The worker program, `python -m model.images.worker TASK SECONDS MEMORY NICE`: does a task for the pool that started it.

TASK names a function, as "module:function". Requests come through the standard input, a socket, and the answers go back
there, until the pool is gone. Both are JSON and plain bytes: nothing is pickled. Knows neither pictures nor what is asked.
"""

from __future__ import annotations

import json
import math
import os
import signal
import struct
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any, BinaryIO

from model.core import limit_memory
from model.errors import BadImage

Task = Callable[[Any, bytes], tuple[Any, bytes]]  # what is asked (JSON) and bytes, to what is told (JSON) and bytes

READY = b"!"
ANSWERED, REFUSED = range(2)
HEAD = struct.Struct("!BII")  # ANSWERED or REFUSED, bytes of JSON, bytes after that


def serve(task: Task, seconds: float, requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer until the requests end. A task that nobody ends, because the pool is gone, ends this process."""
    answers.write(READY)
    answers.flush()
    while head := requests.read(HEAD.size):
        _, json_length, length = HEAD.unpack(head)
        request, content = json.loads(requests.read(json_length)), requests.read(length)
        signal.alarm(math.ceil(2 * seconds) + 1)
        try:
            told, payload = task(request, content)
            kind = ANSWERED
        except BadImage as error:
            kind, told, payload = REFUSED, [type(error).__name__, str(error), error.reason()], b""
        signal.alarm(0)
        document = json.dumps(told).encode()
        answers.write(HEAD.pack(kind, len(document), len(payload)) + document)
        answers.write(payload)
        answers.flush()


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
