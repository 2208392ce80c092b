"""Many pictures opened, framed, fingerprinted and measured, by worker processes beside the network. No torch.

What a picture's bytes alone decide; knows neither labels nor the catalogue.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from PIL import Image

from model.errors import BadImage
from model.images import Transforms, open_picture
from model.scoring import duplicates, quality
from model.scoring.duplicates import Fingerprint
from model.scoring.quality import Quality

AHEAD = 64  # pictures that may wait for the network
BROKEN = "needs too much memory to open: save a smaller copy of it"


@dataclass(frozen=True)
class Inspection:
    """One picture: framed for the network, its fingerprint and measures; or the `problem` why it cannot be opened."""

    framed: Image.Image | None = None
    fingerprint: Fingerprint | None = None
    measures: Quality | None = None
    problem: str | None = None


def inspect_picture(file: Path, framing: Transforms) -> Inspection:
    """Open one picture, and look at all that needs no model."""
    try:
        picture = open_picture(file)
    except BadImage as error:
        return Inspection(problem=str(error))
    return Inspection(framing(picture), duplicates.fingerprint(picture), quality.measure(picture))


def inspect_all(files: Sequence[Path], framing: Transforms) -> Iterator[Inspection]:
    """Every file, in order; a few are opened here, many by workers, of which one that dies costs its picture alone."""
    if len(files) < AHEAD:
        yield from (inspect_picture(file, framing) for file in files)
        return
    pool = _pool()
    try:
        waiting: list[Future[Inspection]] = [pool.submit(inspect_picture, file, framing) for file in files[:AHEAD]]
        for place, file in enumerate(files):
            try:
                examined = waiting[place % AHEAD].result()
            except BrokenProcessPool:  # all that waited is lost with it: ask again, the culprit by itself
                pool.shutdown()
                pool = _pool()
                examined = _alone(file, framing)
                for later in range(place + 1, min(place + AHEAD, len(files))):
                    waiting[later % AHEAD] = pool.submit(inspect_picture, files[later], framing)
            yield examined
            if place + AHEAD < len(files):
                waiting[place % AHEAD] = pool.submit(inspect_picture, files[place + AHEAD], framing)
    finally:
        pool.shutdown(cancel_futures=True)


def _alone(file: Path, framing: Transforms) -> Inspection:
    with _pool(1) as pool:
        try:
            return pool.submit(inspect_picture, file, framing).result()
        except BrokenProcessPool:
            return Inspection(problem=BROKEN)


def _pool(workers: int = min(4, os.cpu_count() or 2)) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"))
