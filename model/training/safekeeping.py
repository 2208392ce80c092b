"""What was learned, kept in a file from the last epoch until its export is in place, so that no failure in between loses it.

Whether the disk has room for it is checked before the first. Knows files and disks, not how an export is made.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from model.core import replacing
from model.errors import AppError, BadUsage
from model.training.config import UNFINISHED
from model.training.trained import Trained


@contextmanager
def keeping(trained: Trained, folder: Path, name: str) -> Iterator[Callable[[Path], None]]:
    """Keep its weights in `folder` until the block has ended well; gives a function that keeps its export instead.

    After an error in the block the file stays, and the AppError that is raised says where it is; so it does after a kill.
    """
    import torch

    weights, export = (folder / f"{name}-{UNFINISHED}.{kind}" for kind in ("pth", "pkl"))
    with suppress(OSError, RuntimeError), replacing(weights) as draft, draft.open("xb") as file:  # room was looked for before
        torch.save(trained.learner.model.state_dict(), file)

    def keep(made: Path) -> None:
        with suppress(OSError):
            with replacing(export) as draft:
                shutil.copyfile(made, draft)
            weights.unlink(missing_ok=True)

    try:
        yield keep
    except Exception as error:
        told = f"The training is done, but its model could not be finished: {_why(error)} {_where(export, weights)}"
        raise AppError(told) from error
    for kept in (weights, export):
        kept.unlink(missing_ok=True)


@contextmanager
def scratch_beside(out: Path) -> Iterator[Path]:
    """A folder on the disk of `out`, for what is not finished; gone afterwards."""
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".voilens-") as folder:
        yield Path(folder)


def check_room(places: Iterable[Path], needed: int) -> None:
    """Refuse places that cannot be written, or have less than `needed` bytes free. Raises BadUsage."""
    for place in places:
        if not os.access(place, os.W_OK):
            raise BadUsage(f"Cannot write to {place}: make it writable.")
        if shutil.disk_usage(place).free < needed:
            raise BadUsage(f"There is too little room at {place} for the model ({needed / 1e6:.0f} MB): make room.")


def _why(error: Exception) -> str:
    return str(error) if isinstance(error, AppError) else f"something unforeseen happened ({type(error).__name__}: {error})."


def _where(export: Path, weights: Path) -> str:
    if export.is_file():
        return f"It is kept in {export}: measure it (python -m model evaluate DATA --model {export})."
    if weights.is_file():
        return f"What it learned is kept in {weights}: start from that (python -m model train DATA --init {weights})."
    return "Nor could it be kept: make room, and train again."
