"""python -m model evaluate: measure a classifier, or compare two, on pictures they have not learned from."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model import evaluation, jobs
from model.commands.options import (
    add_data,
    add_model,
    add_run,
    command,
    load_classifier,
    model_of,
    open_data,
    print_json,
    share_cores,
    tell_refused,
)
from model.core import percent

if TYPE_CHECKING:
    from model.commands.options import Commands


def add(commands: Commands) -> None:
    parser = command(commands, "evaluate", run, "measure a classifier on pictures it has not learned from")
    add_data(parser)
    looks = "(default: %(default)s; each look at the test pictures is counted)"
    parser.add_argument("--split", choices=("valid", "test", "all"), default="valid", help=looks)
    parser.add_argument("--compare", metavar="FILE", help="another export that you trust, measured on the same pictures")
    degraded = "also measure it on grey, dark, blurred, turned, tinted copies, and on other backgrounds"
    parser.add_argument("--degraded", action="store_true", help=degraded)
    add_model(parser)
    add_run(parser)


def run(options: argparse.Namespace) -> int:
    share_cores()
    with jobs.Recorder(options.run_folder) as recorder:
        open_data(options, recorder)
        document = _evaluate(options, recorder)
        if options.run_folder:
            evaluation.write_report(options.run_folder, document)
        recorder.done(document)
    del document["answers"]  # one a picture: for the report alone
    status = tell_refused(document)
    if options.json:
        print_json(document)
    else:
        _print(document)
    return status


def _evaluate(options: argparse.Namespace, recorder: jobs.Recorder) -> dict[str, Any]:
    from model.classifier import Classifier
    from model.data import read_dataset

    dataset = read_dataset(options.data, labels=options.labels)
    model = evaluation.LoadedExport(model_of(options), load_classifier(options))
    rival = None
    if options.compare:
        rival = evaluation.LoadedExport(Path(options.compare), Classifier.load(options.compare, named=True))
    document = evaluation.evaluate_folder(
        dataset, model, rival, options.split, recorder.report, recorder.stopping, options.degraded
    )
    if options.run_folder:  # a page has asked: there, a picture that was measured is judged
        evaluation.keep_answers(dataset, document["answers"])
    return document


def _print(document: dict[str, Any]) -> None:
    low, high = (percent(bound) for bound in document["interval"])
    share, count = percent(document["accuracy"]), document["count"]
    sure = ""
    if document["answered"]:
        sure = f"; sure of {percent(document['answered'])}, and of those {percent(document['answered_accuracy'])} right"
    print(f"{share} of {count} {document['split']} pictures right (95 % interval {low} to {high}){sure}")
    print(document["how"])
    width = max(map(len, document["classes"]))
    for name, row in zip(document["classes"], document["confusion"], strict=True):
        print(f"{name:>{width}}", *(f"{count:5}" for count in row))
    for row in document.get("degraded", []):
        among = f", and {percent(row['answered_accuracy'])} of those right" if row["answered"] else ""
        print(
            f"{row['name']:>12}: {percent(row['accuracy'])} of {row['count']} right; sure of {percent(row['answered'])}{among}"
        )
    if "comparison" in document:
        print(document["comparison"]["sentence"])
    if document["looked_at_test"]:
        print(evaluation.test_use_sentence(document["test_looks"]), file=sys.stderr)
