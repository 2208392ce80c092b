"""What the general body sees in degraded copies of pictures, for a head that learns to bear them and for its figures.

Kept by content like what it sees in the pictures themselves, so that the second training of a folder pays nothing for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from model import evaluation
from model.core import evenly
from model.evaluation import DEGRADATIONS, cut_degraded
from model.features import FrozenBody, Looked, View, look_at
from model.jobs import Event, Report, Stopping
from model.training.trained import COPIES
from model.types import Item

MOST_LEARNED = 1000  # pictures, evenly drawn from more, of which a copy is learned from


def copies_to_learn_from(
    items: Sequence[Item], root: Path, body: FrozenBody, report: Report, stopping: Stopping
) -> Looked | None:
    """A degraded copy of each of some pictures, by `evaluation.any_of`; None where it is to stop.

    Events as of `look_at`, with "phase".
    """
    some = evenly(items, MOST_LEARNED)
    return _look(some, root, body, evaluation.ANY, lambda event: report({**event, "phase": COPIES}), stopping)


def copies_of(items: Sequence[Item], root: Path, body: FrozenBody, report: Report, stopping: Stopping) -> dict[str, Looked]:
    """Copies of up to `evaluation.MOST_DEGRADED` pictures, by each of DEGRADATIONS that any of them can undergo.

    Nothing where it is to stop. Events as of `measure`.
    """
    some = evenly(items, evaluation.MOST_DEGRADED)
    found: dict[str, Looked] = {}
    for place, name in enumerate(DEGRADATIONS):

        def tell(event: Event, before: int = place * len(some)) -> None:
            far = {"done": before + event["done"], "total": len(DEGRADATIONS) * len(some)}
            report({"event": "measuring", "phase": COPIES, **far})

        looked = _look(some, root, body, name, tell, stopping)
        if looked is None:
            return {}
        if looked.items:
            found[name] = looked
    return found


def _look(items: Sequence[Item], root: Path, body: FrozenBody, name: str, report: Report, stopping: Stopping) -> Looked | None:
    view = View(f"{name}-{evaluation.DEGRADED_VERSION}", partial(cut_degraded, name=name))
    if stopping():
        return None
    try:
        return look_at(items, root, body, report, stopping, view)
    except KeyboardInterrupt:
        return None
