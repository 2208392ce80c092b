"""`model-card.json`: what an export is, how it was made and what was measured; and whether it may be opened.

An export is a pickle, so opening one runs whatever it says. One is opened only when its SHA-256 is the one on the card
beside it, or when the owner named the file. Standard library only.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path, PurePath
from typing import Any

from model.artifacts.sealed_json import is_sealed, opened, seal
from model.core import PROJECT, absolute, checksum, put_in_place, write_atomically
from model.errors import BadModel

NAME = "model-card.json"
FORM, FORM_SEAL = "form.json", "sha256"  # of a safe form: a folder, which is named as a model like an export
SEAL = "card_sha256"  # the key of the checksum of all else on a card; cards of earlier versions have none
DEFAULT = "export.pkl"  # the page's own model, which is not named by being the default
SURE = 0.5  # below this share even the likeliest class is a guess; cards carry a measured threshold instead

UNLIKE = "unlike"  # a familiar picture that is less like those learned from than most are


def sure_if(condition: str) -> str:
    """The key of the threshold of "sure" for pictures of a condition: one of `model.images.CONDITIONS`, or UNLIKE."""
    return f"sure_{condition}"


@dataclass(frozen=True)
class ModelCard:
    """What is known of one export: how it was made, what was measured. None, or empty, where the card does not say.

    The fields are in the order in which a card is written, which is that of the shipped one.

    `file` is the export's name and `sha256` its checksum; `shipped` says that the project came with it. `classes` are in the
    order of the probabilities; `size` is in pixels a side; `started_from` names what its body had learned from.
    `data`, `recipe` (how it was trained) and `measured` are as training writes them. `thresholds` has "sure", the probability
    from which an answer counts, and more of it that is asked for where a picture is hard, by `sure_if`; "familiar" is the
    similarity from which a picture is like those learned from, "close" that below which it counts as UNLIKE them.
    `author` is who made it, for people.
    `others` are keys that this version does not know; they are kept.
    """

    file: str | None = None
    shipped: bool | None = None
    classes: list[str] | None = None
    architecture: str | None = None
    size: int | None = None
    started_from: str | None = None
    data: dict[str, Any] | None = None
    recipe: dict[str, Any] | None = None
    measured: dict[str, Any] | None = None
    thresholds: dict[str, float] | None = None
    made: str | None = None
    author: str | None = None
    made_with: dict[str, str] | None = None
    note: str | None = None
    sha256: str | None = None
    others: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> ModelCard:
        """The card that a JSON document describes, of this version or another."""
        known = {key: value for key, value in document.items() if key in KEYS}
        return cls(**known, others={key: value for key, value in document.items() if key not in KEYS})

    def to_json(self) -> dict[str, Any]:
        """As a JSON document: the keys that say something, and those of other versions."""
        own = {key: getattr(self, key) for key in KEYS}
        return {**{key: value for key, value in own.items() if value is not None}, **self.others}


KEYS = tuple(each.name for each in fields(ModelCard) if each.name != "others")


FOR_PEOPLE = ("architecture", "made", "author")  # of a card; and of its parts:
DATA_FOR_PEOPLE = ("name", "train", "note")
MEASURED_FOR_PEOPLE = ("on", "how", "accuracy", "interval_95", "answered", "answered_accuracy", "degraded")


def for_people(card: Mapping[str, Any]) -> dict[str, Any]:
    """What a page tells of a card, given as JSON: no path, and nothing of how the training went."""
    told = {key: card[key] for key in FOR_PEOPLE if card.get(key)}
    for part, keys in (("data", DATA_FOR_PEOPLE), ("measured", MEASURED_FOR_PEOPLE)):
        if shown := {key: card[part][key] for key in keys if key in (card.get(part) or {})}:
            told[part] = shown
    if name := told.get("data", {}).get("name"):
        told["data"]["name"] = PurePath(name).name
    return told


def beside(export: Path) -> Path:
    """Where the card of `export` is: a card says which file it is of, because there may be several exports in a folder.

    That of a safe form lies in its folder.
    """
    if export.is_dir():
        return export / NAME
    own = export.with_name(f"{export.stem}-card.json")
    return own if own.is_file() else export.with_name(NAME)


def read(export: Path) -> ModelCard | None:
    """The card beside `export`, or None when there is none. Raises BadModel when it cannot be read, or is damaged."""
    try:
        document = json.loads(beside(export).read_text(encoding="utf-8"))
        if not isinstance(document, dict):
            raise ValueError
        if is_sealed(document, SEAL, "sha256"):
            document = _opened(document, beside(export))
        is_its_own = export.is_dir() or document.get("file", export.name) == export.name
        return ModelCard.from_json(document) if is_its_own else None
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise BadModel(
            f"{beside(export)} is not a readable model card: restore it, or remove it and name the model."
        ) from error


def sha256_of(export: Path) -> str:
    """The SHA-256 that the card of an export gives; "" where it has none that can be read."""
    try:
        card = read(export)
    except BadModel:
        return ""
    return (card and card.sha256) or ""


def _opened(document: dict[str, Any], place: Path) -> dict[str, Any]:
    try:
        return opened(document, SEAL)
    except ValueError as error:
        raise BadModel(
            f"{place} is damaged, or was changed by hand: restore it; or if it was you who changed it, take {SEAL} out of it."
        ) from error


def write(export: Path, card: ModelCard) -> None:
    """Write the card of `export`, whole or not at all; another export's card steps aside."""
    place = beside(export)
    if place.is_file() and read(export) is None:
        other = Path(json.loads(place.read_text(encoding="utf-8"))["file"])
        put_in_place(place, export.with_name(f"{other.stem}-card.json"))
    document = seal(replace(card, file=card.file or export.name).to_json(), SEAL)
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    write_atomically(place, text, durable=True)  # without it the export beside it could not be opened


def is_named(export: str | Path) -> bool:
    """Whether a path that a program gives counts as named by the owner: VOILENS_MODEL, or one that no card is beside."""
    chosen = os.environ.get("VOILENS_MODEL")
    if chosen and absolute(chosen) == absolute(export):
        return True
    return str(export) != DEFAULT and absolute(export) != PROJECT / DEFAULT and read(Path(export)) is None


def admit(export: Path, named: bool) -> tuple[str, ModelCard]:
    """Decide whether `export` may be opened; give its SHA-256 and its card (an empty one when the card is another file's).

    `named` says that the owner asked for this very file. A safe form in its place is data, and opened without a word: it
    gives the SHA-256 of the export that it was made from. Raises BadModel.
    """
    if export.is_dir():
        return _admit_form(export)
    if not export.is_file():
        remedy = "train one (python -m model train DATA --use) or name another (--model)"
        raise BadModel(f"There is no model file at {export}: {remedy}.")
    card, found = read(export), checksum(export)
    if card is not None and card.sha256 == found:
        return found, card
    if named:
        return found, ModelCard()
    if card is None:
        raise BadModel(
            f"{export} has no {NAME} beside it that says where it is from, and opening a model runs code. If you trust "
            f"it, name it: python -m model predict --model {export} ..., or make app MODEL={export}."
        )
    raise BadModel(
        f"{export} is not the file that {NAME} beside it describes, and opening a model runs code. Restore it; or if "
        f"you put it there and trust it, name it: --model {export}, or make app MODEL={export}."
    )


def _admit_form(folder: Path) -> tuple[str, ModelCard]:
    if not (folder / FORM).is_file():
        raise BadModel(f"There is no model file at {folder}: it is a folder, and holds no safe form. Name an export.")
    try:
        form = opened(json.loads((folder / FORM).read_text(encoding="utf-8")), FORM_SEAL)
    except (OSError, ValueError) as error:
        raise BadModel(f"The safe form in {folder} is damaged: copy it there again.") from error
    card = read(folder)
    if card is None or card.sha256 not in (None, form["export"]):
        raise BadModel(f"The card in {folder} is not that of its model: publish it again, or name its export.")
    return form["export"], card
