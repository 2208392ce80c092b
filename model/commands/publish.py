"""python -m model publish: a model as a page that others can open, made and proved."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from model import jobs
from model.commands.options import add_model, add_run, command, model_of, positive, print_json
from model.core import file_list
from model.errors import BadUsage

if TYPE_CHECKING:
    from model.commands.options import Commands
    from model.publishing import Check, Published
    from model.types import Item

    Publishes = Callable[[Path, Path, bool, str | None, jobs.Report], Published]

HOME = Path("published")  # where what is published lies, unless --out says
SIGNS = {True: "right", False: "WRONG", None: "not looked at"}


def add(commands: Commands) -> None:
    what = "publish a model as a page that others can open"
    parser = commands.add_parser("publish", help=what, description=what.capitalize() + ".")
    ways = parser.add_subparsers(required=True, metavar="WAY")
    static = command(ways, "static", run_static, "a folder for any web server: the photo stays in the browser")
    static.add_argument(
        "--data", metavar="DATA", help="answers are compared on its validation pictures (default: what its run learned from)"
    )
    static.add_argument("--labels", type=Path, metavar="CSV", help="labels of DATA by a CSV that names pictures and classes")
    static.add_argument("--pictures", type=positive, default=60, metavar="N", help="so many of them in a browser (default: 60)")
    static.add_argument("--examples", action="store_true", help="show six of them on the page, to click: anybody sees them")
    binder = command(ways, "binder", run_binder, "a repository that Binder runs: free, sleeps after ten minutes")
    binder.add_argument("--repository", metavar="OWNER/NAME", help="where it will be on GitHub (default: by git remote)")
    container = command(ways, "container", run_container, "a container for a machine of your own, and the proxy before it")
    ray = command(ways, "ray", run_ray, "the page with its model in replicas, on one machine or many, by Ray Serve")
    for parser in (static, binder, container, ray):
        parser.add_argument("--author", metavar="NAME", help="who made it, as the page's card is to say")
        parser.add_argument("--out", type=Path, metavar="DIR", help=f"(default: {HOME}/WAY)")
        add_model(parser)
        add_run(parser)


def run_static(options: argparse.Namespace) -> int:
    from model.publishing import keep_examples, publish_static

    export, named = model_of(options), options.model is not None
    with jobs.Recorder(options.run_folder) as recorder:
        items = _validation(options, export)
        if options.examples:
            if not items:
                raise BadUsage("Examples are chosen from validation pictures: name the folder that it was trained on (--data).")
            from model.classifier import Classifier

            kept = keep_examples(export, Classifier.load(export, named=named), items)
            print(f"Anybody will see {file_list([file.name for file in kept])}, kept beside {export}.", file=sys.stderr)
        files = [item.path for item in items]
        out, most = options.out or HOME / "static", options.pictures
        done = publish_static(export, out, named, files, most, recorder.report, options.author)
        recorder.done(done.to_json())
    return _tell(options, done)


def run_binder(options: argparse.Namespace) -> int:
    from model.publishing import publish_binder

    def publish(export: Path, out: Path, named: bool, author: str | None, report: jobs.Report) -> Published:
        return publish_binder(export, out, named, options.repository, author, report)

    return _run(options, "binder", publish)


def run_container(options: argparse.Namespace) -> int:
    from model.publishing import publish_container

    return _run(options, "container", publish_container)


def run_ray(options: argparse.Namespace) -> int:
    from model.publishing import publish_ray

    return _run(options, "ray", publish_ray)


def _run(options: argparse.Namespace, way: str, publish: Publishes) -> int:
    """Publish by a way that needs the export alone."""
    with jobs.Recorder(options.run_folder) as recorder:
        out, named = options.out or HOME / way, options.model is not None
        done = publish(model_of(options), out, named, options.author, recorder.report)
        recorder.done(done.to_json())
    return _tell(options, done)


def _validation(options: argparse.Namespace, export: Path) -> list[Item]:
    """The validation pictures of --data, else of the folder that the run of the export learned from, while that is there."""
    from model.data import DIGITS, read_dataset

    data, labels = options.data, options.labels
    if data is None:
        with contextlib.suppress(BadUsage):
            run = jobs.find(export.parent)
            data, labels = run.arguments[0] if run.arguments else None, run.option("--labels")
        if data is None or (data != DIGITS and not Path(data).exists()):
            return []
    return read_dataset(data, labels=labels and Path(labels), record=False).of("valid")


def _tell(options: argparse.Namespace, done: Published) -> int:
    if options.json:
        print_json(done.to_json())
    else:
        for check in done.proof.checks:
            print(_line(check))
        print(f"In words and with a picture: {done.report}")
        for step in done.steps:
            print(step)
    return 0 if done.proof.passed else 1


def _line(check: Check) -> str:
    return f"{check.name}: {SIGNS[check.passed]}. {check.said}"
