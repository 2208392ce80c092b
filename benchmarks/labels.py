"""Wrong labels found among the first looked at, beside fastai's cleaner and cleanlab, and with the list ranked anew.

A tenth of TrashNet's training labels is replaced, each by any other class. fastai's way starts from the best weights that it
can be given without a network, which have never seen TrashNet; the quick way looks with the general body. Takes five minutes
a seed on two cores.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np
from cleanlab.rank import get_self_confidence_for_each_label

from benchmarks.measure import PICTURES, WEIGHTS, Figure
from benchmarks.reranking import LOOKED, found_by
from model.core import PROJECT
from model.features import frozen_body

SEEDS = int(os.environ.get("VOILENS_SEEDS") or 3)
SHARE = 0.1  # of the labels that are replaced
FOLDS = 5  # networks that a thorough way trains, each without a part of the pictures


@dataclass(frozen=True)
class Found:
    """What one draw of wrong labels gave: shares of them found by each way, seconds, and how many a person finds."""

    shares: dict[str, float]
    seconds: dict[str, float]
    still: list[int]
    anew: list[int]
    ranking_seconds: float


def figures(scratch: Path) -> list[Figure]:
    """Percent of the planted labels among the first N looked at, N being how many were planted; means over the seeds."""
    if not (PICTURES.is_dir() and WEIGHTS.is_file()):
        print(f"The figures on wrong labels are left out: {PICTURES} or {WEIGHTS} is missing.", file=sys.stderr)
        return []
    frozen_body()  # made once on a machine
    found = [_each_way(scratch, seed) for seed in range(SEEDS)]
    ours = {way: 100 * mean(each.shares[way] for each in found) for way in found[0].shares}
    seconds = {way: mean(each.seconds[way] for each in found) for way in found[0].seconds}
    what = f"planted wrong labels among the first looked at ({SHARE:.0%} of TrashNet's)"
    thorough = f"{FOLDS} networks, each without a part of the pictures: {FOLDS} times fastai's way"
    return [
        Figure(what, "by loss, as fastai's cleaner", ours["quick"], ours["fastai"], 1.3, "%", at_least=True),
        Figure("the same", "cleanlab, same probabilities", ours["quick"], ours["cleanlab"], 1.0, "%", at_least=True),
        Figure("the time of that", thorough, seconds["quick"], FOLDS * seconds["fastai"], 0.1, "s"),
        *(
            Figure(
                f"found by looking at {looked}, the rest ranked anew after each 20",
                "the order not moved",
                mean(each.anew[place] for each in found),
                mean(each.still[place] for each in found),
                1.0,
                "labels",
                at_least=True,
            )
            for place, looked in enumerate(LOOKED)
        ),
    ]


def _each_way(scratch: Path, seed: int) -> Found:
    """What is found in each way, for one draw of the wrong labels."""
    folder = scratch / f"labels-{seed}"
    wrong = plant(PICTURES, folder, seed)
    losses, fastai = _timed("benchmarks.fastai_cleaner", folder, WEIGHTS, seed)
    scored, quick = _timed("model", "score", folder / "train", "--json")
    items = scored["items"]
    shares = {
        "fastai": _found({Path(path).name: loss for path, loss in losses.items()}, wrong),
        "quick": _found({Path(item["file"]).name: item["doubt"] for item in items}, wrong),
        "cleanlab": _found(_by_cleanlab(items), wrong),
    }
    truth = {file.name: file.parent.name for file in PICTURES.glob("train/*/*")}
    still, _ = found_by(folder / "train", truth, scratch / "still", anew=False)
    anew, ranking = found_by(folder / "train", truth, scratch / "anew", anew=True)
    found = Found(shares, {"fastai": fastai, "quick": quick}, still, anew, ranking)
    print(seed, found, file=sys.stderr, flush=True)
    return found


def plant(pictures: Path, folder: Path, seed: int) -> set[str]:
    """Copy a dataset to `folder`, some training pictures under a wrong class; give the names of these."""
    draw = random.Random(seed)
    files = sorted(pictures.glob("train/*/*"))
    classes = sorted({file.parent.name for file in files})
    wrong = {file.name for file in draw.sample(files, round(SHARE * len(files)))}
    for file in [*files, *sorted(pictures.glob("valid/*/*"))]:
        split, label = file.parent.parent.name, file.parent.name
        if split == "train" and file.name in wrong:
            label = draw.choice([other for other in classes if other != label])
        place = folder / split / label / file.name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(file.read_bytes())
    return wrong


def _found(doubts: dict[str, float], wrong: set[str]) -> float:
    """The share of the `wrong` ones among as many of the most doubtful."""
    first = sorted(doubts, key=lambda name: -doubts[name])[: len(wrong)]
    return len(wrong.intersection(first)) / len(wrong)


def _by_cleanlab(items: list[dict]) -> dict[str, float]:
    """Doubt by cleanlab's own measure, from the probabilities that scoring gave to the labels."""
    given = np.exp([-item["loss"] for item in items])
    quality = get_self_confidence_for_each_label(np.zeros(len(items), dtype=int), np.stack([given, 1 - given], axis=1))
    return {Path(item["file"]).name: -float(value) for item, value in zip(items, quality, strict=True)}


def _timed(module: str, *arguments: object) -> tuple[Any, float]:
    """What a program prints last, as JSON, and how many seconds it took."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    started = time.perf_counter()
    done = subprocess.run(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1]), time.perf_counter() - started
