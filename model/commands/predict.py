"""python -m model predict: classify pictures."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.commands.options import add_model, command, load_classifier, model_of, print_json
from model.core import percent
from model.errors import BadImage
from model.images import frame_here

if TYPE_CHECKING:
    from collections.abc import Callable

    from model.classifier import Classifier
    from model.commands.options import Commands
    from model.types import Prediction


def add(commands: Commands) -> None:
    parser = command(commands, "predict", run, "classify pictures")
    parser.add_argument("pictures", nargs="+", metavar="PICTURE")
    parser.add_argument(
        "--explain", type=Path, metavar="DIR", help="say why, too: what was seen, and which places count, as pictures in DIR"
    )
    add_model(parser)


def run(options: argparse.Namespace) -> int:
    classifier = load_classifier(options)
    answers = classifier.classify([Path(name) for name in options.pictures])
    explain = _explainer(options, classifier) if options.explain else None
    results: list[dict[str, Any]] = []
    for name, answer in zip(options.pictures, answers, strict=True):
        if isinstance(answer, BadImage):
            results.append({"file": name, "error": str(answer)})
            line = f"{name}: {answer}"
        else:
            results.append({"file": name, **answer.to_json()})
            doubt = "" if answer.status == "sure" else f" ({answer.status})"
            line = f"{name}: {answer.label} {percent(answer.probability)}{doubt}"
            if explain:
                found = results[-1]["explanation"] = explain(Path(name), answer)
                line += f"; why: {found['heat'] or found['seen']}"
                for note in found["notes"]:
                    print(f"{name}: {note}", file=sys.stderr)
            if answer.note:
                print(f"{name}: {answer.note}", file=sys.stderr)
        if not options.json:
            print(line, file=sys.stderr if "error" in results[-1] else sys.stdout)
    if options.json:
        print_json({"results": results})
    return 1 if any("error" in result for result in results) else 0


def _explainer(options: argparse.Namespace, classifier: Classifier) -> Callable[[Path, Prediction], dict[str, Any]]:
    """What says why: it leaves pictures in the folder of --explain, and gives what is where."""
    from model.explanation import SHOWN, Explainer, write_explanation

    explainer = Explainer(classifier.model, model_of(options))

    def explain(file: Path, prediction: Prediction) -> dict[str, Any]:
        framed = frame_here(classifier.model.framing, file, SHOWN)
        return write_explanation(explainer.explain(framed, prediction), options.explain, file.stem)

    return explain
