"""python -m model score: find doubtful labels, copies and broken pictures in a folder."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from model import runs
from model.commands.common import MODEL, add_data, add_labels, add_model, add_run, command, print_json
from model.wording import percent

SHOWN = 20


def add(commands) -> None:
    parser = command(commands, "score", run, "find doubtful labels, copies and broken pictures")
    add_data(parser)
    add_labels(parser)
    add_model(parser)
    add_run(parser)


def run(options: argparse.Namespace) -> int:
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # torch's threads rest in between: the workers need the cores
    from model import score

    with runs.Recorder(options.run_folder) as recorder:
        model = Path(options.model or MODEL)
        found = score.score(options.data, model, options.model is not None, options.labels, recorder.report, recorder.stopping)
        recorder.done({"items": len(found["items"]), "doubtful": sum(item["doubtful"] for item in found["items"])})
    if options.json:
        print_json(found)
        return 0
    doubtful = [item for item in found["items"] if item["doubtful"]]
    print(f"{len(found['items'])} pictures, {len(doubtful)} of them with a doubtful label:")
    for item in doubtful[:SHOWN]:
        rather = f"rather {item['suggested']}, " if item["suggested"] else ""
        print(f"{item['file']}: {item['label']}, {rather}doubt {percent(item['doubt'])}")
    print(f"{len(found['duplicates'])} groups of copies, {len(found['quality'])} pictures of doubtful quality.")
    return 0
