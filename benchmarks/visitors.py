"""Answers a second with 1 to 64 visitors, and how long they wait: the model process by itself, and open pages with kernels.

python -m benchmarks.visitors; prints a row for every number of visitors. The visitors are in this process.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from pathlib import Path

from crowds import open_pages
from processes import end_model_processes
from served_page import served
from visitor import Visitor

from benchmarks.photo import photo_of_a_phone
from benchmarks.rates import Rate, of_clients, of_pages
from model.client import connect

COUNTS = (1, 2, 4, 8, 16, 32, 64)
COLUMNS = ("visitors", "model process, answers a second", "95 % within", "open pages, answers a second", "95 % within")


def main() -> None:
    scratch = Path(tempfile.mkdtemp(prefix="vl"))
    runtime = os.environ["VOILENS_RUNTIME"] = str(scratch / "run")
    try:
        content = photo_of_a_phone(scratch).read_bytes()
        clients = [connect() for _ in range(COUNTS[-1])]
        clients[0].ready()
        of_clients(clients[:1], content)  # warm
        alone = [of_clients(clients[:count], content) for count in COUNTS]
        end_model_processes(Path(runtime))
        paged = asyncio.run(_pages(content))
    finally:
        end_model_processes(Path(runtime))
        shutil.rmtree(scratch, ignore_errors=True)
    print("| " + " | ".join(COLUMNS) + " |\n" + "|---" * len(COLUMNS) + "|")
    for count, *rates in zip(COUNTS, alone, paged, strict=True):
        print(f"| {count} | " + " | ".join(map(_cells, rates)) + " |")


async def _pages(content: bytes) -> list[Rate]:
    with served(f"--Guard.visits={COUNTS[-1]}") as server:
        pages = await open_pages(server, COUNTS[-1], Visitor)
        await of_pages(pages, content)  # warm
        return [await of_pages(pages[:count], content) for count in COUNTS]


def _cells(rate: Rate) -> str:
    return f"{rate.answers:.1f} | {1000 * rate.slowest:.0f} ms"


if __name__ == "__main__":
    main()
