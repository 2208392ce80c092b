"""python -m model predict: classify pictures."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from model.commands.options import add_model, command, load_classifier, print_json
from model.core import percent
from model.errors import BadImage

if TYPE_CHECKING:
    from model.commands.options import Commands


def add(commands: Commands) -> None:
    parser = command(commands, "predict", run, "classify pictures")
    parser.add_argument("pictures", nargs="+", metavar="PICTURE")
    add_model(parser)


def run(options: argparse.Namespace) -> int:
    answers = load_classifier(options).classify([Path(name) for name in options.pictures])
    results = []
    for name, answer in zip(options.pictures, answers, strict=True):
        if isinstance(answer, BadImage):
            results.append({"file": name, "error": str(answer)})
            line = f"{name}: {answer}"
        else:
            results.append({"file": name, **answer.to_json()})
            doubt = "" if answer.status == "sure" else f" ({answer.status})"
            line = f"{name}: {answer.label} {percent(answer.probability)}{doubt}"
            if answer.note:
                print(f"{name}: {answer.note}", file=sys.stderr)
        if not options.json:
            print(line, file=sys.stderr if "error" in results[-1] else sys.stdout)
    if options.json:
        print_json({"results": results})
    return 1 if any("error" in result for result in results) else 0
