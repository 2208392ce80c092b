"""The command line: python -m model COMMAND ..., each command a module of `model.commands`.

With --json, standard output holds one JSON document and nothing else; progress and sentences go to standard error.
Exit status: 0 done, 1 some input was refused, 2 wrong usage.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Sequence
from importlib import import_module

from model.commands.options import print_json
from model.errors import AppError, BadUsage

COMMANDS = (
    "predict",
    "train",
    "augment",
    "evaluate",
    "baselines",
    "overview",
    "scan",
    "score",
    "changes",
    "intake",
    "check",
    "neighbours",
    "publish",
    "serve",
)


def main(arguments: list[str] | None = None) -> int:
    warnings.simplefilter("ignore", FutureWarning)  # torch's and torchvision's own
    given = sys.argv[1:] if arguments is None else arguments
    options = _parser([name for name in COMMANDS if name in given[:1]] or COMMANDS).parse_args(given)
    try:
        return options.run(options)
    except AppError as error:
        print(error, file=sys.stderr)
        if getattr(options, "json", False):
            print_json({"error": str(error), **_help(error)})
        return 2 if isinstance(error, BadUsage) else 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 1


def _help(error: AppError) -> dict[str, object]:
    """What a program can do about an error: the `suggestions` of one about a folder."""
    return {"suggestions": error.values["suggestions"]} if "suggestions" in error.values else {}


def _parser(names: Sequence[str] = COMMANDS) -> argparse.ArgumentParser:
    """What reads the commands of these names; the modules of others are not imported."""
    parser = argparse.ArgumentParser(prog="python -m model", description="Train, measure, clean and serve an image classifier.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name in names:
        import_module(f"model.commands.{name}").add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
