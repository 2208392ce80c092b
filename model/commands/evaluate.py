"""python -m model evaluate: measure a classifier on pictures it has not learned from."""

from __future__ import annotations

import argparse
import sys

from model.commands.common import add_data, add_model, command, load_classifier, print_json
from model.wording import percent


def add(commands) -> None:
    parser = command(commands, "evaluate", run, "measure a classifier on pictures it has not learned from")
    add_data(parser)
    parser.add_argument("--split", choices=("test", "valid", "all"), help="(default: test where there is one, else valid)")
    add_model(parser)


def run(options: argparse.Namespace) -> int:
    from model import dataset, evaluate

    pictures = dataset.read(options.data)
    has_test = any(item.split == "test" for item in pictures.items)
    split = options.split or ("test" if has_test else "valid")
    report = evaluate.report(load_classifier(options), pictures.of(split), split)
    for file in report.refused:
        print(f"{file['file']}: {file['error']}", file=sys.stderr)
    if options.json:
        print_json(report.to_json())
    else:
        low, high = report.interval
        print(f"{percent(report.accuracy)} of {report.count} {split} pictures right (95 %: {percent(low)} to {percent(high)})")
        width = max(map(len, report.classes))
        for name, row in zip(report.classes, report.confusion, strict=True):
            print(f"{name:>{width}}", *(f"{count:5}" for count in row))
    return 1 if report.refused else 0
