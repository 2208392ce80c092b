"""What a model says of single pictures that it has not learned from, kept before anybody has scored the whole folder.

Whoever measures a model has judged the pictures that it was measured on. Knows SQL and scores, not how they are found.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import astuple, replace
from pathlib import Path
from typing import Any

from model.catalog.database import open_database, refusal, writing
from model.types import Score

SCORED, JUDGE = "scored", "judge"  # facts: the state that the scores of a whole folder are of; which model has scored it
ANSWERING = "answering"  # a fact: whose answers are kept beside the scores
GENERAL = "general"  # what the judge is called that is no export: the body that has learned from nobody's folder


def keep_judgements(root: Path, scores: Iterable[Score]) -> None:
    """Keep these scores, none of them as a verdict; those of a folder that was scored are better, and stay. Raises BadData."""
    rows = [astuple(replace(score, suggested=None, doubtful=False))[:-1] for score in scores]
    with closing(open_database(root)) as database, _refusing(root), writing(database):
        scored = database.execute("SELECT value FROM facts WHERE key = ?", [SCORED]).fetchone()
        unless = "WHERE scores.label <> excluded.label" if scored and scored[0] else "WHERE 1"
        database.executemany(
            "INSERT INTO scores (file, label, predicted, probability, loss, doubt, suggested, doubtful) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (file) DO UPDATE SET "
            "(label, predicted, probability, loss, doubt, suggested, doubtful) = (excluded.label, excluded.predicted, "
            "excluded.probability, excluded.loss, excluded.doubt, excluded.suggested, excluded.doubtful) " + unless,
            rows,
        )


@contextmanager
def _refusing(root: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise refusal(root, error) from error


def judge_of(value: str | None) -> dict[str, Any]:
    """Which model has scored a folder, or answers, as a fact tells it: {model, export, name}; {} where none has.

    `export` is "" and `name` GENERAL where the general body has.
    """
    found = json.loads(value) if value else {}
    return found if isinstance(found, dict) else {}
