"""The command line: python -m model predict | train | evaluate | serve.

With --json, standard output holds one JSON document and nothing else; progress and sentences go to standard error.
Exit status: 0 done, 1 some input was refused, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from pathlib import Path
from typing import Any

from model.console import Progress
from model.errors import AppError, BadImage, BadUsage
from model.wording import percent

MODEL = "export.pkl"


def main(arguments: list[str] | None = None) -> int:
    warnings.simplefilter("ignore", FutureWarning)  # torch's and torchvision's own
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except AppError as error:
        print(error, file=sys.stderr)
        if getattr(options, "json", False):
            _print_json({"error": str(error)})
        return 2 if isinstance(error, BadUsage) else 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m model", description="Train, measure and serve an image classifier.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    predict = _command(commands, "predict", _predict, "classify pictures")
    predict.add_argument("pictures", nargs="+", metavar="PICTURE")
    _add_model(predict)

    train = _command(commands, "train", _train, "fine-tune a classifier on a folder of pictures")
    _add_data(train)
    train.add_argument("--out", default=MODEL, metavar="FILE", help="where the export goes (default: %(default)s)")
    train.add_argument("--init", metavar="imagenet|scratch|FILE", help="what to start from (default: the shipped model)")
    train.add_argument("--arch", default="resnet18", help="one of torchvision's architectures (default: %(default)s)")
    train.add_argument("--size", type=_positive, metavar="N", help="pixels per side (default: from the pictures)")
    train.add_argument("--epochs", type=_positive, default=5, metavar="N", help="(default: %(default)s)")
    train.add_argument("--note", default="", metavar="TEXT", help="what the model card should say of the data, its source say")
    train.add_argument("--seed", type=int, default=0, metavar="N", help="(default: %(default)s)")

    evaluate = _command(commands, "evaluate", _evaluate, "measure a classifier on pictures it has not learned from")
    _add_data(evaluate)
    evaluate.add_argument("--split", choices=("test", "valid", "all"), help="(default: test where there is one, else valid)")
    _add_model(evaluate)

    serve = _command(commands, "serve", _serve, "run the model process", as_json=False)
    serve.add_argument("--host", default="127.0.0.1", metavar="H")
    serve.add_argument("--port", type=int, default=8765, metavar="P")
    serve.add_argument("--uds", metavar="PATH", help="listen on this unix socket instead")
    serve.add_argument("--idle", type=float, metavar="SECONDS", help="end after so long without a request (default: never)")
    _add_model(serve)
    return parser


def _command(commands, name: str, run, what: str, as_json: bool = True) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=what, description=what.capitalize() + ".")
    parser.set_defaults(run=run)
    if as_json:
        parser.add_argument("--json", action="store_true", help="print one JSON document")
    return parser


def _add_model(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", metavar="FILE", help=f"an export that you trust (default: {MODEL}, checked by its card)")


def _add_data(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("data", metavar="DATA", help="a folder of class folders, or the word digits")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def _load(options: argparse.Namespace):
    from model.classifier import Classifier

    return Classifier.load(options.model or MODEL, named=options.model is not None)


def _predict(options: argparse.Namespace) -> int:
    answers = _load(options).classify([Path(name) for name in options.pictures])
    results = []
    for name, answer in zip(options.pictures, answers, strict=True):
        if isinstance(answer, BadImage):
            results.append({"file": name, "error": str(answer)})
            lines = [f"{name}: {answer}"]
        else:
            results.append({"file": name, **answer.to_json()})
            doubt = "" if answer.status == "sure" else f" ({answer.status})"
            lines = [f"{name}: {answer.label} {percent(answer.probability)}{doubt}"]
        if not options.json:
            print(*lines, sep="\n", file=sys.stderr if "error" in results[-1] else sys.stdout)
    if options.json:
        _print_json({"results": results})
    return 1 if any("error" in result for result in results) else 0


def _train(options: argparse.Namespace) -> int:
    from model import train

    recipe = train.Recipe(options.arch, options.init, options.size, options.epochs, seed=options.seed, note=options.note)
    with Progress() as progress:
        result = train.fit(options.data, recipe, Path(options.out), progress.show)
    for file in result["left_out"]:
        print(f"Left out: {file['file']}: {file['reason']}", file=sys.stderr)
    if options.json:
        _print_json(result)
    else:
        low, high = result["interval"]
        print(
            f"{result['out']}: {percent(result['accuracy'])} of {result['valid_count']} validation pictures right "
            f"(95 % interval {percent(low)} to {percent(high)}), in {result['seconds']:.0f} s."
        )
    return 1 if result["left_out"] else 0


def _evaluate(options: argparse.Namespace) -> int:
    from model import dataset, evaluate

    pictures = dataset.read(options.data)
    has_test = any(item.split == "test" for item in pictures.items)
    split = options.split or ("test" if has_test else "valid")
    report = evaluate.report(_load(options), pictures.of(split), split)
    for file in report.refused:
        print(f"{file['file']}: {file['error']}", file=sys.stderr)
    if options.json:
        _print_json(report.to_json())
    else:
        low, high = report.interval
        print(f"{percent(report.accuracy)} of {report.count} {split} pictures right (95 %: {percent(low)} to {percent(high)})")
        width = max(map(len, report.classes))
        for name, row in zip(report.classes, report.confusion, strict=True):
            print(f"{name:>{width}}", *(f"{count:5}" for count in row))
    return 1 if report.refused else 0


def _serve(options: argparse.Namespace) -> int:
    from model import server

    model = Path(options.model or MODEL)
    return server.serve(model, options.model is not None, options.host, options.port, options.uds, options.idle)


def _print_json(document: dict[str, Any]) -> None:
    print(json.dumps(document))  # ASCII, for a file name may be no text


if __name__ == "__main__":
    sys.exit(main())
