"""python -m model check: what a model file would import, without running any of it."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from model.commands.options import command, print_json
from model.core import listing

if TYPE_CHECKING:
    from model.commands.options import Commands


def add(commands: Commands) -> None:
    parser = command(commands, "check", run, "say what a model file would import, without running any of it")
    parser.add_argument("file", type=Path, metavar="FILE")


def run(options: argparse.Namespace) -> int:
    from model.artifacts import check_export

    found = check_export(options.file)
    if options.json:
        print_json(asdict(found))
        return 1 if found.problems else 0
    if found.imports:
        print(f"It would import {len(found.imports)} names:")
        print(*(f"  {name}" for name in found.imports), sep="\n")
    if found.classes:
        print(f"Classes: {listing(found.classes, 'and')}.")
    print("Safe: it names nothing but parts of fastai exports." if found.safe else "Not known to be safe.")
    for problem in found.problems:
        print(f"{options.file}: {problem}", file=sys.stderr)
    return 1 if found.problems else 0
