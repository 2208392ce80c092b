"""Answers a second by one replica of Ray Serve, beside the model process by itself: the same photo, as many visitors, in turns.

Both may use all cores. The visitors are threads of this process, which takes its part of the machine from both alike.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from statistics import median

from ports import free_port

from benchmarks.measure import Figure
from benchmarks.rates import of_clients
from model.client import connect
from model.cluster import NOT_INSTALLED, is_installed
from model.serving import replicas_running

VISITORS, ROUNDS = 8, 5


def figures(export: Path, photo: Path) -> list[Figure]:
    """Medians of ROUNDS, after one that warms; none without ray."""
    if not is_installed():
        print(f"The figure of replicas is left out. {NOT_INSTALLED}", file=sys.stderr)
        return []
    content, rates = photo.read_bytes(), dict[str, list[float]](replicas=[], process=[])
    port = free_port()
    own = [connect(export) for _ in range(VISITORS)]
    own[0].ready()  # which has made the safe form
    with replicas_running({"model": str(export), "num_cpus": os.cpu_count()}, port) as address:
        clients = {"replicas": [connect(url=address) for _ in range(VISITORS)], "process": own}
        for _ in range(ROUNDS + 1):
            for name, asking in clients.items():
                rates[name].append(of_clients(asking, content).answers)
    ours, theirs = (median(each[1:]) for each in rates.values())
    return [Figure("answers a second, one replica of Ray Serve", "the model process by itself", ours, theirs, 0.7, "/s", True)]
