"""The real page, served to strangers from a place of its own: its processes, its memory, photos whose answers are known."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
from page_server import PageServer
from processes import end_model_processes, model_processes
from samples import encoded, photo

from model.classifier import Classifier
from model.core import PROJECT
from model.types import Prediction

PHOTOS = 24
ALIKE = 0.002  # of a share, between what the page says and what Python says: a batch adds up in another order
NO_PHOTOS = {
    "empty.jpg": b"",
    "text.jpg": b"this is no picture",
    "half.png": encoded(photo(300, 200))[:3000],
    "page.jpg": b"<!doctype html><p>not here</p>",
    "zeros.jpg": bytes(5000),
}


@dataclass(frozen=True)
class Photo:
    """A photo with its answer: the share of each class."""

    name: str
    content: bytes
    shares: dict[str, float]

    def is_answered_by(self, shown: dict) -> bool:
        shares = shown.get("prediction", {}).get("probabilities", {})
        return shares.keys() == self.shares.keys() and all(abs(shares[name] - self.shares[name]) < ALIKE for name in shares)


def known_photos() -> list[Photo]:
    contents = [encoded(photo(320 + 8 * seed, 240, seed), "JPEG", quality=88) for seed in range(PHOTOS)]
    answers = Classifier.load(PROJECT / "export.pkl").classify(contents)
    return [
        Photo(f"{seed}.jpg", contents[seed], answer.probabilities)
        for seed, answer in enumerate(answers)
        if isinstance(answer, Prediction)
    ]


@contextlib.contextmanager
def served(
    *arguments: str, notebook: Path = PROJECT / "app.ipynb", settings: Path = PROJECT, **environment: str
) -> Iterator[PageServer]:
    """A page in public mode, that of app.ipynb unless told, and a model process in a runtime folder of its own.

    `settings` is the folder whose voila.json holds; without one in it Voilà has its own.
    """
    folder, runtime = Path(tempfile.mkdtemp(prefix="vl")), Path(tempfile.mkdtemp(prefix="vl"))
    shutil.copy(notebook, folder)
    own = {"VOILENS_RUNTIME": str(runtime), "VOILENS_RUNS": str(folder / "runs"), **environment}
    server = PageServer(folder / notebook.name, *arguments, settings=settings, **own)
    server.runtime = runtime
    try:
        yield server
    finally:
        server.end()
        end_model_processes(runtime)
        shutil.rmtree(folder, ignore_errors=True)


def whole_tree(server: PageServer) -> list[psutil.Process]:
    """The page's server, the kernels, the model process and its workers."""
    roots = [psutil.Process(server.process.pid), *model_processes(server.runtime)]
    found = {process.pid: process for root in roots for process in [root, *_below(root)]}
    return list(found.values())


def megabytes(processes: list[psutil.Process]) -> float:
    """Proportional memory: what several processes share counts once."""
    total = 0
    for process in processes:
        with contextlib.suppress(psutil.Error):
            total += process.memory_full_info().pss
    return total / 1e6


def _below(root: psutil.Process) -> list[psutil.Process]:
    with contextlib.suppress(psutil.Error):
        return root.children(recursive=True)
    return []


def end(process: psutil.Process) -> None:
    with contextlib.suppress(psutil.Error):
        process.kill()
        process.wait(10)
