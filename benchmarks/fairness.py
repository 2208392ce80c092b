"""A lone photo while four visitors have forty slow ones each in line, beside the same photo alone."""

from __future__ import annotations

import io
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from statistics import median

from PIL import Image

from benchmarks.measure import Figure
from model.client import Client, connect
from model.errors import AppError

VISITORS, PHOTOS, TIMES = 4, 40, 9
SETTLING = 10.0  # seconds until those who came first have all been slow once


def figures(export: Path, photo: bytes) -> list[Figure]:
    one = connect(export)
    one.ready()
    alone = [_seconds(one, photo) for _ in range(TIMES + 1)][1:]
    with _others(export):
        time.sleep(SETTLING)
        among = [_seconds(one, photo, rest=1.0) for _ in range(TIMES)]
    what = f"a lone photo while {VISITORS} visitors send {PHOTOS} slow ones each"
    return [Figure(what, "the same photo alone", 1000 * median(among), 1000 * median(alone), 5.0, "ms")]


class _others:
    """Visitors with many slow photos, for the time of a block."""

    def __init__(self, export: Path):
        self._visits = [connect(export) for _ in range(VISITORS)]
        self._over = threading.Event()
        self._pool = ThreadPoolExecutor(VISITORS * PHOTOS)

    def __enter__(self) -> None:
        slow = _slow_photo()
        for visit in self._visits:
            for _ in range(PHOTOS):
                self._pool.submit(self._ask, visit, slow)

    def _ask(self, visit: Client, photo: bytes) -> None:
        with suppress(AppError):  # too many wait, or it is over
            while not self._over.is_set():
                visit.classify(photo, wanted=lambda: not self._over.is_set())

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._pool.shutdown()


def _slow_photo() -> bytes:
    """A large progressive JPEG, of which a worker has about a second's work."""
    small = Image.frombytes("RGB", (1400, 1050), random.Random(0).randbytes(1400 * 1050 * 3))
    stream = io.BytesIO()
    small.resize((5600, 4200)).save(stream, "JPEG", quality=75, progressive=True)
    return stream.getvalue()


def _seconds(visit: Client, photo: bytes, rest: float = 0.0) -> float:
    time.sleep(rest)
    begun = time.perf_counter()
    visit.classify(photo)
    return time.perf_counter() - begun
