"""python -m model neighbours: small copies of the training pictures beside a model, of which “why” shows the most similar."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from model import jobs
from model.artifacts import load_safe_model, model_card
from model.commands.options import add_data, add_model, add_run, command, model_of, open_data, print_json
from model.core import number_of
from model.data import read_dataset
from model.errors import BadUsage

if TYPE_CHECKING:
    from model.commands.options import Commands

OWNER, VISITORS, NOBODY = "owner", "visitors", "nobody"


def add(commands: Commands) -> None:
    parser = command(commands, "neighbours", run, "keep small copies of a model's training pictures, to show the most similar")
    add_data(parser)
    add_show(parser, "--show", (OWNER, VISITORS, NOBODY), OWNER)
    add_model(parser)
    add_run(parser)


def add_show(parser: argparse.ArgumentParser, name: str, choices: tuple[str, ...], default: str | None) -> None:
    """Declare who may see the copies."""
    parser.add_argument(
        name,
        choices=choices,
        default=default,
        help="who sees small copies of the training pictures, the most similar ones, under “why” "
        f"(default: {default or 'none are kept'})",
    )


def run(options: argparse.Namespace) -> int:
    export = model_of(options)
    with jobs.Recorder(options.run_folder) as recorder:
        open_data(options, recorder)
        kept = keep(options.data, options.labels, export, options.show, recorder, named=options.model is not None)
        result = {"kept": kept, "show": options.show, "model": str(export)}
        recorder.done(result)
    if options.json:
        print_json(result)
    elif options.show == NOBODY:
        print(f"No copies of training pictures are kept beside {export}.")
    else:
        whom = "you alone see them" if options.show == OWNER else "visitors of a public page see them, too"
        print(f"Small copies of {number_of(kept, 'training picture')} are kept beside {export}: {whom}.")
    return 0


def keep(data: str, labels: Path | None, export: Path, show: str, recorder: jobs.Recorder, named: bool = True) -> int:
    """Keep copies of the training pictures of `data` beside `export` for those who may see them, or let them go; how many."""
    from model.explanation import keep_neighbours, neighbours_beside

    if show == NOBODY:
        neighbours_beside(export).unlink(missing_ok=True)
        return 0
    items = [item for item in read_dataset(data, labels=labels).items if item.split == "train"]
    sha256, card = model_card.admit(export, named)
    unknown = {item.label for item in items} - set(card.classes or {item.label for item in items})
    if unknown:
        raise BadUsage(
            f"{export} was not trained on {data}: it does not know {sorted(unknown)[0]}. Name the folder that it was."
        )
    model = load_safe_model(export, sha256)
    return keep_neighbours(export, sha256, model, items, show == VISITORS, recorder.report, recorder.stopping)
