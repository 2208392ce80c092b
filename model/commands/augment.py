"""python -m model augment: show what a random crop and the augmentations do to one picture."""

from __future__ import annotations

import argparse
from pathlib import Path

from model import jobs
from model.commands.options import add_run, command, positive, print_json
from model.commands.train import add_config, config_from
from model.errors import BadUsage
from model.training import FINE_TUNING


def add(commands) -> None:
    parser = command(commands, "augment", run, "show what training makes of one picture")
    parser.add_argument("picture", type=Path, metavar="PICTURE")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where the pictures go")
    parser.add_argument("--count", type=positive, default=8, metavar="N", help="(default: %(default)s)")
    add_config(parser, FINE_TUNING, f"(default: {FINE_TUNING[0]})")
    add_run(parser)


def run(options: argparse.Namespace) -> int:
    options.preset = options.preset or FINE_TUNING[0]
    config = config_from(options)
    with jobs.Recorder(options.run_folder) as recorder:
        from model import training

        files = []
        try:
            options.out.mkdir(parents=True, exist_ok=True)
            for number, picture in enumerate(training.augmented_views(options.picture, options.count, config)):
                files.append(options.out / f"augmented-{number + 1}.jpg")
                picture.save(files[-1], quality=92)
        except OSError as error:
            raise BadUsage(f"Cannot write to {options.out} ({error.strerror}): choose another folder.") from error
        result = {"files": [str(file) for file in files], "picture": str(options.picture)}
        recorder.done(result)
    if options.json:
        print_json(result)
    else:
        print(*result["files"], sep="\n")
    return 0
