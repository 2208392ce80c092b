"""fastai itself, in a process of its own: times its `predict` and its bare network on request."""

from __future__ import annotations

import sys
import time
import warnings
from pathlib import Path

import fastai.vision.all as fv
import torch

warnings.simplefilter("ignore")


def main(export: Path, photo: Path, times: int) -> None:
    learner = fv.load_learner(export)
    content = photo.read_bytes()
    ready = learner.dls.test_dl([content]).one_batch()[0].as_subclass(torch.Tensor)
    network = learner.model.eval()

    def forward() -> None:
        with torch.inference_mode():
            network(ready)

    def predict() -> None:
        with learner.no_bar():
            learner.predict(content)

    for warm in (forward, predict):
        warm()
    print("ready", flush=True)
    for line in sys.stdin:
        run = {"forward": forward, "predict": predict}[line.strip()]
        taken = []
        for _ in range(times):
            started = time.perf_counter()
            run()
            taken.append(1000 * (time.perf_counter() - started))
        print(*taken, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
