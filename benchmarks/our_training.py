"""Our training in a process of its own, with an empty cache: accuracy and seconds so far at each epoch's end, as JSON."""

from __future__ import annotations

import json
import sys
import tempfile
import time
import warnings
from pathlib import Path

from model.commands.options import share_cores
from model.training import choose_config

warnings.simplefilter("ignore")


def main(data: str, seed: int) -> None:
    share_cores()  # as the command does
    from model import training

    started, epochs = time.perf_counter(), []

    def report(event: dict) -> None:
        if event["event"] == "epoch":
            epochs.append({"seconds": time.perf_counter() - started, "accuracy": event["accuracy"]})
            print(epochs[-1], file=sys.stderr, flush=True)

    with tempfile.TemporaryDirectory() as scratch:
        training.train(data, choose_config("quick", seed=seed), Path(scratch, "export.pkl"), report)
    print(json.dumps(epochs))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
