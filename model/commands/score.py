"""python -m model score: find doubtful labels, copies and broken pictures in a folder."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model import jobs
from model.commands.options import (
    add_data,
    add_run,
    command,
    open_data,
    positive,
    print_json,
    share_cores,
    tell_refused,
)
from model.core import percent
from model.data import read_dataset

if TYPE_CHECKING:
    from model.commands.options import Commands

SHOWN = 20


def add(commands: Commands) -> None:
    parser = command(commands, "score", run, "find doubtful labels, copies and broken pictures")
    add_data(parser)
    parser.add_argument("--model", type=Path, metavar="EXPORT", help="judge by the body of this export (default: the general)")
    parser.add_argument("--answering", type=Path, metavar="EXPORT", help="keep what this export says of each picture beside it")
    parser.add_argument("--engine", choices=("embedded", "ray"), default="embedded", help="who looks (default: this process)")
    parser.add_argument("--workers", type=positive, metavar="N", help="of Ray (default: one for each two cores)")
    add_run(parser)


def run(options: argparse.Namespace) -> int:
    share_cores()
    from model import scoring

    with jobs.Recorder(options.run_folder) as recorder:
        open_data(options, recorder)
        how = scoring.ScoreOptions(options.model, True, options.labels, options.answering)
        if options.engine == "ray":
            how = replace(how, engine=scoring.OnRay(options.workers))
        found = scoring.score(options.data, how, recorder.report, recorder.stopping)
        recorder.done({"items": len(found["items"]), "doubtful": sum(item["doubtful"] for item in found["items"])})
    found |= _left_out(options, found["quality"])
    status = tell_refused(found)
    if options.json:
        print_json(found)
    else:
        _print(found)
    return status


def _left_out(options: argparse.Namespace, quality: list[dict[str, Any]]) -> dict[str, list[dict[str, str]]]:
    """What is no picture, as `left_out`, and the pictures that cannot be opened, as `refused`."""
    pictures = read_dataset(options.data, options.labels, checksum=lambda file: "0" * 16, record=False)  # sides do not matter
    found = pictures.left_out_to_json()
    found["refused"] += [{"file": one["file"], "error": one["problem"]} for one in quality if one["problem"] is not None]
    return found


def _print(found: dict[str, Any]) -> None:
    doubtful = [item for item in found["items"] if item["doubtful"]]
    print(f"{len(found['items'])} pictures, {len(doubtful)} of them with a doubtful label:")
    for item in doubtful[:SHOWN]:
        rather = f"rather {item['suggested']}, " if item["suggested"] else ""
        print(f"{item['file']}: {item['label']}, {rather}doubt {percent(item['doubt'])}")
    print(f"{len(found['duplicates'])} groups of copies, {len(found['quality'])} pictures of doubtful quality.")
