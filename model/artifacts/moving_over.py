"""A checkout in which an earlier version put a person's model in the place of the shipped export, set right by itself.

Earlier versions replaced `export.pkl` and kept what they replaced in `replaced/<time>/` among the runs. The person's model
moves among the runs and serves from there; the shipped pair comes back, so that the checkout is as it came. A crash at any
point is mended by doing it again: nothing is written over before it is whole elsewhere. Standard library only.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from model.artifacts import model_card, registry
from model.artifacts.model_card import ModelCard
from model.artifacts.registry import EXPORT
from model.core import checksum, free_name, put_in_place, replacing
from model.errors import BadModel

Serve = Callable[..., None]


def is_due() -> bool:
    """Whether another export is in the place of the shipped one, and that one is kept."""
    return not registry.says_shipped(registry.shipped_place()) and registry.kept_shipped() is not None


def move_over(serve: Serve) -> None:
    """Bring the shipped pair back; `serve(export, *before)` is told of the model that was in its place, now among the runs.

    To be called by one process at a time. Raises OSError or BadModel, after which all is as it was or can go on.
    """
    place, kept = registry.shipped_place(), registry.kept_shipped()
    card = model_card.read(kept) if kept else None
    if kept is None or card is None or checksum(kept) != card.sha256:
        return  # what was kept is not whole: the model stays where it is
    if place.is_file() and (found := checksum(place)) != card.sha256:
        described = _card_of(place)
        own = _among_runs(found) or _copy(place, described)
        if described and described.sha256 == found:  # else nobody says where it is from: it is kept, no more
            earlier = [folder / EXPORT for folder in reversed(registry.replaced())]
            serve(own, *(place if registry.says_shipped(export) else export for export in earlier))
    with replacing(place) as copy:
        shutil.copyfile(kept, copy)
    model_card.write(place, replace(card, file=EXPORT))


def _among_runs(found: str) -> Path | None:
    """The export of a run that has this checksum."""
    for export in sorted(registry.runs_folder().glob(f"*/{EXPORT}"), reverse=True):
        try:
            card = model_card.read(export)
            if card and card.sha256 == found == checksum(export):
                return export
        except (BadModel, OSError):
            continue
    return None


def _copy(place: Path, card: ModelCard | None) -> Path:
    """Copy an export with its card to a folder of its own among the runs, whole or not at all; give the export there."""
    home = registry.runs_folder()
    folder = home / free_name(home, f"{datetime.now():%Y-%m-%d-%H%M%S}-own", set())
    unfinished = folder.with_name(f".{folder.name}")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    try:
        shutil.copy2(place, unfinished / EXPORT)
        if card:
            model_card.write(unfinished / EXPORT, replace(card, file=EXPORT))
        put_in_place(unfinished, folder)
    except OSError:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return folder / EXPORT


def _card_of(place: Path) -> ModelCard | None:
    try:
        return model_card.read(place)
    except BadModel:
        return None
