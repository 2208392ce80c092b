"""One photo in the model process, beside the bare network and beside fastai's `predict`, with the same export."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from statistics import median

from benchmarks.measure import Figure
from model.client import connect
from model.core import PROJECT

ROUNDS = 36
TIMES = 10


def figures(export: Path, photo: Path) -> list[Figure]:
    """Milliseconds per photo; the three take turns, so that what else the machine does meets all alike."""
    client, content = connect(export), photo.read_bytes()
    client.ready()
    command = [sys.executable, "-m", "benchmarks.fastai_peer", str(export), str(photo), str(TIMES)]
    taken: dict[str, list[float]] = {"process": [], "forward": [], "predict": []}
    with subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as peer:
        assert peer.stdin and peer.stdout
        peer.stdout.readline()  # it is ready
        for _ in range(ROUNDS):
            taken["process"] += [1000 * client.classify(content).seconds for _ in range(TIMES)]
            for name in ("forward", "predict"):
                print(name, file=peer.stdin, flush=True)
                taken[name] += [float(number) for number in peer.stdout.readline().split()]
        peer.stdin.close()
    middle = {name: median(times[TIMES:]) for name, times in taken.items()}
    return [
        Figure(
            "time in the model process for one photo",
            "the bare network's forward pass",
            middle["process"],
            middle["forward"],
            1.3,
            "ms",
        ),
        Figure("the same", "fastai's learn.predict", middle["process"], middle["predict"], 0.5, "ms"),
    ]
