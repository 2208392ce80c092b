"""From nothing that runs to the first answer, beside a process that imports ONNX Runtime and passes one picture through."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import psutil

from benchmarks.measure import Figure
from model.artifacts import make_safe_model
from model.client import connect
from model.core import PROJECT, checksum

ROUNDS = 7
BARE = """import sys, numpy, onnxruntime
session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
given = session.get_inputs()[0]
session.run(None, {given.name: numpy.zeros([1, *given.shape[1:]], "uint8")})"""


def figures(export: Path, photo: Path) -> list[Figure]:
    """Seconds, medians of ROUNDS in turns; the safe form of the export is there, as after the first start."""
    connect(export).ready()
    network = make_safe_model(export, checksum(export)) / "network.onnx"
    ours, bare = [], []
    for _ in range(ROUNDS + 1):
        with tempfile.TemporaryDirectory(prefix="vl") as runtime:
            before = os.environ["VOILENS_RUNTIME"]
            os.environ["VOILENS_RUNTIME"] = runtime
            started = time.perf_counter()
            connect(export).classify(photo.read_bytes())
            ours.append(time.perf_counter() - started)
            os.environ["VOILENS_RUNTIME"] = before
            for process in psutil.process_iter(["cmdline"]):
                if any(runtime in part for part in process.info["cmdline"] or []):
                    process.kill()
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", BARE, str(network)], cwd=PROJECT, check=True)
        bare.append(time.perf_counter() - started)
    what, reference = "nothing running to the first answer", "importing ONNX Runtime and one pass"
    return [Figure(what, reference, median(ours[1:]), median(bare[1:]), 1.5, "s")]
