"""Exports asked by stock fastai, in a process that cannot import this project."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ALONE = """
import importlib.util, json, os, sys, warnings
sys.path = [place for place in sys.path if not os.path.isfile(os.path.join(place, "model", "classifier.py"))]
assert importlib.util.find_spec("model") is None
warnings.simplefilter("ignore")
from fastai.vision.all import load_learner
exports, files = json.loads(sys.argv[1])
for export in exports:
    learner = load_learner(export)
    with learner.no_bar(), learner.no_logging():
        answers = [learner.predict(file)[2].tolist() for file in files]
    print(json.dumps({"vocab": list(learner.dls.vocab), "answers": answers}))
"""


def ask_stock_fastai(exports: Sequence[Path], pictures: Sequence[Path], folder: Path) -> dict[Path, dict[str, Any]]:
    """{"vocab", "answers": probabilities of each picture} of each export; `folder` is where the process works."""
    asked = json.dumps([[*map(str, exports)], [*map(str, pictures)]])
    done = subprocess.run([sys.executable, "-I", "-c", ALONE, asked], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return dict(zip(exports, map(json.loads, done.stdout.splitlines()), strict=True))
