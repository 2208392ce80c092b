"""What grows with a folder: looking for its pictures, opening the cleaner on it, memory, applying many marks.

python -m benchmarks.growth [MOST, 1000000 unless told]; prints a row for every size and the two figures that have a bar.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from benchmarks.gallery import CLASSES, FEW, OURS, TILES, kernel_memory, link, notebook, open_cleaner, pictures
from benchmarks.measure import Figure, table
from benchmarks.served import visit, voila
from model import catalog
from model.core import INDEX_FOLDER
from model.journal import Journal
from tests.browser.find_chromium import find

MOST = 1_000_000
MARKS = 10_000
ROUNDS = 3
COLUMNS = ("pictures", "first look s", "look again s", "open ms", "kernel MB", "marks", "apply s", "undo s")


def main(most: int) -> None:
    scratch = Path(tempfile.mkdtemp(prefix="vl"))
    os.environ["VOILENS_RUNS"] = str(scratch / "runs")
    try:
        source = pictures(scratch / "source", FEW)
        sizes = [size for size in (FEW, 10_000, 100_000, MOST) if size <= most]
        with sync_playwright() as playing:
            browser = playing.chromium.launch(executable_path=find(), args=["--no-sandbox", "--disable-gpu"])
            rows = [_row(browser, scratch, source, size) for size in sizes]
            browser.close()
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    print("| " + " | ".join(COLUMNS) + " |\n" + "|---" * len(COLUMNS) + "|")
    for row in rows:
        print("| " + " | ".join(f"{value:,.0f}" if value >= 100 else f"{value:.2f}" for value in row) + " |")
    first, last = rows[0], rows[-1]
    print(
        table(
            [
                Figure(f"opening the cleaner on {sizes[-1]:,} pictures, indexed", f"on {FEW:,}", last[3], first[3], 3.0, "ms"),
                Figure("its kernel's memory", f"on {FEW:,}", last[4], first[4], 1.3, "MB"),
            ]
        )
    )


def _row(browser: Browser, scratch: Path, source: Path, size: int) -> list[float]:
    root = link(scratch / str(size), source, size)
    scored = (root / INDEX_FOLDER).rename(scratch / f"index of {size}")
    first, again = (_seconds(lambda: catalog.scan(root)) for _ in range(2))
    shutil.rmtree(root / INDEX_FOLDER)
    scored.rename(root / INDEX_FOLDER)
    catalog.warm_up(root)
    opened = []
    with voila(notebook(scratch, f"of{size}", OURS, root), scratch) as address:
        for _ in range(ROUNDS):
            with visit(browser, address) as (page, _started):
                opened.append(open_cleaner(page, TILES))
        memory = kernel_memory(browser, address)
    marks = min(MARKS, size // 10)
    with closing(Journal(root)) as journal:
        files = [file.relative_to(root).as_posix() for file in sorted((root / "train" / CLASSES[0]).iterdir())[:marks]]
        journal.mark(files, "relabel", CLASSES[1])
        applied, undone = _seconds(journal.apply), _seconds(journal.undo_apply)
    shutil.rmtree(root)
    return [size, first, again, median(opened), memory, len(files), applied, undone]


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else MOST)
