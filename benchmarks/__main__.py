"""make bench: measure the page and the model process beside their references and print the table of the README.

python -m benchmarks [PART ...]: some of PARTS alone.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

import psutil
from PIL import Image
from sklearn.datasets import load_sample_image

from benchmarks import (
    alike,
    answer,
    fairness,
    gallery,
    gradio,
    instant,
    labels,
    load,
    page,
    replicas,
    scoring,
    traffic,
    training,
    why,
)
from benchmarks.measure import PICTURES, Figure, table
from model.core import PROJECT

PARTS = "page bytes line load replicas gradio answer gallery scoring instant training labels why alike fairness"


def main(parts: list[str]) -> int:
    scratch = Path(tempfile.mkdtemp(prefix="vl"))
    os.environ["VOILENS_RUNTIME"] = str(scratch / "run")
    export, photo = PROJECT / "export.pkl", _photo(scratch)
    figures: list[Figure] = []
    try:
        if "page" in parts:
            figures += page.figures(scratch, export, photo)
        if "bytes" in parts:
            figures += traffic.moved(scratch)
        if "line" in parts:
            figures += traffic.seconds(scratch, photo)
        if "load" in parts:
            figures += load.figures(export, photo)
        if "replicas" in parts:
            figures += replicas.figures(export, photo)
        if "gradio" in parts:
            figures += gradio.figures(scratch, export, photo)
        if "answer" in parts:
            figures += answer.figures(scratch, export, photo)
        if "gallery" in parts:
            figures += gallery.figures(scratch)
        if "scoring" in parts:
            figures += scoring.figures(scratch, PICTURES / "train")
        if "instant" in parts:
            figures += instant.figures()
        if "training" in parts:
            figures += training.figures()
        if "labels" in parts:
            figures += labels.figures(scratch)
        if "why" in parts:
            figures += why.figures(scratch)
        if "alike" in parts:
            figures += alike.figures(scratch)
        if "fairness" in parts:
            figures += fairness.figures(export, photo.read_bytes())
    finally:
        _end_model_process(scratch)
        shutil.rmtree(scratch, ignore_errors=True)
    print(table(figures))
    return 0


def _photo(folder: Path) -> Path:
    """A photograph as the page sends one from a phone: 1024 pixels wide, some 200 KB (scikit-learn's picture of a temple)."""
    path = folder / "photo.jpg"
    Image.fromarray(load_sample_image("china.jpg")).resize((1024, 683), Image.Resampling.LANCZOS).save(path, quality=90)
    return path


def _end_model_process(scratch: Path) -> None:
    for process in psutil.process_iter(["cmdline"]):
        if any(str(scratch) in part for part in process.info["cmdline"] or []) and "serve" in process.info["cmdline"]:
            process.kill()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or PARTS.split()))
