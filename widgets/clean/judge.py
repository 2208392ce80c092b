"""Which model looks at a folder, in words: its name, the folder it learned from, whether it knows this folder's classes.

The first of the candidates looks: the model trained on this very folder, where there is one (of several that of the page, else
the newest), else the page's. A candidate of another kind, such as a body that learned from nobody's folder, is one more line
there. Knows runs and cards, no pictures.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model import jobs
from model.artifacts import EXPORT, ModelCard, model_card, serving_state
from model.core import absolute, listing, short_time
from model.data import DIGITS
from model.errors import AppError
from model.jobs import Run

MOST_CLASSES = 6  # that are named of a model


@dataclass(frozen=True)
class Judge:
    """A model that looks: its `export` (None: the one that is meant where none is named), what it is called, what it knows.

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
        advice = "Train one on this folder as it is now: that one sees more."
        return f"It was taught {lacks} (it knows {taught}), so it misses more. {advice}"


def choose(data: str, labels: str, page: str | None) -> Judge:
    """The best of the models that can look at a folder; `page` is the page's own export (None: where none is named)."""
    return next(_candidates(data, labels, page))


def _candidates(data: str, labels: str, page: str | None) -> Iterator[Judge]:
    export = Path(page) if page else None
    used = _card(absolute(export) if export else serving_state.serving())
    ours = [run for run in jobs.list_runs("train") if _is_on(run, data, labels)]
    ours.sort(key=lambda run: not _is_same(_card(run.folder / EXPORT), used))  # of several, the one that the page answers with
    yield from map(of_run, ours[:1])
    yield of_export(export)


def of_run(run: Run) -> Judge:
    """The model of a training."""
    card, folder = _card(run.folder / EXPORT), run.arguments[0]
    trained_on = "the built-in digits" if folder == DIGITS else f"“{Path(folder).name}”"
    called = f"“{run.name}”, the" if run.name else "the"
    return Judge(run.folder / EXPORT, f"{called} model trained on {trained_on}, {short_time(run.started)}", _classes(card))


def of_export(export: Path | None) -> Judge:
    """The model in a file: by its run where it is that of one, else by its card."""
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


def describe(scored: bool, fact: Mapping[str, Any], now: Judge, labels: Sequence[str]) -> dict[str, str]:
    """Which model has judged a folder, or would: {sentence, warning}; `now` is the one that would look now.

    `fact` is what the catalog tells of the scores that there are, `labels` are the folder's classes.
    """
    if not scored:
        return {"sentence": f"Who looks: {now.name}.", "warning": now.strange(labels)}
    who = who_judged(fact)
    other = "" if who.startswith(now.name) else f" Scored again, {now.name} would look."
    sentence = f"Judged by {who}.{other}" if who else f"Judged earlier, by a model that was not noted.{other}"
    of_then = of_export(Path(str(fact["export"]))) if who else now
    return {"sentence": sentence, "warning": of_then.strange(labels)}


def who_judged(fact: Mapping[str, Any]) -> str:
    """What the catalog tells of the model behind the scores that there are, in words; "" where it tells nothing."""
    if not fact.get("export"):
        return ""
    name = of_export(Path(str(fact["export"]))).name
    card = _card(Path(str(fact["export"])))
    if not card or card.sha256 != fact.get("model"):  # another file is in its place by now
        name = f"a model trained on “{fact['name']}”" if fact.get("name") else "a model that is no longer there"
    return f"{name}, and by five networks that had not seen what they judge" if fact.get("thorough") else name


def _is_on(run: Run, data: str, labels: str) -> bool:
    """Whether a training has left a model of these very pictures, with these labels."""
    same = run.arguments[:1] == [data] and (run.option("--labels") or "") == labels
    return same and (run.folder / EXPORT).is_file() and bool(run.result)


def _is_same(one: ModelCard | None, other: ModelCard | None) -> bool:
    """Whether two cards are of the same export."""
    return one is not None and other is not None and one.sha256 is not None and one.sha256 == other.sha256


def _card(export: Path) -> ModelCard | None:
    with contextlib.suppress(AppError):
        return model_card.read(export)
    return None


def _classes(card: ModelCard | None) -> tuple[str, ...]:
    return tuple(card.classes or ()) if card else ()
