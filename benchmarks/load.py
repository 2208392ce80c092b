"""Answers a second with 1, 8 and 32 visitors, beside the bare network on ready batches of pictures that workers opened."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from statistics import median, quantiles

from benchmarks import gradio_load, rates
from benchmarks.measure import Figure
from benchmarks.opened import in_batches
from model.classifier import Classifier
from model.client import Client, connect

ROUNDS = 3
VISITORS = (1, 8, 32)
PHOTOS, BATCH = 240, 16  # for the bare network


def figures(scratch: Path, export: Path, photo: Path) -> list[Figure]:
    """Medians of ROUNDS; the two take turns. Then how long answers take where photos come at half of the highest rate, and the
    rate beside Gradio's.
    """
    content = photo.read_bytes()
    clients = [connect(export) for _ in range(max(VISITORS))]
    clients[0].ready()
    classifier = Classifier.load(export)
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        files = _copies(Path(folder), content)
        _bare(classifier, files[:BATCH])  # warm
        bare, ours = [], dict[int, list[float]]((count, []) for count in VISITORS)
        for _ in range(ROUNDS):
            bare.append(_bare(classifier, files))
            for count in VISITORS:
                ours[count].append(rates.of_clients(clients[:count], content).answers)
    median_of = {count: median(each) for count, each in ours.items()}
    for count in VISITORS[:-1]:
        print(f"{count} visitors: {median_of[count]:.1f} answers a second")
    most = max(VISITORS)
    lone, busy = _lone(clients[0], content), _at_rate(clients, content, median_of[most] / 2)
    return [
        Figure(
            f"answers a second, {most} visitors",
            "the bare network, decoding included",
            median_of[most],
            median(bare),
            0.9,
            "/s",
            at_least=True,
        ),
        Figure("95th percentile at half of that load", "one lone answer", 1000 * busy, 1000 * lone, 3.0, "ms"),
        *gradio_load.figures(scratch, export, photo),
    ]


def _copies(folder: Path, content: bytes) -> list[Path]:
    files = [folder / f"{number}.jpg" for number in range(PHOTOS)]
    for file in files:
        file.write_bytes(content)
    return files


def _bare(classifier: Classifier, files: Sequence[Path]) -> float:
    """Pictures a second: opened by workers while the network has the batch before."""
    started, batches = time.perf_counter(), in_batches(files, classifier.model.framing, BATCH)
    with ThreadPoolExecutor(1) as network:
        running = [network.submit(classifier.classify_framed, batch) for batch in batches]
        for each in running:
            each.result()
    return len(files) / (time.perf_counter() - started)


def _lone(client: Client, content: bytes) -> float:
    taken = []
    for _ in range(40):
        started = time.perf_counter()
        client.classify(content)
        taken.append(time.perf_counter() - started)
        time.sleep(0.05)
    return median(taken)


def _at_rate(clients: Sequence[Client], content: bytes, rate: float) -> float:
    """The 95th percentile of the seconds of answers, photos coming at so many a second whether others are answered or not."""
    taken, lock = [], threading.Lock()

    def ask(client: Client, due: float) -> None:
        client.classify(content)
        with lock:
            taken.append(time.perf_counter() - due)

    with ExitStack() as stack:
        asking = stack.enter_context(ThreadPoolExecutor(len(clients)))
        begun = time.perf_counter()
        for number in range(int(rate * rates.SECONDS)):
            due = begun + number / rate
            time.sleep(max(0, due - time.perf_counter()))
            asking.submit(ask, clients[number % len(clients)], due)
    return quantiles(taken, n=20)[-1]
