"""Our training beside plain fastai's, beside the mean picture, and beside the bare network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from statistics import median

from benchmarks.measure import PICTURES, Figure
from model.core import PROJECT

SIZE, EPOCHS, SEEDS = 224, 4, 3


def figures() -> list[Figure]:
    """The quick preset on TrashNet, error on digits, pictures per second. Where TrashNet is not there, digits alone."""
    found = [_digits()]
    if PICTURES.is_dir():
        return [*_beside_plain_fastai(), *found, _throughput()]
    print(f"Three figures of the training are left out: {PICTURES} is missing.", file=sys.stderr)
    return found


def _beside_plain_fastai() -> list[Figure]:
    """The quick preset and plain fastai on the same body: accuracy and seconds at the end, medians over the seeds.

    Seconds count from before the data are read, validation included, with nothing in a cache; the two take turns.
    """
    plain, ours = [], []
    for seed in range(SEEDS):
        plain.append(_run("benchmarks.plain_fastai", PICTURES, SIZE, EPOCHS, seed)[-1])
        ours.append(_run("benchmarks.our_training", PICTURES, seed)[-1])
    reference = f"plain fastai, fine_tune({EPOCHS})"
    (our_right, their_right), (our_seconds, their_seconds) = (
        (median(one[name] * times for one in ours), median(one[name] * times for one in plain))
        for name, times in (("accuracy", 100), ("seconds", 1))
    )
    return [
        Figure("the quick preset: right on TrashNet's validation pictures", reference, our_right, their_right, 1.0, "%", True),
        Figure("the same: seconds", reference, our_seconds, their_seconds, 0.5, "s"),
    ]


def _digits() -> Figure:
    """Error on digits: the quick preset from random weights (median over the seeds), and the mean picture by L2."""
    with tempfile.TemporaryDirectory() as scratch:
        options = ["train", "digits", "--preset", "quick", "--init", "scratch", "--json", "--out", f"{scratch}/export.pkl"]
        errors = [_run("model", *options, "--seed", seed)["error_rate"] for seed in range(SEEDS)]
    baselines = _run("model", "baselines", "digits", "--json")["ladder"]
    mean = next(baseline for baseline in baselines if "L2" in baseline["name"])
    what = "error of the quick preset on digits, from random weights"
    return Figure(what, "the mean picture by L2", 100 * median(errors), 100 * (1 - mean["accuracy"]), 0.2, "%")


def _throughput() -> Figure:
    ours, bare = _run("benchmarks.throughput", PICTURES, SIZE)
    what = f"pictures per second while training, {SIZE} px"
    return Figure(what, "the bare network forward and backward, ready tensors", ours, bare, 0.85, "/s", at_least=True)


def _run(module: str, *arguments: object):
    """The JSON that a module prints, run with a cache of its own."""
    with tempfile.TemporaryDirectory() as cache:
        command = [sys.executable, "-m", module, *map(str, arguments)]
        environment = {**os.environ, "VOILENS_CACHE": cache}
        done = subprocess.run(command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


if __name__ == "__main__":
    from benchmarks.measure import table

    print(table(figures()))
