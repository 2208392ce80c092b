"""python -m model train: fine-tune a classifier on a folder of pictures."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from model import jobs
from model.commands.options import (
    MODEL,
    above_zero,
    add_data,
    add_mirror,
    add_run,
    command,
    open_data,
    positive,
    print_json,
    share_cores,
)
from model.core import percent
from model.errors import BadUsage
from model.training import AUGMENTATIONS, CROPS, FIND, PRESETS, TrainConfig, choose_config


def add(commands) -> None:
    parser = command(commands, "train", run, "fine-tune a classifier on a folder of pictures")
    add_data(parser)
    parser.add_argument("--out", type=Path, metavar="FILE", help=f"the export (default: {MODEL}, or in the folder of --run)")
    parser.add_argument("--init", metavar="imagenet|scratch|FILE", help="what to start from (default: the shipped model)")
    parser.add_argument("--arch", help="one of torchvision's architectures (default: resnet18)")
    parser.add_argument("--epochs", type=positive, metavar="N", help="(default: the preset's)")
    parser.add_argument("--lr", type=_rate, metavar=f"X|{FIND}", help=f"the learning rate, or {FIND} to look for one")
    parser.add_argument("--patience", type=positive, metavar="N", help="end after so many epochs without a better one")
    parser.add_argument(
        "--compare",
        nargs="?",
        const="",
        metavar="EXPORT",
        help="say which is better, this one or another (default: the one that is replaced, or the shipped one)",
    )
    parser.add_argument("--note", metavar="TEXT", help="what the model card should say of the data, its source say")
    add_config(parser)
    add_run(parser)


def add_config(parser: argparse.ArgumentParser) -> None:
    """The options that also say what a picture looks like in training."""
    parser.add_argument("--preset", choices=tuple(PRESETS), default="quick", help="(default: %(default)s)")
    parser.add_argument("--size", type=positive, metavar="N", help="pixels per side (default: from the pictures)")
    parser.add_argument("--crop", choices=tuple(CROPS), help="how a picture becomes a square (default: random)")
    parser.add_argument(
        "--augment", type=_names, metavar="A,B,...", help=f"of {', '.join(AUGMENTATIONS)}, or none (default: all that suit)"
    )
    add_mirror(parser)
    parser.add_argument("--seed", type=_seed, metavar="N", help="(default: 0)")


def config_from(options: argparse.Namespace) -> TrainConfig:
    """The configuration that the options describe. Raises BadUsage."""
    given = vars(options)
    same = ("arch", "init", "size", "epochs", "patience", "note", "crop", "augment", "mirror", "seed")
    return choose_config(options.preset, learning_rate=given.get("lr"), **{name: given.get(name) for name in same})


def run(options: argparse.Namespace) -> int:
    share_cores()
    from model import training

    config = config_from(options)
    folder = options.run_folder
    out = options.out or (folder / Path(MODEL).name if folder else Path(MODEL))
    with jobs.Recorder(folder) as recorder:
        open_data(options, recorder)
        rival = _rival(options.compare, out)
        result = training.train(
            options.data,
            config,
            out,
            recorder.report,
            recorder.stopping,
            rival=rival,
            labels=options.labels,
            folder=folder,
        )
        del result["answers"]  # one a picture: for the report alone
        recorder.done(result)
    for file in result["left_out"]:
        print(f"Left out: {file['file']}: {file['reason']}", file=sys.stderr)
    for note in result["notes"]:
        print(note, file=sys.stderr)
    if not result["mirrored"] and config.mirror is None:
        print(f"{result['mirrored_by']} Where that is wrong: --mirror yes.", file=sys.stderr)
    if options.json:
        print_json(result)
    else:
        low, high = result["interval"]
        print(
            f"{result['out']}: {percent(result['accuracy'])} of {result['valid_count']} validation pictures right "
            f"(95 % interval {percent(low)} to {percent(high)}), in {result['seconds']:.0f} s."
        )
    return 1 if result["left_out"] else 0


def _rival(named: str | None, out: Path) -> Path | None:
    """The export that --compare means. Raises BadUsage."""
    if named is None:
        return None
    rival = Path(named) if named else out if out.is_file() else Path(MODEL)
    if not rival.is_file():
        raise BadUsage(f"There is no export {rival} to compare with: name one (--compare EXPORT), or leave --compare out.")
    return rival


def _rate(text: str) -> float | str:
    """An argparse type: a number above 0, or the word that asks for a search."""
    return text if text == FIND else above_zero(text)


def _seed(text: str) -> int:
    """An argparse type: a whole number of at least 0."""
    number = int(text)
    if not 0 <= number < 2**32:
        raise argparse.ArgumentTypeError("must be between 0 and 4294967295")
    return number


def _names(text: str) -> tuple[str, ...]:
    """An argparse type: names of augmentations; `none`, or nothing, for none."""
    names = tuple(name.strip() for name in text.split(",") if name.strip() and name.strip() != "none")
    for name in names:
        if name not in AUGMENTATIONS:
            raise argparse.ArgumentTypeError(f"there is no {name}: choose from {', '.join(AUGMENTATIONS)}")
    return names
