"""A module of ours run as a program, so that what it needs never enters the process that asks; its refusals come back.

The program ends with a line by which its sentence is found: the name of the kind of refusal, a colon, the sentence.
"""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Callable

from model.core.paths import PROJECT
from model.errors import AppError

_log = logging.getLogger("voilens")


def run_alone(module: str, arguments: list[str], about: object, refusal: type[AppError], otherwise: AppError) -> None:
    """Run `python -m module`, which works by `tell_refusal`: its sentence is raised as `refusal`.

    What else fails is logged, with what it was `about`, and raised as `otherwise`.
    """
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if not done.returncode:
        return
    start = f"{refusal.__name__}: "
    sentences = [line for line in done.stderr.splitlines() if line.startswith(start)]
    if sentences:
        raise refusal(sentences[-1].removeprefix(start))
    _log.error("%s failed on %s: %s", module, about, done.stderr)
    raise otherwise


def tell_refusal(work: Callable[[], None], refusal: type[AppError]) -> None:
    """Do the work of such a program; whatever AppError it raises is told as a `refusal`, on one line."""
    try:
        work()
    except AppError as error:
        sys.exit(f"{refusal.__name__}: " + " ".join(str(error).split()))
