"""python -m model overview: what lies in a folder, before anything is learned from it."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from model import jobs
from model.commands.options import add_data, add_run, command, open_data, print_json

if TYPE_CHECKING:
    from model.commands.options import Commands


def add(commands: Commands) -> None:
    parser = command(commands, "overview", run, "say what lies in a folder of pictures")
    add_data(parser)
    add_run(parser)


def run(options: argparse.Namespace) -> int:
    from model.data import Suggestion, summarize

    with jobs.Recorder(options.run_folder) as recorder:
        open_data(options, recorder)
        result = summarize(options.data, recorder.report, options.labels)
        recorder.done(result)
    if options.json:
        print_json(result)
        return 0
    width = max(len(row["label"]) for row in result["classes"])
    for row in result["classes"]:
        print(f"{row['label']:>{width}}", *(f"{row[split]:6} {split}" for split in ("train", "valid", "test")))
    for group in result["left_out"]:
        print(f"Left out, {group['count']}: {group['reason']}: {', '.join(group['files'])}", file=sys.stderr)
    if result["problem"]:
        print(result["problem"], file=sys.stderr)
    elif result["suggestions"]:
        print(Suggestion(**result["suggestions"][0]).told(), file=sys.stderr)
    return 0
