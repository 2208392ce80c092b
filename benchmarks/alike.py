"""The nearest of 100,000 pictures, as the cleaner's "More like this" finds them, beside one pass of numpy over the features.

The pictures are made up: random features of the general body's width, in a catalog as a scoring leaves it. What is timed is
the companion's answer to one question, through its pipe, once it has read the features.
"""

from __future__ import annotations

import json
import sys
import time
from contextlib import closing
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.measure import Figure
from model.catalog import GENERAL, JUDGE, open_database, writing
from model.features import NAME
from model.jobs import Companion

COUNT, WIDTH, ROW = 100_000, 1280, 1600
MOST = 200
TIMES = 15


def figures(scratch: Path) -> list[Figure]:
    """Seconds until the nearest of one picture are known, medians of TIMES questions in turns with the plain pass."""
    root = scratch / "alike"
    features = _write(root)
    companion = Companion("model.scoring.companion", [str(root)])
    ours, plain = [], []
    try:
        started = time.perf_counter()
        _ask(companion, 0)
        print(f"the first answer, features read: {time.perf_counter() - started:.1f} s", file=sys.stderr)
        for place in range(1, TIMES + 1):
            started = time.perf_counter()
            features @ features[place]
            plain.append(time.perf_counter() - started)
            started = time.perf_counter()
            _ask(companion, place)
            ours.append(time.perf_counter() - started)
    finally:
        companion.close()
    what = f"the {MOST} nearest of one of {COUNT:,} pictures"
    return [Figure(what, "one pass of numpy over the same features", median(ours), median(plain), 2.0, "s")]


def _ask(companion: Companion, place: int) -> None:
    files = companion.ask({"ask": "alike", "file": _file(place), "most": MOST})["files"]
    assert files[0] == _file(place), "a picture is most like itself"


def _file(place: int) -> str:
    return f"{'cat' if place % 2 else 'dog'}/{place:06}.jpg"


def _write(root: Path) -> np.ndarray:
    """A catalog of COUNT pictures that nobody has; gives their features, as numpy passes over them."""
    root.mkdir()
    draw = np.random.default_rng(0)
    features = np.empty((COUNT, WIDTH), dtype=np.float32)
    with closing(open_database(root)) as database, writing(database):
        for place in range(COUNT):
            row = np.abs(draw.standard_normal(ROW, dtype=np.float32)).astype(np.float16)
            features[place] = row[:WIDTH]
            sha256, file = f"{place:064x}", _file(place)
            picture = (file, file.partition("/")[0], "train", 1, place, place, sha256)
            database.execute("INSERT INTO pictures VALUES (?, ?, ?, ?, ?, ?, ?, NULL)", picture)
            database.execute("INSERT INTO features VALUES (?, ?, ?)", (sha256, NAME, row.tobytes()))
        judge = {"export": "", "name": GENERAL, "model": NAME, "eye": NAME, "width": WIDTH}
        database.execute("INSERT INTO facts VALUES (?, ?)", (JUDGE, json.dumps(judge)))
    return features
