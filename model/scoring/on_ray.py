"""Pictures looked at by workers of Ray, on this machine or on those of a cluster, which see the same folder at the same place.

A worker is a process that does what this one does by itself: it opens pictures by workers with limited memory beside the
network. What one that is killed had in hand is done again by another. Ray is imported when it is asked.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Collection, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from model.cluster import any_ray
from model.features import STOPPED, see_all
from model.jobs import Stopping
from model.scoring.duplicates import Fingerprint
from model.scoring.engines import Keep, Tell, opened
from model.scoring.eyes import Eye
from model.scoring.inspection import Inspection, Inspector
from model.scoring.quality import Quality

BLOCK = 128  # pictures that a worker has in hand; four batches, so that little is done again and workers seldom wait
CORES = 2  # for each worker: one opens pictures while one runs the network


class OnRay:
    """The engine of Ray, with so many `workers` (None: one for each two cores that it has). Raises BadUsage without ray."""

    def __init__(self, workers: int | None = None):
        self._workers = workers

    def __call__(
        self, files: Mapping[str, Path], seen: Collection[str], eye: Eye, keep: Keep, tell: Tell, stopping: Stopping
    ) -> None:
        with any_ray():
            import ray

            logging.getLogger("ray.data").setLevel(logging.ERROR)
            ray.data.DataContext.get_current().enable_progress_bars = False
            cores = int(ray.cluster_resources().get("CPU", 1))
            workers = self._workers or max(1, cores // CORES)
            share = max(1, cores // workers)
            rows = [{"name": name, "file": str(file), "seen": name in seen} for name, file in files.items()]
            pictures = ray.data.from_items(rows, override_num_blocks=-(-len(rows) // BLOCK))
            pool = ray.data.ActorPoolStrategy(size=workers)
            looked = pictures.map_batches(Looker, fn_constructor_args=(eye, share), compute=pool, num_cpus=cores / workers)
            started, done = time.perf_counter(), 0
            for block in looked.iter_batches(batch_size=None, batch_format="pandas", prefetch_batches=0):
                keep(*unpacked(block))
                done += len(block)
                tell(done, (time.perf_counter() - started) / done * (len(rows) - done))
                if stopping() and done < len(rows):
                    raise KeyboardInterrupt(STOPPED)


class Looker:
    """In the process of a worker: looks at block after block, with so many `cores`."""

    def __init__(self, eye: Eye, cores: int):
        os.environ["LOKY_MAX_CPU_COUNT"] = str(cores)  # threads of the network
        self._eye, self._inspector = eye, Inspector(eye.framing)

    def __call__(self, block: dict[str, np.ndarray]) -> dict[str, list[Any]]:
        files = {str(name): Path(str(file)) for name, file in zip(block["name"], block["file"], strict=True)}
        seen = {str(name) for name, so in zip(block["name"], block["seen"], strict=True) if so}
        found: dict[str, Inspection] = {}
        rows: dict[str, np.ndarray] = {}

        def keep(some: Mapping[str, Inspection], seen: Mapping[str, np.ndarray]) -> None:
            found.update(some)
            rows.update(seen)

        see_all(
            opened(files, seen, self._inspector.inspect(files.values())),
            len(files),
            self._eye.see,
            keep,
            lambda *_: None,
            lambda: False,
        )
        return packed(found, rows)


def packed(found: Mapping[str, Inspection], rows: Mapping[str, np.ndarray]) -> dict[str, list[Any]]:
    """What was found and seen, as a table of text and bytes."""
    return {
        "name": list(found),
        "told": [json.dumps(_told(each)) for each in found.values()],
        "row": [rows[name].astype(np.float32).tobytes() if name in rows else b"" for name in found],
    }


def unpacked(table: Any) -> tuple[dict[str, Inspection], dict[str, np.ndarray]]:
    """The same again, from a data frame or from `packed`."""
    names = [str(name) for name in table["name"]]
    found = {name: _inspection(json.loads(told)) for name, told in zip(names, table["told"], strict=True)}
    rows = {name: np.frombuffer(row, np.float32) for name, row in zip(names, table["row"], strict=True) if row}
    return found, rows


def _told(found: Inspection) -> dict[str, Any]:
    if not found.fingerprint or not found.measures:
        return {"problem": found.problem}
    prints = [found.fingerprint.pixels.hex(), found.fingerprint.phash.hex()]
    return {"problem": found.problem, "prints": prints, "measures": asdict(found.measures)}


def _inspection(told: dict[str, Any]) -> Inspection:
    if "prints" not in told:
        return Inspection(problem=told["problem"])
    fingerprint = Fingerprint(*(bytes.fromhex(each) for each in told["prints"]))
    return Inspection(None, fingerprint, Quality(**told["measures"]), told["problem"])
