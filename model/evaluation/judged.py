"""A measurement leaves what the model said of each picture in the folder's catalog: a picture that was measured is judged.

Knows the catalog, no screen.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from model.catalog import keep_judgements
from model.errors import AppError
from model.evaluation.evaluation import Evaluation
from model.types import Score


def keep_answers(root: Path, found: Evaluation) -> None:
    """Keep the answers of an evaluation on pictures of the folder `root`, where that can be written.

    Those of training pictures are left out: the model may have seen their labels.
    """
    with suppress(AppError):  # the figures are as good without
        keep_judgements(root, _scores(root, found))


def _scores(root: Path, found: Evaluation) -> Iterator[Score]:
    for item, answer in zip(found.items, found.answers(), strict=True):
        if item.split == "train" or not item.path.is_relative_to(root):
            continue
        yield Score(
            file=item.path.relative_to(root).as_posix(),
            label=item.label,
            predicted=answer["predicted"],
            probability=answer["probability"],
            loss=answer["loss"],
            doubt=1 - math.exp(-answer["loss"]),
            suggested=None,
            doubtful=False,
            split=item.split,
        )
