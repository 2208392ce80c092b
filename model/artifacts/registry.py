"""The page's model and those that it replaced: a run's export takes its place, the old one is kept. Knows files, no network.

What is replaced is copied to `replaced/<time>/` among the runs before anything changes, and both files of the pair are
put in place whole, each by one rename, so a crash loses neither. Standard library only.
"""

from __future__ import annotations

import contextlib
import json
import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from model import jobs
from model.artifacts import model_card
from model.artifacts.model_card import ModelCard
from model.core import PROJECT, checksum, free_name, put_in_place, replacing
from model.errors import BadModel

REPLACED = "replaced"
EXPORT = "export.pkl"


def promote(run_export: Path, target: Path) -> Path | None:
    """Make the export of a run, with its card, the page's own; give the folder where the old pair is kept (None: no old one).

    The run keeps its own. Raises BadModel when the export is not what its card says, or cannot be put there.
    """
    card = model_card.read(run_export) if run_export.is_file() else None
    if card is None:
        raise BadModel(f"There is no export with its card at {run_export}: train again.")
    try:
        kept = _keep(target)
        _install(run_export, card, target)
    except OSError as error:
        raise BadModel(
            f"Cannot replace {target} ({error.strerror}): make its folder writable, and see that there is room."
        ) from error
    return kept


def rollback(kept: Path, target: Path) -> Path | None:
    """Make a replaced export the page's own again; what it replaces is kept too. Raises BadModel."""
    return promote(kept / EXPORT, target)


def replaced() -> list[Path]:
    """The folders of the exports that were replaced, the newest first."""
    home = jobs.runs_folder() / REPLACED
    return sorted((folder for folder in home.glob("*") if (folder / EXPORT).is_file()), reverse=True)


def shipped() -> Path:
    """The export that the project came with, by the word of its card: in its place, else among those that were replaced.

    Where none says so of itself, the one in its place.
    """
    place = PROJECT / EXPORT
    for export in (place, *(folder / EXPORT for folder in replaced())):
        with contextlib.suppress(BadModel):
            card = model_card.read(export)
            if card and card.shipped:
                return export
    return place


def is_shipped_place(target: Path) -> bool:
    """Whether this is the place of the project's own export."""
    return target.resolve() == (PROJECT / EXPORT).resolve()


def back_up(target: Path) -> Path | None:
    """Keep what is about to be replaced; give the folder, None where nothing was there. Raises BadModel."""
    try:
        return _keep(target)
    except OSError as error:
        raise BadModel(f"Cannot keep {target} in {jobs.runs_folder()} ({error.strerror}): see that there is room.") from error


def is_promoted(run_export: Path, target: Path) -> bool:
    """Whether the page's export is the one of this run, going by their cards."""
    try:
        ours, theirs = model_card.read(run_export), model_card.read(target)
    except BadModel:
        return False
    return ours is not None and theirs is not None and target.is_file() and ours.sha256 == theirs.sha256


def _keep(target: Path) -> Path | None:
    """Copy the pair at `target` among the replaced ones, whole or not at all."""
    if not target.is_file():
        return None
    home = jobs.runs_folder() / REPLACED
    home.mkdir(parents=True, exist_ok=True)
    folder = home / free_name(home, datetime.now().strftime("%Y-%m-%d-%H%M%S"), set())
    unfinished = folder.with_name(f".{folder.name}")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir()
    try:
        shutil.copy2(target, unfinished / EXPORT)
        card = model_card.read(target) or ModelCard(sha256=checksum(target), note="This export had no card of its own.")
        (unfinished / model_card.NAME).write_text(
            json.dumps(replace(card, file=EXPORT).to_json(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
        )
        put_in_place(unfinished, folder)
    except OSError:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return folder


def _install(run_export: Path, card: ModelCard, target: Path) -> None:
    with replacing(target) as copy:
        shutil.copyfile(run_export, copy)  # with a time of its own: by that a client sees that the file is another
        if checksum(copy) != card.sha256:
            raise BadModel(f"{run_export} is not the file that its card describes: train again.")
    model_card.write(target, replace(card, file=target.name))
