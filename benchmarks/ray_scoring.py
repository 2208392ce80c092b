"""Scoring by one worker of Ray beside scoring by this process, in turns: the pictures a second that are looked at.

Needs ray and TrashNet's training pictures. Counted is the look at the pictures, in which the engines differ: once with the
start and the end of Ray and of its worker, as somebody waits for them, and once from the first pictures that are done to the
last, which is what a large folder comes to. The worker has all cores, as this process has.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Collection, Mapping
from pathlib import Path
from statistics import median

from benchmarks.measure import Figure
from model.cluster import NOT_INSTALLED, is_installed
from model.core import INDEX_FOLDER
from model.data import read_dataset
from model.scoring import OnRay, ScoreOptions, score

ROUNDS = 3


class Timed:
    """An engine, and the pictures a second of each time it was asked: from its call, and from the first that were done."""

    def __init__(self, engine):
        self._engine = engine
        self.whole: list[float] = []
        self.steady: list[float] = []

    def __call__(self, files: Mapping[str, Path], seen: Collection[str], eye, keep, tell, stopping) -> None:
        moments: list[tuple[int, float]] = []

        def told(done: int, seconds_left: float) -> None:
            moments.append((done, time.perf_counter()))
            tell(done, seconds_left)

        started = time.perf_counter()
        self._engine(files, seen, eye, keep, told, stopping)
        self.whole.append(len(files) / (time.perf_counter() - started))
        (first, begun), (last, ended) = moments[0], moments[-1]
        self.steady.append((last - first) / (ended - begun))


def figures(scratch: Path, pictures: Path) -> list[Figure]:
    """Medians of ROUNDS; none without ray or the pictures."""
    if not is_installed():
        print(f"The figures of scoring by Ray are left out. {NOT_INSTALLED}", file=sys.stderr)
        return []
    if not pictures.is_dir():
        print(f"The figures of scoring by Ray are left out: {pictures} is missing.", file=sys.stderr)
        return []
    folder = Path(shutil.copytree(pictures, scratch / "scored by ray", ignore=shutil.ignore_patterns(".*")))
    ours, own = Timed(OnRay(1)), Timed(ScoreOptions().engine)
    for _ in range(ROUNDS):
        for engine in (ours, own):
            shutil.rmtree(folder / INDEX_FOLDER, ignore_errors=True)
            score(folder, ScoreOptions(engine=engine))
    what = f"looking at {len(read_dataset(folder).items)} pictures by one worker of Ray, its start included"
    rows = ((what, ours.whole, own.whole), ("the same, once it has begun", ours.steady, own.steady))
    return [Figure(name, "this process", median(r), median(p), 0.7, "/s", True) for name, r, p in rows]
