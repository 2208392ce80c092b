"""python -m model intake: files of corrections that visitors saved, taken in for the cleaner, as dropping them there does."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model import catalog, intake, jobs
from model.commands.options import add_data, command, open_data, print_json
from model.core import number_of
from model.errors import AppError, BadData, BadUsage

if TYPE_CHECKING:
    from model.commands.options import Commands


def add(commands: Commands) -> None:
    parser = command(commands, "intake", run, "take in corrections that visitors of a published page saved")
    add_data(parser)
    parser.add_argument("files", metavar="FILE", type=Path, nargs="+", help="what “Save my corrections” made")


def run(options: argparse.Namespace) -> int:
    if options.labels:
        raise BadUsage("Photos can be added to class folders alone, and a CSV holds these labels: leave --labels out.")
    with jobs.Recorder(None) as recorder:
        open_data(options, recorder)
        catalog.scan(options.data, None, recorder.report, recorder.stopping)
    results = [_take(options.data, file) for file in options.files]
    if options.json:
        print_json({"results": results})
    else:
        taken = sum(result.get("taken", 0) for result in results)
        print(f"{number_of(taken, 'photo')} taken: look at “from visitors” in the cleaner.")
    return 1 if any("error" in result for result in results) else 0


def _take(data: str, file: Path) -> dict[str, Any]:
    try:
        return {"file": str(file), "taken": intake.take_corrections(data, _content(file), file.name)}
    except AppError as error:
        print(error, file=sys.stderr)
        return {"file": str(file), "error": str(error)}


def _content(file: Path) -> bytes:
    """What is in a file, and a little of one that is too large."""
    try:
        with file.open("rb") as stream:
            return stream.read(intake.corrections.MAX_FILE + 1)
    except OSError as error:
        raise BadData(f"Cannot read {file} ({error.strerror}): check the name and the permissions.") from error
