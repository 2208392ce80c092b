"""A pool of worker processes for pictures: each with little memory and little time, so that one picture costs itself alone.

A worker (`model.images.worker`) runs one function. It is killed when a picture takes too long, and replaced when it dies; its
picture is refused with a sentence, and nothing else is disturbed. What comes back is JSON and plain bytes, never a pickle:
a decoder that a stranger's picture has taken over can lie about that picture, and cannot run anything here.

`pebble`, which has such limits too, unpickles what its workers send, and is no quicker: 1.03 to 1.1 times the time for a photo,
1.2 to 1.4 times for small pictures (`python -m benchmarks.workers`).
"""

from __future__ import annotations

import json
import os
import queue
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from itertools import count
from typing import Any, NamedTuple

from model import errors
from model.core import PROJECT, SECONDS, SMALLER, WORKER_MEMORY
from model.errors import BadImage, Busy, TooLarge
from model.images.worker import HEAD, READY, REFUSED, Task

WORKERS = min(4, max(2, os.cpu_count() or 2))
NICE = 5  # by which a worker that yields comes after others: they get three times as much of a processor
STARTING = 60.0  # seconds that a worker may take to start, which are no part of a picture's
LONGEST_JSON = 1 << 20  # bytes of JSON in an answer
LATE = "This picture takes longer than {:.0f} s to open: open it in a picture program and save it again."
HUNGRY = f"This picture needs too much memory to open: {SMALLER}"
NO_ROOM = "The machine has no room to open a picture: try again in a minute."
_REFUSALS: dict[str, type[BadImage]] = {"BadImage": errors.BadImage, "TooLarge": errors.TooLarge}
_ENVIRONMENT = {
    "PILLOW_BLOCKS_MAX": "2",  # of 16 MB, kept for the next picture: fresh ones cost a tenth of a photo's time
    "MALLOC_MMAP_THRESHOLD_": "8388608",  # larger blocks go back to the system whole, and with them their address space
    "MALLOC_TRIM_THRESHOLD_": "33554432",  # so much of smaller ones is kept while a picture is opened
    "OPENBLAS_NUM_THREADS": "1",  # each further thread takes address space
    "OMP_NUM_THREADS": "1",
}


class Answer(NamedTuple):
    """What a task gave: `told` from JSON, `content` bytes."""

    told: Any
    content: bytes


Outcome = Answer | BadImage | Busy  # returned, not raised: a picture's refusal stops nobody else


class WorkerPool:
    """Some processes that run `task`, a function of a module, on one request at a time each; safe to use from several threads.

    `seconds` and `memory` (bytes of address space) are the limits of one picture; a worker without work for `idle` seconds
    is ended until there is some. Where it `yields`, others who need the processor come first. They start `at_once` or with
    `start`, and end with `close` or with this process.
    """

    def __init__(
        self,
        task: Task,
        workers: int = WORKERS,
        seconds: float = SECONDS,
        memory: int = WORKER_MEMORY,
        idle: float | None = None,
        yields: bool = False,
        at_once: bool = True,
    ):
        self._idle = idle
        self._closed = False
        self._jobs: queue.PriorityQueue[tuple[int, int, Callable[[_Worker], Any] | None, Future[Any]]] = queue.PriorityQueue()
        self._numbers = count()
        self._starting = threading.Lock()
        name, nice = f"{task.__module__}:{task.__name__}", NICE if yields else 0
        self._workers = [_Worker(name, seconds, memory, nice) for _ in range(workers)]
        self._threads = [threading.Thread(target=self._run, args=(worker,), daemon=True) for worker in self._workers]
        if at_once:
            self.start()

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def submit(
        self,
        request: Any,
        content: bytes = b"",
        *,
        urgency: int = 0,
        wanted: Callable[[], bool] = lambda: True,
        then: Callable[[Outcome], Any] = lambda outcome: outcome,
    ) -> Future[Any]:
        """Have one request (JSON and bytes) answered; the Future gives its Outcome, or what `then` makes of that in a thread.

        The least `urgency` comes first, then what was asked for first. None where `wanted()` is no longer so by then.
        """
        document = json.dumps(request).encode()
        return self._put(urgency, lambda worker: then(worker.ask(document, content)) if wanted() else None)

    def map(self, requests: Iterable[Any], ahead: int = 4 * WORKERS) -> Iterator[Answer | BadImage]:
        """The outcome of each request, in order; at most `ahead` are asked for before they are taken. Raises Busy."""
        waiting: deque[Future[Outcome]] = deque()
        try:
            for request in requests:
                waiting.append(self.submit(request))
                if len(waiting) >= ahead:
                    yield _refused_or_answered(waiting.popleft().result())
            while waiting:
                yield _refused_or_answered(waiting.popleft().result())
        finally:
            for future in waiting:
                future.cancel()

    def close(self) -> None:
        """End every worker, whatever it does; what waits is cancelled."""
        self._closed = True
        for worker in self._workers:
            self._jobs.put((-1, next(self._numbers), None, Future()))
            worker.close()
        for thread in self._threads:
            if thread.is_alive() and thread is not threading.current_thread():
                thread.join()
        with suppress(queue.Empty):
            while True:
                self._jobs.get_nowait()[3].cancel()

    def __enter__(self) -> WorkerPool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _put(self, urgency: int, job: Callable[[_Worker], Any]) -> Future[Any]:
        future: Future[Any] = Future()
        self._jobs.put((urgency, next(self._numbers), job, future))
        if self._closed:
            future.cancel()
        return future

    def _run(self, worker: _Worker) -> None:
        """One thread with one worker; the workers start one after the other, because then the first answer comes sooner."""
        with self._starting, suppress(OSError):
            worker.start()
        while True:
            try:
                _, _, job, future = self._jobs.get(timeout=self._idle)
            except queue.Empty:
                worker.end()
                continue
            if job is None:
                return worker.end()
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(job(worker))
                except Exception as error:  # of `wanted` or `then`
                    future.set_exception(error)


class _Worker:
    """One worker process, used by one thread; started when it is needed and there is none."""

    def __init__(self, task: str, seconds: float, memory: int, nice: int):
        self._command = [sys.executable, "-m", "model.images.worker", task, str(seconds), str(memory), str(nice)]
        self._seconds, self._memory = seconds, memory
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False

    def start(self) -> None:
        """Raises OSError when no process can be started."""
        if self._process is not None and self._process.poll() is None:
            return
        self.end()
        if self._closed:
            raise ConnectionAbortedError
        self._socket, far = socket.socketpair()
        environment = {**os.environ, **_ENVIRONMENT}
        with far:
            self._process = subprocess.Popen(
                self._command, stdin=far.fileno(), stdout=subprocess.DEVNULL, cwd=PROJECT, env=environment
            )
        self._socket.settimeout(STARTING)
        if self._closed or self._socket.recv(1) != READY:  # closed in the meantime, or ended at once
            self.end()
            raise ConnectionAbortedError

    def ask(self, document: bytes, content: bytes) -> Outcome:
        try:
            self.start()
        except OSError:
            self.end()
            return Busy(NO_ROOM)
        try:
            return self._exchange(document, content, time.monotonic() + self._seconds)
        except TimeoutError:
            self.end()
            return BadImage(LATE.format(self._seconds), code="too-slow", seconds=round(self._seconds))
        except Exception:  # it died, or what it says cannot be believed
            self.end()
            return Busy(NO_ROOM) if self._closed else TooLarge(HUNGRY, code="too-much-memory")

    def _exchange(self, document: bytes, content: bytes, deadline: float) -> Answer | BadImage:
        self._socket.settimeout(max(1e-6, deadline - time.monotonic()))
        self._socket.sendall(HEAD.pack(0, len(document), len(content)) + document)
        if content:
            self._socket.sendall(content)
        kind, json_length, length = HEAD.unpack(self._receive(HEAD.size, deadline))
        if json_length > LONGEST_JSON or length > self._memory:
            raise ValueError("more than a worker can hold")
        told = json.loads(self._receive(json_length, deadline))
        if kind == REFUSED:
            name, sentence, reason = told
            refusal = _REFUSALS[name](str(sentence))
            refusal.adopt(reason)
            return refusal
        return Answer(told, self._receive(length, deadline))

    def _receive(self, length: int, deadline: float) -> bytes:
        received = bytearray(length)
        view, at = memoryview(received), 0
        while at < length:
            self._socket.settimeout(max(1e-6, deadline - time.monotonic()))
            taken = self._socket.recv_into(view[at:])
            if not taken:
                raise EOFError
            at += taken
        return bytes(received)

    def end(self) -> None:
        """Kill the process and wait until it is gone; from the thread that uses it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._socket.close()
            self._process = None

    def close(self) -> None:
        """Kill the process, from any thread, for good: whoever uses it sees that it is gone."""
        self._closed = True
        process = self._process
        if process is not None:
            process.kill()


def _refused_or_answered(outcome: Outcome) -> Answer | BadImage:
    if isinstance(outcome, Busy):
        raise outcome
    return outcome
