"""make bench: measure the page and the model process beside their references and print the table of the README.

python -m benchmarks [PART ...]: some parts alone. What was measured is kept in results.json, part by part.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import psutil

from benchmarks import (
    alike,
    answer,
    fairness,
    gallery,
    gradio,
    instant,
    labels,
    load,
    memory,
    page,
    ray_scoring,
    replicas,
    scoring,
    site,
    start,
    traffic,
    training,
    why,
)
from benchmarks.measure import PICTURES, Figure, keep, table
from benchmarks.photo import photo_of_a_phone
from model.core import PROJECT


def main(parts: list[str]) -> int:
    scratch = Path(tempfile.mkdtemp(prefix="vl"))
    os.environ["VOILENS_RUNTIME"] = str(scratch / "run")
    export, photo = PROJECT / "export.pkl", photo_of_a_phone(scratch)
    measured: dict[str, Callable[[], list[Figure]]] = {
        "page": lambda: page.figures(scratch, export, photo),
        "bytes": lambda: traffic.moved(scratch),
        "line": lambda: traffic.seconds(scratch, photo),
        "start": lambda: start.figures(export, photo),
        "load": lambda: load.figures(scratch, export, photo),
        "memory": lambda: memory.figures(scratch, export, photo),
        "replicas": lambda: replicas.figures(export, photo),
        "gradio": lambda: gradio.figures(scratch, export, photo),
        "site": lambda: site.figures(scratch, export, photo),
        "answer": lambda: answer.figures(scratch, export, photo),
        "gallery": lambda: gallery.figures(scratch),
        "scoring": lambda: scoring.figures(scratch, PICTURES / "train"),
        "ray": lambda: ray_scoring.figures(scratch, PICTURES / "train"),
        "instant": instant.figures,
        "training": training.figures,
        "labels": lambda: labels.figures(scratch),
        "why": lambda: why.figures(scratch),
        "alike": lambda: alike.figures(scratch),
        "fairness": lambda: fairness.figures(export, photo.read_bytes()),
    }
    if unknown := [part for part in parts if part not in measured]:
        print(f"There is no part {unknown[0]}: take some of {' '.join(measured)}.", file=sys.stderr)
        return 2
    figures: list[Figure] = []
    try:
        for part in parts or measured:
            found = measured[part]()
            keep(part, found)
            figures += found
    finally:
        _end_model_process(scratch)
        shutil.rmtree(scratch, ignore_errors=True)
    print(table(figures))
    return 0


def _end_model_process(scratch: Path) -> None:
    for process in psutil.process_iter(["cmdline"]):
        if any(str(scratch) in part for part in process.info["cmdline"] or []) and "serve" in process.info["cmdline"]:
            process.kill()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
