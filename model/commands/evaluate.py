"""python -m model evaluate: measure a classifier, or compare two, on pictures they have not learned from."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model import evaluation, jobs
from model.commands.options import (
    MODEL,
    add_data,
    add_labels,
    add_model,
    add_run,
    command,
    left_out,
    load_classifier,
    print_json,
    share_cores,
    tell_refused,
)
from model.core import checksum, percent

if TYPE_CHECKING:
    from model.classifier import Classifier
    from model.evaluation import Evaluation
    from model.types import Item


REPORT = "report.json"  # in the run folder


def add(commands) -> None:
    parser = command(commands, "evaluate", run, "measure a classifier on pictures it has not learned from")
    add_data(parser)
    parser.add_argument("--split", choices=("test", "valid", "all"), help="(default: test where there is one, else valid)")
    parser.add_argument("--compare", metavar="FILE", help="another export that you trust, measured on the same pictures")
    add_labels(parser)
    add_model(parser)
    add_run(parser)


def run(options: argparse.Namespace) -> int:
    share_cores()
    with jobs.Recorder(options.run_folder) as recorder:
        document, answers = _measure(options, recorder)
        full = {**document, "answers": answers}
        if options.run_folder:
            (options.run_folder / REPORT).write_text(json.dumps(full), encoding="utf-8")
        recorder.done(full)
    status = tell_refused(document["refused"])
    if options.json:
        print_json(document)
    else:
        _print(document)
    return status


def _measure(options: argparse.Namespace, recorder: jobs.Recorder) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The report as JSON, and the answer for each picture."""
    from model.classifier import Classifier
    from model.data import read_dataset
    from model.evaluation import compare_answers

    pictures = read_dataset(options.data, labels=options.labels)
    has_test = any(item.split == "test" for item in pictures.items)
    split = options.split or ("test" if has_test else "valid")
    items = pictures.of(split)
    exports = [Path(options.model or MODEL)]
    classifiers = [load_classifier(options)]
    if options.compare:
        exports.append(Path(options.compare))
        classifiers.append(Classifier.load(options.compare, named=True))
    looked = _look(classifiers, items, recorder)
    at_test = any(item.split == "test" for item in items)
    document = {**looked[0].report(split).to_json(), "has_test": has_test, "looked_at_test": at_test}
    document["refused"] = left_out(pictures) + document["refused"]
    if at_test:
        for export in exports:
            document["test_looks"] = evaluation.log_test_use(pictures.root, checksum(export))
    answers = looked[0].answers()
    if options.compare:
        document["comparison"] = compare_answers(looked[1].answers(), answers).to_json()
    return document, answers


def _look(classifiers: list[Classifier], items: list[Item], recorder: jobs.Recorder) -> list[Evaluation]:
    from model import evaluation

    looked = []
    for number, classifier in enumerate(classifiers):

        def tell(count: int, before: int = number * len(items)) -> None:
            if recorder.stopping():
                raise KeyboardInterrupt
            recorder.report({"event": "evaluating", "done": before + count, "total": len(classifiers) * len(items)})

        looked.append(evaluation.evaluate(classifier, items, tell))
    return looked


def _print(document: dict[str, Any]) -> None:
    low, high = (percent(bound) for bound in document["interval"])
    share, count = percent(document["accuracy"]), document["count"]
    sure = ""
    if document["answered"]:
        sure = f"; sure of {percent(document['answered'])}, and of those {percent(document['answered_accuracy'])} right"
    print(f"{share} of {count} {document['split']} pictures right (95 %: {low} to {high}){sure}")
    width = max(map(len, document["classes"]))
    for name, row in zip(document["classes"], document["confusion"], strict=True):
        print(f"{name:>{width}}", *(f"{count:5}" for count in row))
    if "comparison" in document:
        print(document["comparison"]["sentence"])
    if document["looked_at_test"]:
        print(evaluation.test_use_sentence(document["test_looks"]), file=sys.stderr)
