"""python -m model changes: what the cleaner's marks ask for, done or undone without a screen."""

from __future__ import annotations

import argparse
import sys
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from model import jobs
from model.commands.options import add_data, command, open_data, print_json
from model.core import one_line
from model.journal import Journal
from model.types import Change

RESULTS = {"list": "pending", "apply": "applied", "undo": "undone"}
EMPTY_TRASH = "empty-trash"
NOTHING = {"list": "No changes are pending.", "apply": "There was nothing to apply.", "undo": "There was nothing to undo."}


def add(commands) -> None:
    parser = command(commands, "changes", run, "list the changes marked in the cleaner, apply them, or undo the last apply")
    add_data(parser)
    parser.add_argument(
        "what",
        choices=[*RESULTS, EMPTY_TRASH],
        help="list what is pending, apply it, undo the last apply, or remove for good what was deleted",
    )


def run(options: argparse.Namespace) -> int:
    with ExitStack() as stack:
        recorder = stack.enter_context(jobs.Recorder(None))
        open_data(options, recorder)
        journal = stack.enter_context(closing(Journal(options.data, options.labels)))
        if options.what == EMPTY_TRASH:
            return _tell_removed(journal.empty_trash(), options.json)
        if options.what == "list":
            changes = journal.pending()
        elif options.what == "apply":
            changes = journal.apply(recorder.report)
        else:
            changes = journal.undo_apply()
        labels = journal.labels
    if options.json:
        document: dict[str, Any] = {RESULTS[options.what]: [_to_json(change, options.data) for change in changes]}
        print_json(document | ({"labels": str(labels)} if labels else {}))
    else:
        for change in changes:
            print(_line(change, undone=options.what == "undo"))
        if labels and changes:
            print(f"Pictures stay where they are; their labels are now in {labels}.", file=sys.stderr)
        if not changes:
            print(NOTHING[options.what], file=sys.stderr)
    return 0


def _tell_removed(count: int, as_json: bool) -> int:
    if as_json:
        print_json({"removed": count})
    else:
        print(f"{count} deleted picture{'s are' if count != 1 else ' is'} removed for good.", file=sys.stderr)
    return 0


def _to_json(change: Change, data: str) -> dict[str, Any]:
    to = None if change.to is None else str(Path(data) / change.to)
    return change.to_json() | {"file": str(Path(data) / change.file), "to": to}


def _line(change: Change, undone: bool) -> str:
    """ "train/cat/1.jpg: relabel dog → train/dog/1-2.jpg (1.jpg was taken)"."""
    what = change.action if change.label is None else f"{change.action} {change.label}"
    if change.to in (None, change.file):
        return one_line(f"{change.file}: {what}")
    taken = Path(change.to).name != Path(change.file).name
    arrow = "←" if undone else "→"
    return one_line(f"{change.file}: {what} {arrow} {change.to}") + (f" ({Path(change.file).name} was taken)" if taken else "")
