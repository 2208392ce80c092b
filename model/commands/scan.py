"""python -m model scan: bring the catalog of a folder up to date, as the cleaner does when it opens one."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from model import catalog, jobs
from model.commands.options import add_data, add_run, command, open_data, print_json, tell_refused
from model.data import read_dataset

if TYPE_CHECKING:
    from model.commands.options import Commands


def add(commands: Commands) -> None:
    parser = command(commands, "scan", run, "list the pictures of a folder for the cleaner")
    add_data(parser)
    add_run(parser)


def run(options: argparse.Namespace) -> int:
    with jobs.Recorder(options.run_folder) as recorder:
        open_data(options, recorder)
        count = catalog.scan(options.data, options.labels, recorder.report, recorder.stopping)
        pictures = read_dataset(options.data, options.labels, checksum=lambda file: "0" * 16, record=False)
        result: dict[str, Any] = {"pictures": count, **pictures.left_out_to_json()}
        recorder.done({"pictures": count})
    status = tell_refused(result)
    if options.json:
        print_json(result)
    else:
        broken = sum(file.item is not None for file in pictures.refused)
        print(f"{count} pictures are in the catalog{f', {broken} of which cannot be read' if broken else ''}.")
    return status
