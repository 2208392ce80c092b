"""python -m model serve: run the model process."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from model.commands.options import above_zero, add_model, command, model_of, port, share_cores

if TYPE_CHECKING:
    from model.commands.options import Commands


def add(commands: Commands) -> None:
    parser = command(commands, "serve", run, "run the model process", as_json=False)
    parser.add_argument("--host", default="127.0.0.1", metavar="H")
    parser.add_argument("--port", type=port, default=8765, metavar="P")
    parser.add_argument("--uds", metavar="PATH", help="listen on this unix socket instead")
    parser.add_argument("--idle", type=above_zero, metavar="SECONDS", help="end after so long unasked (default: never)")
    add_model(parser)
    parser.add_argument("--checked", action="store_true", help="take FILE only as its card describes it, as the default is")


def run(options: argparse.Namespace) -> int:
    share_cores()
    from model import serving

    named = options.model is not None and not options.checked
    return serving.serve(model_of(options), named, options.host, options.port, options.uds, options.idle)
