"""python -m model evaluate: measure a classifier, or compare two, on pictures they have not learned from."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

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
    from model.data import Dataset


def add(commands: Commands) -> None:
    parser = command(commands, "evaluate", run, "measure a classifier on pictures it has not learned from")
    add_data(parser)
    looks = "(default: %(default)s; each look at the test pictures is counted)"
    parser.add_argument("--split", choices=("valid", "test", "all"), default="valid", help=looks)
    parser.add_argument("--compare", metavar="FILE", help="another export that you trust, measured on the same pictures")
    degraded = "also measure it on grey, dark, blurred, turned, tinted copies, and on other backgrounds"
    parser.add_argument("--degraded", action="store_true", help=degraded)
    curve = "also say what twice as many photos would bring, of all and of each class, by heads on the resting body"
    parser.add_argument("--curve", action="store_true", help=curve)
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
    if options.curve:
        document["curve"] = _curve(dataset, recorder)
    if options.run_folder:  # a page has asked: there, a picture that was measured is judged
        evaluation.keep_answers(dataset, document["answers"])
    return document


def _curve(dataset: Dataset, recorder: jobs.Recorder) -> dict[str, Any]:
    """The learning curve of the pictures of a folder that are for training and validation."""
    from model.features import frozen_body, look_at

    items = [item for item in dataset.items if item.split in ("train", "valid")]
    looked = look_at(items, dataset.root, frozen_body(), recorder.report, recorder.stopping)

    def progress(done: int, total: int) -> None:
        if recorder.stopping():
            raise KeyboardInterrupt
        recorder.report({"event": "evaluating", "phase": "learning from fewer photos", "done": done, "total": total})

    numbers = {label: number for number, label in enumerate(dataset.classes)}
    copies = {content: number for number, content in enumerate(dict.fromkeys(looked.contents))}
    labels = np.array([numbers[item.label] for item in looked.items])
    groups = np.array([copies[content] for content in looked.contents])
    return evaluation.learning_curve(looked.seen.features, labels, dataset.classes, groups, progress).to_json()


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
    if "curve" in document:
        _print_curve(document["curve"])
    if "comparison" in document:
        print(document["comparison"]["sentence"])
    if document["looked_at_test"]:
        print(evaluation.test_use_sentence(document["test_looks"]), file=sys.stderr)


def _print_curve(curve: dict[str, Any]) -> None:
    print(curve["sentence"])
    for point in curve["points"]:
        low, high = (percent(bound) for bound in point["interval"])
        print(f"{point['photos']:>8,} photos to learn from: {percent(point['accuracy'])} ({low} to {high})")
    for row in curve["classes"]:
        low, high = (f"{100 * bound:.1f}" for bound in row["gain"])
        print(f"{row['name']:>12}: {percent(row['right'])} of {row['photos']:,}; twice as many bring {low} to {high}")
    print(curve["how"])
