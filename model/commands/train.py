"""python -m model train: train a classifier on a folder of pictures."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from model import jobs
from model.artifacts import EXPORT, serving_state
from model.commands import neighbours
from model.commands.neighbours import OWNER, VISITORS, add_show
from model.commands.options import (
    above_zero,
    add_data,
    add_mirror,
    add_run,
    command,
    open_data,
    positive,
    print_json,
    share_cores,
    tell_left_out,
)
from model.core import absolute, percent
from model.data import DIGITS
from model.errors import AppError, BadUsage
from model.training import (
    AUGMENTATIONS,
    CROPS,
    FIND,
    FINE_TUNING,
    PRESETS,
    UNFINISHED,
    TrainConfig,
    choose_config,
    why_fine_tuned,
)


def add(commands) -> None:
    parser = command(commands, "train", run, "train a classifier on a folder of pictures")
    add_data(parser)
    parser.add_argument("--out", type=Path, metavar="FILE", help=f"the export (default: {EXPORT} in the folder of the run)")
    parser.add_argument("--use", action="store_true", help="let it serve: the page and all that names no model take it then")
    parser.add_argument("--init", metavar="imagenet|scratch|FILE", help="what fine-tuning starts from (default: imagenet)")
    parser.add_argument("--arch", help="the network, by torchvision's name or timm's (default: efficientnet_lite0)")
    parser.add_argument("--epochs", type=positive, metavar="N", help="(default: the preset's)")
    parser.add_argument("--lr", type=_rate, metavar=f"X|{FIND}", help=f"the learning rate, or {FIND} to look for one")
    parser.add_argument("--patience", type=positive, metavar="N", help="end after so many epochs without a better one")
    parser.add_argument(
        "--compare",
        nargs="?",
        const="",
        metavar="EXPORT",
        help="say which is better, this one or another (default: the one that serves)",
    )
    parser.add_argument("--note", metavar="TEXT", help="what the model card should say of the data, its source say")
    add_show(parser, "--neighbours", (OWNER, VISITORS), None)
    add_config(parser, tuple(PRESETS), f"(default: instant; {FINE_TUNING[0]} where an option of fine-tuning is given)")
    add_run(parser)


def add_config(parser: argparse.ArgumentParser, presets: Sequence[str], default: str) -> None:
    """The options that also say what a picture looks like in training; `default` says which of the `presets` is meant."""
    parser.add_argument("--preset", choices=presets, help=default)
    parser.add_argument("--size", type=positive, metavar="N", help="pixels per side (default: from the pictures)")
    parser.add_argument("--crop", choices=tuple(CROPS), help="how a picture becomes a square (default: random)")
    parser.add_argument(
        "--augment", type=_names, metavar="A,B,...", help=f"of {', '.join(AUGMENTATIONS)}, or none (default: all that suit)"
    )
    add_mirror(parser)
    parser.add_argument("--seed", type=_seed, metavar="N", help="(default: 0)")


def config_from(options: argparse.Namespace) -> TrainConfig:
    """The configuration that the options describe. Raises BadUsage."""
    return choose_config(options.preset, **_fields(options))


def _fields(options: argparse.Namespace) -> dict[str, Any]:
    """The fields of a configuration that the options name, None where they do not."""
    given = vars(options)
    same = ("arch", "init", "size", "epochs", "patience", "note", "crop", "augment", "mirror", "seed")
    return {"learning_rate": given.get("lr"), **{name: given.get(name) for name in same}}


def run(options: argparse.Namespace) -> int:
    share_cores()
    from model import training

    config = config_from(options)
    if options.preset is None and (why := why_fine_tuned(**_fields(options))):
        print(why, file=sys.stderr)
    with _run_folder(options, config.preset) as folder, jobs.Recorder(folder) as recorder:
        open_data(options, recorder)
        out = options.out or Path(folder or "") / EXPORT
        rival = _rival(options.compare)
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
        if options.neighbours:
            result["notes"] += _keep_neighbours(options, out, recorder)
        recorder.done(result)
    if options.use:
        serving_state.serve(out)
    tell_left_out(result)
    for note in result["notes"]:
        print(note, file=sys.stderr)
    if result["mirrored"] is False and config.mirror is None:
        print(f"{result['mirrored_by']} Where that is wrong: --mirror yes.", file=sys.stderr)
    if options.json:
        print_json(result)
    else:
        low, high = result["interval"]
        print(
            f"{result['out']}: {percent(result['accuracy'])} of {result['valid_count']} validation pictures right "
            f"(95 % interval {percent(low)} to {percent(high)}), in {result['seconds']:.0f} s."
        )
        print(result["how"] if config.instant else f"{result['how']} The best epoch was chosen by them.")
        if cross := result.get("cross_validated"):
            low, high = map(percent, cross["interval"])
            print(f"{cross['how']} Of these {percent(cross['accuracy'])} are right ({low} to {high}).")
        if serving_state.is_serving(out):
            print("It serves from now on: the page answers with it.")
        else:
            print(f"It does not serve yet: choose “Use this model” in the page, train with --use, or name it: --model {out}.")
    return 1 if result["refused"] else 0


@contextmanager
def _run_folder(options: argparse.Namespace, preset: str) -> Iterator[Path | None]:
    """The folder of --run, else a run of its own where the export has no other place; one that leaves no export goes again."""
    if options.run_folder or options.out:
        yield options.run_folder
        return
    folder = jobs.begin("train", [_data(options), *_choices(options, preset)])
    try:
        yield folder
    finally:
        if not (folder / EXPORT).is_file() and not any(folder.glob(f"*{UNFINISHED}*")):
            shutil.rmtree(folder, ignore_errors=True)


def _keep_neighbours(options: argparse.Namespace, out: Path, recorder: jobs.Recorder) -> list[str]:
    """Keep copies of the training pictures beside the export; a note where that fails, which costs no training."""
    try:
        neighbours.keep(options.data, options.labels, out, options.neighbours, recorder)
    except (AppError, OSError, KeyboardInterrupt) as error:
        return [f"No copies of training pictures were kept: {error}"]
    return []


def _data(options: argparse.Namespace) -> str:
    return DIGITS if options.data == DIGITS else str(absolute(options.data))


def _choices(options: argparse.Namespace, preset: str) -> list[str]:
    """What was chosen, as the page gives it to a run: pairs of an option and its text."""
    given = {name: getattr(options, name) for name in ("init", "arch", "size", "epochs", "lr", "crop", "seed", "neighbours")}
    given["labels"] = absolute(options.labels) if options.labels else None
    given["augment"] = None if options.augment is None else ",".join(options.augment) or "none"
    given["mirror"] = None if options.mirror is None else "yes" if options.mirror else "no"
    chosen = {"preset": preset, **{name: value for name, value in given.items() if value is not None}}
    return [part for name, value in chosen.items() for part in (f"--{name}", str(value))]


def _rival(named: str | None) -> Path | None:
    """The export that --compare means. Raises BadUsage."""
    if named is None:
        return None
    rival = Path(named) if named else serving_state.serving()
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
