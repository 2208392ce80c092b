"""Scoring a folder beside the least it could cost: opening the pictures and one pass of the bare network over them.

Needs TrashNet's training pictures. The thumbnails that a scoring makes at its end are not counted: they are for the cleaner.
"""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path

from benchmarks.measure import Figure
from model.artifacts import batches
from model.data import read_dataset
from model.features import FrozenBody, frozen_body
from model.images import open_picture
from model.jobs import Event
from model.scoring import score

BATCH = 32


def figures(scratch: Path, pictures: Path) -> list[Figure]:
    """Seconds to score `pictures`, and again when nothing has changed; none without the pictures."""
    if not pictures.is_dir():
        print(f"The figures on scoring are left out: {pictures} is missing.", file=sys.stderr)
        return []
    folder = Path(shutil.copytree(pictures, scratch / "scored", ignore=shutil.ignore_patterns(".*")))
    bare = _bare(frozen_body(), folder)
    first = _until_scored(folder)
    started = time.perf_counter()
    score(folder)
    again = time.perf_counter() - started
    what = f"score {len(read_dataset(folder).items)} pictures"
    return [
        Figure(what, "opening them and one bare forward pass", first, bare, 1.5, "s"),
        Figure("scoring again, nothing changed", "the first scoring", again, first, 0.02, "s"),
    ]


def _bare(body: FrozenBody, folder: Path) -> float:
    """Seconds to open and frame every picture, and to run the network over what is ready."""
    items = read_dataset(folder).items
    started = time.perf_counter()
    framed = [body.framing(open_picture(item.path)) for item in items]
    spent = time.perf_counter() - started
    ready = [batch for start in range(0, len(framed), BATCH) for _, batch in batches(framed[start : start + BATCH])]
    started = time.perf_counter()
    for batch in ready:
        body.see_pixels(batch)
    return spent + time.perf_counter() - started


def _until_scored(folder: Path) -> float:
    """Seconds until the scores are there."""
    started, scored = time.perf_counter(), 0.0

    def report(event: Event) -> None:
        nonlocal scored
        if event["event"] == "scoring":
            scored = time.perf_counter()

    score(folder, report=report)
    return scored - started
