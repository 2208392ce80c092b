"""Wrong labels found among the first looked at, beside fastai's cleaner and beside cleanlab.

A tenth of TrashNet's training labels is replaced, each by any other class. All ways start from the same weights, which
have never seen TrashNet. Takes some twenty minutes a seed on two cores.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path
from statistics import mean

import numpy as np
from cleanlab.rank import get_self_confidence_for_each_label

from benchmarks.measure import PICTURES, WEIGHTS, Figure
from model.core import PROJECT

SEEDS = int(os.environ.get("VOILENS_SEEDS") or 3)
SHARE = 0.1  # of the labels that are replaced


def figures(scratch: Path) -> list[Figure]:
    """Percent of the planted labels among the first N looked at, N being how many were planted; means over the seeds."""
    if not (PICTURES.is_dir() and WEIGHTS.is_file()):
        print(f"The figures on wrong labels are left out: {PICTURES} or {WEIGHTS} is missing.", file=sys.stderr)
        return []
    found = [_each_way(scratch, seed) for seed in range(SEEDS)]
    ours = {way: 100 * mean(shares[way] for shares in found) for way in found[0]}
    what = f"planted wrong labels among the first looked at ({SHARE:.0%} of TrashNet's), thorough"
    return [
        Figure(what, "by loss, as fastai's cleaner", ours["thorough"], ours["fastai"], 1.2, "%", at_least=True),
        Figure("the same", "cleanlab, same probabilities", ours["thorough"], ours["cleanlab"], 1.0, "%", at_least=True),
        Figure("the same, quick", "by loss, as fastai's cleaner", ours["quick"], ours["fastai"], 1.0, "%", at_least=True),
    ]


def _each_way(scratch: Path, seed: int) -> dict[str, float]:
    """The share found in each way, for one draw of the wrong labels."""
    folder = scratch / f"labels-{seed}"
    wrong = plant(PICTURES, folder, seed)
    start = folder.with_suffix(".pkl")
    losses = _run("benchmarks.fastai_cleaner", folder, WEIGHTS, seed, start)
    found = {"fastai": _found({Path(path).name: loss for path, loss in losses.items()}, wrong)}
    for way, options in (("quick", []), ("thorough", ["--thorough", "--init", WEIGHTS])):
        items = _run("model", "score", folder / "train", "--model", start, "--json", *options)["items"]
        found[way] = _found({Path(item["file"]).name: item["doubt"] for item in items}, wrong)
    found["cleanlab"] = _found(_by_cleanlab(items), wrong)
    print(seed, json.dumps(found), file=sys.stderr, flush=True)
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


def _run(module: str, *arguments: object):
    command = [sys.executable, "-m", module, *map(str, arguments)]
    done = subprocess.run(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])
