"""python -m model score: find doubtful labels, copies and broken pictures in a folder."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from model import dataset, first_pages, runs
from model.commands.common import MODEL, add_data, add_labels, add_model, add_run, command, print_json, share_cores
from model.wording import percent

SHOWN = 20


def add(commands) -> None:
    parser = command(commands, "score", run, "find doubtful labels, copies and broken pictures")
    add_data(parser)
    add_labels(parser)
    add_model(parser)
    parser.add_argument("--thorough", action="store_true", help="find more: teach networks without the pictures they judge")
    parser.add_argument(
        "--init", type=Path, metavar="FILE", help="an export or a weights file these start from (default: the model)"
    )
    add_run(parser)


def run(options: argparse.Namespace) -> int:
    share_cores()
    from model import score

    with runs.Recorder(options.run_folder) as recorder:
        model = Path(options.model or MODEL)
        found = score.score(
            options.data,
            model,
            options.model is not None,
            options.labels,
            recorder.report,
            recorder.stopping,
            options.thorough,
            options.init,
        )
        recorder.done({"items": len(found["items"]), "doubtful": sum(item["doubtful"] for item in found["items"])})
    first_pages.make(dataset.folder(options.data))  # of what the cleaner shows first
    broken = [picture for picture in found["quality"] if picture["problem"] is not None]
    for picture in broken:
        print(f"{picture['file']}: {picture['problem']}", file=sys.stderr)
    if options.json:
        print_json(found)
    else:
        _print(found)
    return 1 if broken else 0


def _print(found: dict[str, Any]) -> None:
    doubtful = [item for item in found["items"] if item["doubtful"]]
    print(f"{len(found['items'])} pictures, {len(doubtful)} of them with a doubtful label:")
    for item in doubtful[:SHOWN]:
        rather = f"rather {item['suggested']}, " if item["suggested"] else ""
        print(f"{item['file']}: {item['label']}, {rather}doubt {percent(item['doubt'])}")
    print(f"{len(found['duplicates'])} groups of copies, {len(found['quality'])} pictures of doubtful quality.")
