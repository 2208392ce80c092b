"""python -m model predict: classify pictures."""

from __future__ import annotations

import argparse
import sys
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model.commands.options import add_model, command, load_classifier, model_of, print_json
from model.core import percent
from model.errors import BadImage
from model.images import frame_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from model.classifier import Classifier
    from model.commands.options import Commands
    from model.images import Framed
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
    explain = _explainer(options, classifier) if options.explain else None
    results: list[dict[str, Any]] = []
    for name, framed, answer in _answers(classifier, options.pictures, shown=options.explain is not None):
        if isinstance(answer, BadImage):
            results.append({"file": name, "error": str(answer)})
            line = f"{name}: {answer}"
        else:
            results.append({"file": name, **answer.to_json()})
            doubt = "" if answer.status == "sure" else f" ({answer.status})"
            line = f"{name}: {answer.label} {percent(answer.probability)}{doubt}"
            if explain and framed:
                found = results[-1]["explanation"] = explain(framed, answer, Path(name).stem)
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


def _answers(
    classifier: Classifier, names: Sequence[str], shown: bool
) -> Iterator[tuple[str, Framed | None, Prediction | BadImage]]:
    """Each picture by its name, framed by workers, with its answer or why it is refused."""
    from model.classifier import BATCH

    side = 0
    if shown:
        from model.explanation import SHOWN as side
    outcomes = frame_files([Path(name) for name in names], classifier.model.framing, side)
    pairs = zip(names, outcomes, strict=True)
    while some := list(islice(pairs, BATCH)):
        answers = classifier.classify_opened([each for _, each in some])
        for (name, each), answer in zip(some, answers, strict=True):
            yield name, None if isinstance(each, BadImage) else each, answer


def _explainer(options: argparse.Namespace, classifier: Classifier) -> Callable[[Framed, Prediction, str], dict[str, Any]]:
    """What says why: it leaves pictures in the folder of --explain, named after the picture's, and gives what is where."""
    from model.explanation import Explainer, write_explanation

    explainer = Explainer(classifier.model, model_of(options))

    def explain(framed: Framed, prediction: Prediction, name: str) -> dict[str, Any]:
        return write_explanation(explainer.explain(framed, prediction), options.explain, name)

    return explain
