"""Our training beside plain fastai's, beside the mean picture, and beside the bare network."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from statistics import median

from benchmarks.measure import PICTURES, WEIGHTS, Figure
from model.core import PROJECT

SIZE, EPOCHS, SEEDS = 128, 4, 3


def figures() -> list[Figure]:
    """Seconds to the same accuracy, error on digits, pictures per second. Where TrashNet is not there, digits alone."""
    found = [_digits()]
    if PICTURES.is_dir() and WEIGHTS.is_file():
        return [_to_the_same_accuracy(), *found, _throughput()]
    print(f"Two figures of the training are left out: {PICTURES} or {WEIGHTS} is missing.", file=sys.stderr)
    return found


def _to_the_same_accuracy() -> Figure:
    """Until the first epoch's end with the accuracy that plain fastai has at its very end, both medians over the seeds.

    Seconds count from before the data are read, validation included, with nothing in a cache; the two take turns.
    """
    plain, ours = [], []
    for seed in range(SEEDS):
        plain.append(_run("benchmarks.plain_fastai", PICTURES, WEIGHTS, SIZE, EPOCHS, seed))
        ours.append(_run("benchmarks.our_training", PICTURES, WEIGHTS, SIZE, seed))
    target = median(epochs[-1]["accuracy"] for epochs in plain)
    what = f"seconds to {target:.1%} right on trashnet's validation pictures, {SIZE} px"
    return Figure(what, f"plain fastai, fine_tune({EPOCHS})", _reached(ours, target), _reached(plain, target), 0.5, "s")


def _reached(runs: list[list[dict[str, float]]], target: float) -> float:
    firsts = (next((e["seconds"] for e in epochs if e["accuracy"] >= target), float("inf")) for epochs in runs)
    return median(firsts)


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
    ours, bare = _run("benchmarks.throughput", PICTURES, WEIGHTS, SIZE)
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
