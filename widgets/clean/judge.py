"""Which model looks at a folder, in words: by default the general body, which has learned from nobody's folder. No pictures.

An export that was asked to look is called by its run where it is that of one, else by its card. Knows runs and cards.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model import jobs
from model.artifacts import EXPORT, ModelCard, model_card, serving_state
from model.catalog import GENERAL
from model.core import absolute, listing, short_time
from model.data import DIGITS
from model.errors import AppError
from model.jobs import Run

MOST_CLASSES = 6  # that are named of a model
GENERAL_NAME = "the general body"
ABOUT_GENERAL = "It has learned from ordinary photos, not from this folder"


@dataclass(frozen=True)
class Judge:
    """A model that looks: its `export` (None: the general body), what it is called, what it knows.

    `classes` are empty where nobody can say them.
    """

    export: Path | None
    name: str
    classes: tuple[str, ...] = ()

    @property
    def arguments(self) -> list[str]:
        """As options of `python -m model score`."""
        return ["--model", str(self.export)] if self.export else []

    def unknown(self, labels: Sequence[str]) -> list[str]:
        """Those of a folder's classes that it was not taught."""
        return [label for label in labels if label not in self.classes] if self.classes else []

    def strange(self, labels: Sequence[str]) -> str:
        """What to think of it where the folder's classes are not its own; "" where they are, or nobody can say."""
        unknown = self.unknown(labels)
        if not unknown:
            return ""
        taught = listing(list(self.classes), "and", MOST_CLASSES)
        lacks = "other things" if len(unknown) == len(labels) else f"no {listing(unknown, 'or', MOST_CLASSES)}"
        return f"It was taught {lacks} (it knows {taught}), so it misses more. The general body sees more: leave --model out."


GENERAL_JUDGE = Judge(None, GENERAL_NAME)


def of_run(run: Run) -> Judge:
    """The model of a training."""
    card, folder = _card(run.folder / EXPORT), run.arguments[0]
    trained_on = "the built-in digits" if folder == DIGITS else f"“{Path(folder).name}”"
    called = f"“{run.name}”, the" if run.name else "the"
    return Judge(run.folder / EXPORT, f"{called} model trained on {trained_on}, {short_time(run.started)}", _classes(card))


def of_export(export: Path | None) -> Judge:
    """The model in a file (None: the one that serves): by its run where it is that of one, else by its card."""
    place = absolute(export) if export else serving_state.serving()
    with contextlib.suppress(AppError, ValueError, OSError):
        return of_run(jobs.find(place.parent))
    card = _card(place)
    for run in jobs.list_runs("train") if card and card.sha256 and not card.shipped else []:
        if _is_same(_card(run.folder / EXPORT), card):  # what the page answers with may be a copy of it
            return Judge(export, of_run(run).name, _classes(card))
    if card and card.shipped:
        return Judge(export, "the shipped model", _classes(card))
    learned_from = (card.data or {}).get("name") if card else None
    return Judge(export, f"a model trained on “{learned_from}”" if learned_from else f"the model {place.name}", _classes(card))


def describe(
    scored: bool, fact: Mapping[str, Any], answering: Mapping[str, Any], now: Judge, labels: Sequence[str]
) -> dict[str, str]:
    """Which model has judged a folder, or would: {sentence, warning}; `now` is the one that would look now.

    `fact` is what the catalog tells of the scores that there are, `answering` of the answers that are kept beside them,
    `labels` are the folder's classes.
    """
    if not scored:
        about = "" if now.export else f" {ABOUT_GENERAL}."
        return {"sentence": f"Who looks: {now.name}.{about}", "warning": now.strange(labels)}
    who, general = who_judged(fact), _is_general(fact)
    other = "" if who.startswith(now.name) else f" Scored again, {now.name} would look."
    sentence = f"Judged by {who}.{other}" if who else f"Judged earlier, by a model that was not noted.{other}"
    if general:
        sentence += f" {ABOUT_GENERAL}, and does not see every mistake."
    if answers := who_judged(answering):
        sentence += f" What {answers} says stands beside it."
    of_then = now if general or not who else of_export(Path(str(fact["export"])))
    return {"sentence": sentence, "warning": of_then.strange(labels)}


def who_judged(fact: Mapping[str, Any]) -> str:
    """What the catalog tells of the model behind the scores that there are, in words; "" where it tells nothing."""
    if _is_general(fact):
        return GENERAL_NAME
    if not fact.get("export"):
        return ""
    card = _card(Path(str(fact["export"])))
    if card and card.sha256 == fact.get("model"):
        return of_export(Path(str(fact["export"]))).name
    # another file is in its place by now
    return f"a model trained on “{fact['name']}”" if fact.get("name") else "a model that is no longer there"


def _is_general(fact: Mapping[str, Any]) -> bool:
    return fact.get("export") == "" and fact.get("name") == GENERAL


def _is_same(one: ModelCard | None, other: ModelCard | None) -> bool:
    """Whether two cards are of the same export."""
    return one is not None and other is not None and one.sha256 is not None and one.sha256 == other.sha256


def _card(export: Path) -> ModelCard | None:
    with contextlib.suppress(AppError):
        return model_card.read(export)
    return None


def _classes(card: ModelCard | None) -> tuple[str, ...]:
    return tuple(card.classes or ()) if card else ()
