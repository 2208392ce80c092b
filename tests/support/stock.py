"""An export asked by stock fastai, in a process that cannot import this project."""

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
learner = load_learner(sys.argv[1])
with learner.no_bar(), learner.no_logging():
    answers = [learner.predict(file)[2].tolist() for file in sys.argv[2:]]
print(json.dumps({"vocab": list(learner.dls.vocab), "answers": answers}))
"""


def ask_stock_fastai(export: Path, pictures: Sequence[Path | str], folder: Path) -> dict[str, Any]:
    """{"vocab", "answers": probabilities of each picture}; `folder` is where the process works."""
    command = [sys.executable, "-I", "-c", ALONE, str(export), *map(str, pictures)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
