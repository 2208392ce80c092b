"""The pool of workers beside the executors one could have taken: one photo, many small pictures, the start, the memory.

python -m benchmarks.workers prints the table; `pebble` is measured where it is installed. The executors unpickle what their
workers send, and that of the standard library has no time limit.
"""

from __future__ import annotations

import io
import random
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import psutil
from PIL import Image

from benchmarks.measure import Figure, table
from model.core import SECONDS, limit_memory
from model.images import Resize, Task, Transforms, WorkerPool, frame, thumbnail_file

FRAMING = {"framing": Transforms("RGB", (Resize("crop", (224, 224)),)).to_json(), "shown": 0}
PHOTOS, MANY, TURNS, STARTS, WORKERS = 300, 10_000, 20, 5, 2


class Pool(NamedTuple):
    """A pool of WORKERS processes that do one task: one request, many of them, the end."""

    ask: Callable[[Any, bytes], Any]
    ask_all: Callable[[list[Any]], Iterable[Any]]
    close: Callable[[], None]


Maker = Callable[[Task], Pool]


def ours(task: Task) -> Pool:
    pool = WorkerPool(task, WORKERS)
    return Pool(lambda request, content: pool.submit(request, content).result(), pool.map, pool.close)


def standard(task: Task) -> Pool:
    """concurrent.futures: no time limit."""
    pool = ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn"), initializer=limit_memory)
    return Pool(
        lambda request, content: pool.submit(task, request, content).result(),
        lambda requests: pool.map(task, requests, [b""] * len(requests)),
        pool.shutdown,
    )


def pebbles(task: Task) -> Pool:
    from pebble import ProcessPool  # no dependency: installed by whoever compares

    pool = ProcessPool(WORKERS, initializer=limit_memory, context=get_context("spawn"))

    def close() -> None:
        pool.stop()
        pool.join()

    return Pool(
        lambda request, content: pool.submit(task, SECONDS, request, content).result(),
        lambda requests: pool.map(task, requests, [b""] * len(requests), timeout=SECONDS).result(),
        close,
    )


def figures(scratch: Path) -> list[Figure]:
    """Milliseconds of one photo and of a small picture among many, of a first answer, and a worker's megabytes."""
    makers: dict[str, Maker] = {"ours": ours, "concurrent.futures": standard}
    try:
        import pebble  # noqa: F401
    except ImportError:
        print("pebble is not installed, and left out.")
    else:
        makers["pebble"] = pebbles
    photo = _jpeg(1024, 683, 0)
    small = [{"file": str(scratch / f"{number}.jpg"), "side": 176, "quality": 78} for number in range(200)]
    for number in range(len(small)):
        (scratch / f"{number}.jpg").write_bytes(_jpeg(160, 120, number))
    starts = _first_answers(makers, photo)
    one, memory = _one_photo(makers, photo)
    many = _many(makers, small)
    found = []
    for name in list(makers)[1:]:
        found += [
            Figure("one photo of 1024 pixels, sent, opened, framed", name, one["ours"], one[name], 1.0, "ms"),
            Figure(f"one of {MANY:,} thumbnails", name, many["ours"], many[name], 1.0, "ms"),
            Figure("the first answer of a new pool", name, starts["ours"], starts[name], 1.0, "ms"),
            Figure("a worker's memory of its own (PSS)", name, memory["ours"], memory[name], 1.0, "MB"),
        ]
    return found


def _first_answers(makers: dict[str, Maker], photo: bytes) -> dict[str, float]:
    taken: dict[str, list[float]] = {name: [] for name in makers}
    for _ in range(STARTS):
        for name, make in makers.items():
            started = time.perf_counter()
            pool = make(frame)
            pool.ask(FRAMING, photo)
            taken[name].append(1000 * (time.perf_counter() - started))
            pool.close()
    return {name: median(times) for name, times in taken.items()}


def _one_photo(makers: dict[str, Maker], photo: bytes) -> tuple[dict[str, float], dict[str, float]]:
    """The pools take turns, so that what else the machine does meets all alike."""
    pools, memory = {}, {}
    for name, make in makers.items():
        before = set(psutil.Process().children(recursive=True))
        pools[name] = make(frame)
        for _ in range(20):
            pools[name].ask(FRAMING, photo)
        workers = set(psutil.Process().children(recursive=True)) - before
        memory[name] = max(worker.memory_full_info().pss for worker in workers) / 1e6
    taken: dict[str, list[float]] = {name: [] for name in makers}
    for _ in range(PHOTOS):
        for name, pool in pools.items():
            started = time.perf_counter()
            pool.ask(FRAMING, photo)
            taken[name].append(1000 * (time.perf_counter() - started))
    for pool in pools.values():
        pool.close()
    return {name: median(times) for name, times in taken.items()}, memory


def _many(makers: dict[str, Maker], small: list[Any]) -> dict[str, float]:
    requests = [small[number % len(small)] for number in range(MANY // TURNS)]
    pools = {name: make(thumbnail_file) for name, make in makers.items()}
    taken: dict[str, list[float]] = {name: [] for name in makers}
    for turn in range(TURNS + 1):
        for name, pool in pools.items():
            started = time.perf_counter()
            count = sum(1 for _ in pool.ask_all(requests))
            if turn:  # the first one starts the workers
                taken[name].append(1000 * (time.perf_counter() - started) / count)
    for pool in pools.values():
        pool.close()
    return {name: median(times) for name, times in taken.items()}


def _jpeg(width: int, height: int, seed: int) -> bytes:
    rng, grain = random.Random(seed), (width // 8, height // 8)
    picture = Image.frombytes("RGB", grain, rng.randbytes(3 * grain[0] * grain[1])).resize(
        (width, height), Image.Resampling.BICUBIC
    )
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=90)
    return stream.getvalue()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        print(table(figures(Path(folder))))
