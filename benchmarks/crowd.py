"""What visitors pay who come at the same moment: seconds until the page takes a photo, and until its widgets are there.

python -m benchmarks.crowd; asked over HTTP, without browsers, which would need more of the machine than the page does.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from benchmarks.served import voila
from model.core import PROJECT

AT_ONCE = (1, 2, 5, 10)
REST = 12.0  # seconds, in which the kernels of before end and the next is made ready
ROUNDS = 3


def main() -> None:
    scratch = Path(tempfile.mkdtemp(prefix="vl"))
    try:
        with voila(PROJECT / "app.ipynb", scratch) as address:
            time.sleep(REST)
            for count in AT_ONCE:
                rounds = [_come(address, count) for _ in range(ROUNDS)]
                first, whole = ([each[place] for came in rounds for each in came] for place in (0, 1))
                told = f"takes a photo after {median(first):.2f} s (at most {max(first):.2f})"
                print(f"{count} at once: {told}, whole after {median(whole):.2f} s (at most {max(whole):.2f})", flush=True)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _come(address: str, count: int) -> list[tuple[float, float]]:
    with ThreadPoolExecutor(count) as visitors:
        came = list(visitors.map(_page, [address] * count))
    time.sleep(REST)
    return came


def _page(address: str) -> tuple[float, float]:
    """Seconds to what the page begins with, and to its end."""
    place, started = urlsplit(address), time.perf_counter()
    line = HTTPConnection(place.hostname or "", place.port, timeout=120)
    try:
        line.request("GET", f"{place.path}?{place.query}")
        answer = line.getresponse()
        assert answer.status == 200, answer.status
        text = answer.read1()
        while b"page/early.js" not in text:
            text += answer.read1()
        first = time.perf_counter() - started
        answer.read()
        return first, time.perf_counter() - started
    finally:
        line.close()


if __name__ == "__main__":
    main()
