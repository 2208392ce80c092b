"""The model that the project came with: where it is, and the pairs that earlier versions put aside. Knows files, no network.

No version writes over the shipped pair any more: a person's own models lie among the runs, and `serving_state` says which
one serves. Standard library only.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

from model import jobs
from model.artifacts import model_card
from model.core import PROJECT, absolute
from model.errors import BadModel

REPLACED = "replaced"  # among the runs; a folder for each pair that an earlier version replaced
EXPORT = "export.pkl"


def shipped_place() -> Path:
    """Where the shipped export lies."""
    return PROJECT / EXPORT


def shipped() -> Path:
    """The export that the project came with, by the word of its card: in its place, else among those that were replaced.

    Where none says so of itself, the one in its place.
    """
    place = shipped_place()
    return place if says_shipped(place) else kept_shipped() or place


def kept_shipped() -> Path | None:
    """The shipped export among the pairs that were replaced; None where it was never replaced."""
    return next((export for folder in replaced() if says_shipped(export := folder / EXPORT)), None)


def replaced() -> list[Path]:
    """The folders of the pairs that earlier versions replaced, the newest first."""
    home = runs_folder() / REPLACED
    return sorted((folder for folder in home.glob("*") if (folder / EXPORT).is_file()), reverse=True)


def says_shipped(export: Path) -> bool:
    """Whether the card of an export says that the project came with it."""
    with contextlib.suppress(BadModel):
        card = model_card.read(export)
        return card is not None and card.shipped is True
    return False


def is_shipped_place(target: Path) -> bool:
    """Whether this is the place of the shipped export."""
    return target.resolve() == shipped_place().resolve()


def runs_folder() -> Path:
    """The folder of the runs, as a path that holds in every folder."""
    return absolute(jobs.runs_folder())
