"""What the commands share: how they are declared, the options that recur, how they print."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.artifacts import serving_state

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from model.classifier import Classifier
    from model.jobs import Recorder

    Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]


NAMED = 20  # files that are named for each reason to leave them out


def command(
    commands: Commands, name: str, run: Callable[[argparse.Namespace], int], what: str, as_json: bool = True
) -> argparse.ArgumentParser:
    """Declare one command; `run(options)` gives its exit status."""
    parser = commands.add_parser(name, help=what, description=what.capitalize() + ".")
    parser.set_defaults(run=run)
    if as_json:
        parser.add_argument("--json", action="store_true", help="print one JSON document")
    return parser


def add_model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", metavar="FILE", help="an export that you trust (default: the one that serves)")


def add_data(parser: argparse.ArgumentParser) -> None:
    """Declare DATA, and --labels for a folder that is not sorted into class folders."""
    parser.add_argument(
        "data", metavar="DATA", help="a folder of class folders, its address (s3://...), a zip of one, or the word digits"
    )
    parser.add_argument("--labels", type=Path, metavar="CSV", help="labels by a CSV that names pictures and their classes")


def open_data(options: argparse.Namespace, recorder: Recorder) -> None:
    """Where DATA is a zip, open it, where it is an address, copy it, and let DATA be the folder that it became; that is told.

    Raises BadData.
    """
    from model.data import DIGITS, copy_folder, is_address, open_zip

    given = Path(options.data)
    if is_address(options.data):
        address, options.data = options.data, str(copy_folder(options.data, recorder.report, recorder.stopping))
        print(f"{address} is copied: its pictures are in {options.data}.", file=sys.stderr)
    elif given.is_file() and options.data != DIGITS:
        options.data = str(open_zip(given, recorder.report, recorder.stopping))
        print(f"{given} is opened: its pictures are in {options.data}.", file=sys.stderr)


def add_mirror(parser: argparse.ArgumentParser) -> None:
    """Declare --mirror: True, False, or None where it is guessed."""
    parser.add_argument(
        "--mirror",
        type=_yes_or_no,
        metavar="yes|no",
        help="whether pictures may be mirrored (default: a guess by the classes)",
    )


def add_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--run", type=Path, metavar="FOLDER", dest="run_folder", help="write the events of the work there too")


def _yes_or_no(text: str) -> bool:
    """An argparse type: yes or no."""
    if text not in ("yes", "no"):
        raise argparse.ArgumentTypeError("must be yes or no")
    return text == "yes"


def positive(text: str) -> int:
    """An argparse type: a whole number of at least 1."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def port(text: str) -> int:
    """An argparse type: the number of a port."""
    number = int(text)
    if not 0 < number < 2**16:
        raise argparse.ArgumentTypeError("must be between 1 and 65535")
    return number


def above_zero(text: str) -> float:
    """An argparse type: a number above 0."""
    number = float(text)
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError("must be above 0")
    return number


def share_cores() -> None:
    """Let torch's threads rest while they wait, because workers that open pictures need the cores; before torch is imported."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")


def model_of(options: argparse.Namespace) -> Path:
    """The export that --model names, or the one that serves."""
    return serving_state.serving() if options.model is None else Path(options.model)


def load_classifier(options: argparse.Namespace) -> Classifier:
    """The classifier that --model names, or the one that serves, taken as its card says. Raises BadModel."""
    from model.classifier import Classifier

    return Classifier.load(model_of(options), named=options.model is not None)


def tell_left_out(document: dict[str, Any]) -> None:
    """Name what a document says was left out on standard error, for each reason the first few files."""
    by_reason: dict[str, list[str]] = {}
    for file in document["left_out"]:
        by_reason.setdefault(file["reason"], []).append(file["file"])
    for reason, files in by_reason.items():
        for file in files[:NAMED]:
            print(f"Left out: {file}: {reason}", file=sys.stderr)
        if len(files) > NAMED:
            print(f"Left out: {len(files) - NAMED:,} more: {reason}", file=sys.stderr)


def tell_refused(document: dict[str, Any]) -> int:
    """Name what a document says was left out or refused on standard error; give the exit status.

    `left_out` lists {file, reason}: what is no picture, a README say, which is no failure; `refused` {file, error}: pictures
    that could not be read.
    """
    tell_left_out(document)
    for file in document["refused"]:
        print(f"{file['file']}: {file['error']}", file=sys.stderr)
    return 1 if document["refused"] else 0


def print_json(document: dict[str, Any]) -> None:
    print(json.dumps(document))  # ASCII, because a file name may be no text
