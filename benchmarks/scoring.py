"""Scoring a folder beside the least it could cost: opening the pictures and one pass of the bare network over them.

Needs TrashNet's training pictures; any export will do, for the time it takes is the same.
"""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path

from benchmarks.measure import Figure
from model.artifacts import batches
from model.classifier import Classifier
from model.data import read_dataset
from model.images import open_picture
from model.scoring import score

BATCH = 32


def figures(scratch: Path, export: Path, pictures: Path) -> list[Figure]:
    """Seconds to score `pictures` once the model is loaded, and again when nothing has changed; none without the pictures."""
    if not pictures.is_dir():
        print(f"The figures on scoring are left out: {pictures} is missing.", file=sys.stderr)
        return []
    folder = Path(shutil.copytree(pictures, scratch / "scored", ignore=shutil.ignore_patterns(".*")))
    classifier, loading = _timed(lambda: Classifier.load(export, named=True))
    bare = _bare(classifier, folder)
    _, first = _timed(lambda: score(folder, export, named=True))
    _, again = _timed(lambda: score(folder, export, named=True))
    what = f"score {len(read_dataset(folder).items)} pictures, the model loaded"
    return [
        Figure(what, "opening them and one bare forward pass", first - loading, bare, 1.5, "s"),
        Figure("scoring again, nothing changed", "the first scoring", again, first, 0.02, "s"),
    ]


def _bare(classifier: Classifier, folder: Path) -> float:
    """Seconds to open and frame every picture, and to run the network over what is ready."""
    model = classifier.model
    items = read_dataset(folder).items
    started = time.perf_counter()
    framed = [model.framing(open_picture(item.path)) for item in items]
    spent = time.perf_counter() - started
    ready = [batch for start in range(0, len(framed), BATCH) for _, batch in batches(framed[start : start + BATCH])]
    started = time.perf_counter()
    for batch in ready:
        model.network(batch)
    return spent + time.perf_counter() - started


def _timed(work):
    started = time.perf_counter()
    return work(), time.perf_counter() - started
