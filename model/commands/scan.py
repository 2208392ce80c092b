"""python -m model scan: bring the catalog of a folder up to date, as the cleaner does when it opens one."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from model import catalog, jobs
from model.commands.options import add_data, add_labels, add_run, command, print_json

if TYPE_CHECKING:
    from model.commands.options import Commands


def add(commands: Commands) -> None:
    parser = command(commands, "scan", run, "list the pictures of a folder for the cleaner")
    add_data(parser)
    add_labels(parser)
    add_run(parser)


def run(options: argparse.Namespace) -> int:
    with jobs.Recorder(options.run_folder) as recorder:
        result = {"pictures": catalog.scan(options.data, options.labels, recorder.report, recorder.stopping)}
        recorder.done(result)
    if options.json:
        print_json(result)
    else:
        print(f"{result['pictures']} pictures are in the catalog.")
    return 0
