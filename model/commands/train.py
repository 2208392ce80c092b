"""python -m model train: fine-tune a classifier on a folder of pictures."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from model import runs
from model.commands.common import MODEL, add_data, add_run, command, positive, print_json
from model.wording import percent


def add(commands) -> None:
    parser = command(commands, "train", run, "fine-tune a classifier on a folder of pictures")
    add_data(parser)
    parser.add_argument("--out", default=MODEL, metavar="FILE", help="where the export goes (default: %(default)s)")
    parser.add_argument("--init", metavar="imagenet|scratch|FILE", help="what to start from (default: the shipped model)")
    parser.add_argument("--arch", default="resnet18", help="one of torchvision's architectures (default: %(default)s)")
    parser.add_argument("--size", type=positive, metavar="N", help="pixels per side (default: from the pictures)")
    parser.add_argument("--epochs", type=positive, default=5, metavar="N", help="(default: %(default)s)")
    parser.add_argument("--note", default="", metavar="TEXT", help="what the model card should say of the data, its source say")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="(default: %(default)s)")
    add_run(parser)


def run(options: argparse.Namespace) -> int:
    from model import train

    recipe = train.Recipe(options.arch, options.init, options.size, options.epochs, seed=options.seed, note=options.note)
    with runs.Recorder(options.run_folder) as recorder:
        result = train.fit(options.data, recipe, Path(options.out), recorder.report)
        recorder.done(result)
    for file in result["left_out"]:
        print(f"Left out: {file['file']}: {file['reason']}", file=sys.stderr)
    if options.json:
        print_json(result)
    else:
        low, high = result["interval"]
        print(
            f"{result['out']}: {percent(result['accuracy'])} of {result['valid_count']} validation pictures right "
            f"(95 % interval {percent(low)} to {percent(high)}), in {result['seconds']:.0f} s."
        )
    return 1 if result["left_out"] else 0
