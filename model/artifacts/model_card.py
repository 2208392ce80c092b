"""`model-card.json`: what an export is, how it was made and what was measured; and whether it may be opened.

An export is a pickle, so opening one runs whatever it says. One is opened only when its SHA-256 is the one on the card
beside it, or when the owner named the file. Standard library only.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from model.core import PROJECT, absolute, checksum, put_in_place, write_atomically
from model.errors import BadModel

NAME = "model-card.json"
DEFAULT = "export.pkl"  # the page's own model, which is not named by being the default
SURE = 0.5  # below this share even the likeliest class is a guess; cards carry a measured threshold instead


def beside(export: Path) -> Path:
    """Where the card of `export` is: a card says which file it is of, for there may be several exports in a folder."""
    own = export.with_name(f"{export.stem}-card.json")
    return own if own.is_file() else export.with_name(NAME)


def read(export: Path) -> dict[str, Any] | None:
    """The card beside `export`, or None when there is none. Raises BadModel when it cannot be read."""
    try:
        card = json.loads(beside(export).read_text(encoding="utf-8"))
        if not isinstance(card, dict):
            raise ValueError
        return card if card.get("file", export.name) == export.name else None
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise BadModel(
            f"{beside(export)} is not a readable model card: restore it, or remove it and name the model."
        ) from error


def write(export: Path, card: dict[str, Any]) -> None:
    """Write the card of `export`, whole or not at all; another export's card steps aside."""
    place = beside(export)
    if place.is_file() and read(export) is None:
        other = Path(json.loads(place.read_text(encoding="utf-8"))["file"])
        put_in_place(place, export.with_name(f"{other.stem}-card.json"))
    text = json.dumps({"file": export.name, **card}, indent=2, ensure_ascii=False) + "\n"
    write_atomically(place, text, durable=True)  # without it the export beside it could not be opened


def is_named(export: str | Path) -> bool:
    """Whether a path that a program gives counts as named by the owner: VOILENS_MODEL, or one that no card is beside."""
    chosen = os.environ.get("VOILENS_MODEL")
    if chosen and absolute(chosen) == absolute(export):
        return True
    return str(export) != DEFAULT and absolute(export) != PROJECT / DEFAULT and read(Path(export)) is None


def admit(export: Path, named: bool) -> tuple[str, dict[str, Any]]:
    """Decide whether `export` may be opened; give its SHA-256 and its card ({} when the card is another file's).

    `named` says that the owner asked for this very file. Raises BadModel.
    """
    if not export.is_file():
        raise BadModel(f"There is no model file at {export}: train one (python -m model train DATA) or name another (--model).")
    card, found = read(export), checksum(export)
    if card is not None and card.get("sha256") == found:
        return found, card
    if named:
        return found, {}
    if card is None:
        raise BadModel(
            f"{export} has no {NAME} beside it that says where it is from, and opening a model runs code. If you trust "
            f"it, name it: python -m model predict --model {export} ..., or make app MODEL={export}."
        )
    raise BadModel(
        f"{export} is not the file that {NAME} beside it describes, and opening a model runs code. Restore it; or if "
        f"you put it there and trust it, name it: --model {export}, or make app MODEL={export}."
    )
