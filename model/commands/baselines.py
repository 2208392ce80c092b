"""python -m model baselines: simple methods that every model must beat."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from model import jobs
from model.commands.options import (
    add_data,
    add_model,
    add_run,
    command,
    load_classifier,
    open_data,
    positive,
    print_json,
    share_cores,
)
from model.core import duration
from model.errors import BadModel

if TYPE_CHECKING:
    from model.classifier import Classifier
    from model.commands.options import Commands


def add(commands: Commands) -> None:
    parser = command(commands, "baselines", run, "measure simple methods that a model must beat, and the model")
    add_data(parser)
    parser.add_argument("--size", type=positive, metavar="N", help="pixels per side (default: from the pictures)")
    add_model(parser)
    add_run(parser)


def run(options: argparse.Namespace) -> int:
    share_cores()
    from model import evaluation

    with jobs.Recorder(options.run_folder) as recorder:
        open_data(options, recorder)
        classifier, note = _classifier(options)
        found = evaluation.run_baselines(
            options.data, options.size, classifier, recorder.report, recorder.stopping, options.labels
        )
        result = found.to_json()
        result["notes"] = note + result["notes"]
        recorder.done(result)
    for file in found.left_out:
        print(f"Left out: {file['file']}: {file['reason']}", file=sys.stderr)
    if options.json:
        print_json(result)
    else:
        width = max((len(baseline.name) for baseline in found.baselines), default=0)
        for baseline in found.baselines:
            low, high = (f"{100 * bound:.1f}" for bound in baseline.interval)
            share = f"{100 * baseline.accuracy:5.1f} %  (95 %: {low} to {high} %)"
            print(f"{baseline.name:<{width}}  {share:<32}  {_seconds(baseline.seconds)}")
        for sentence in result["notes"]:
            print(sentence)
    return 1 if found.left_out else 0


def _classifier(options: argparse.Namespace) -> tuple[Classifier | None, list[str]]:
    """The model, or None and the reason; one that was named must be there."""
    try:
        return load_classifier(options), []
    except BadModel as error:
        if options.model is not None:
            raise
        return None, [f"The fine-tuned model is left out. {error}"]


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds < 10 else duration(seconds)
