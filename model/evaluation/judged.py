"""A measurement leaves what the model said of each picture in the folder's catalog: a picture that was measured is judged.

Knows the catalog, no screen.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from model.catalog import keep_judgements
from model.data import Dataset
from model.errors import AppError
from model.types import Score


def keep_answers(dataset: Dataset, answers: Sequence[dict[str, Any]]) -> None:
    """Keep answers, one a picture as in `report.json`, in the catalog of the dataset's folder, where that can be written.

    Those of training pictures are left out: the model may have seen their labels.
    """
    with suppress(AppError):  # the figures are as good without
        keep_judgements(dataset.root, _scores(dataset, answers))


def _scores(dataset: Dataset, answers: Sequence[dict[str, Any]]) -> Iterator[Score]:
    items = {str(item.path): item for item in dataset.items if item.split != "train"}
    for answer in answers:
        item = items.get(answer["file"])
        if item is not None and item.path.is_relative_to(dataset.root):
            yield Score(
                file=item.path.relative_to(dataset.root).as_posix(),
                label=item.label,
                predicted=answer["predicted"],
                probability=answer["probability"],
                loss=answer["loss"],
                doubt=1 - math.exp(-answer["loss"]),
                suggested=None,
                doubtful=False,
                split=item.split,
            )
