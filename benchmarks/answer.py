"""One photo in the model process, beside the bare network and fastai's `predict` with the same export, and a resnet18."""

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


def figures(scratch: Path, export: Path, photo: Path) -> list[Figure]:
    """Milliseconds per photo; all take turns, so that what else the machine does meets all alike."""
    content, resnet18 = photo.read_bytes(), scratch / "resnet18.pkl"
    subprocess.run([sys.executable, "-m", "benchmarks.resnet18", str(resnet18)], cwd=PROJECT, check=True)
    clients = {"process": connect(export), "resnet18": connect(resnet18)}
    for client in clients.values():
        client.ready()
    command = [sys.executable, "-m", "benchmarks.fastai_peer", str(export), str(photo), str(TIMES)]
    taken: dict[str, list[float]] = {"process": [], "resnet18": [], "forward": [], "predict": []}
    with subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as peer:
        assert peer.stdin and peer.stdout
        peer.stdout.readline()  # it is ready
        for _ in range(ROUNDS):
            for name, client in clients.items():
                taken[name] += [1000 * client.classify(content).seconds for _ in range(TIMES)]
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
        Figure("the same", "fastai's learn.predict", middle["process"], middle["predict"], 0.4, "ms"),
        Figure("the same", "a resnet18 at 192 pixels in a model process", middle["process"], middle["resnet18"], 0.6, "ms"),
    ]
