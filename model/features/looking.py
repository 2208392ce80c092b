"""Pictures -> what the general body sees in them: opened and framed by workers beside the network, kept by content.

Knows no labels: an item's stays with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from model.core import checksum
from model.features.feature_store import FeatureStore, as_rows, from_rows
from model.features.general_body import MIDDLE_WIDTH, WIDTH, FrozenBody, Seen
from model.features.seeing import see_all
from model.images import Cut, Pixels, cut_all
from model.jobs import Report, Stopping
from model.types import Item, LeftOut


@dataclass(frozen=True)
class View:
    """How pictures are looked at: by `name`, what is seen in one view is kept apart from what is seen in another.

    `cut` opens and cuts files, as `cut_all` does; it may give None for a picture of which there is no such view.
    """

    name: str
    cut: Callable[[Sequence[Path], Cut], Iterator[Pixels | str | None]]


AS_THEY_ARE = View("", cut_all)
NO_SUCH_VIEW = np.full(WIDTH + MIDDLE_WIDTH, np.nan, np.float32)  # kept for a picture of which there is none


@dataclass(frozen=True)
class Looked:
    """The `items` that could be opened, what was `seen` in them, row by row, and the `left_out` with the reasons.

    `contents` are their SHA-256; `fresh` is how many had to be looked at now.
    """

    items: list[Item]
    contents: list[str]
    seen: Seen
    left_out: list[LeftOut]
    fresh: int


def look_at(
    items: Sequence[Item],
    root: Path,
    body: FrozenBody,
    report: Report = lambda event: None,
    stopping: Stopping = lambda: False,
    view: View = AS_THEY_ARE,
) -> Looked:
    """What the body sees in `items`, or in a view of them, from the catalog of the folder `root` where it is known.

    Events: {"event": "looking", "done", "total", "seconds_left"}. A stop keeps what is done and raises KeyboardInterrupt.
    """
    shas = [checksum(item.path) for item in items]
    with closing(FeatureStore(root, f"{body.name}/{view.name}" if view.name else body.name)) as store:
        known = store.get(dict.fromkeys(shas))
        todo = {sha: item for sha, item in zip(shas, items, strict=True) if sha not in known}
        problems = _look(todo, store, known, body, view, report, stopping)
    kept = [place for place, sha in enumerate(shas) if sha in known and not np.isnan(known[sha][0])]
    rows = np.stack([known[shas[place]] for place in kept]) if kept else np.zeros((0, WIDTH + MIDDLE_WIDTH), np.float32)
    left_out = [LeftOut(item.path, problems[sha], item) for sha, item in zip(shas, items, strict=True) if sha in problems]
    return Looked([items[place] for place in kept], [shas[place] for place in kept], from_rows(rows), left_out, len(todo))


def _look(
    todo: dict[str, Item],
    store: FeatureStore,
    known: dict[str, np.ndarray],
    body: FrozenBody,
    view: View,
    report: Report,
    stopping: Stopping,
) -> dict[str, str]:
    """Look at new contents, into `known` and the store; give the sentences of those that cannot be opened."""
    problems: dict[str, str] = {}
    (cut,) = body.framing.steps

    def opened() -> Iterator[tuple[str, Image.Image | None, str | None]]:
        outcomes = view.cut([item.path for item in todo.values()], cut)
        for sha, outcome in zip(todo, outcomes, strict=True):
            if outcome is None or isinstance(outcome, str):
                yield sha, None, outcome
            else:
                width, height, pixels = outcome
                yield sha, Image.frombytes(body.framing.mode, (width, height), pixels), None

    def keep(found: Mapping[str, str | None], rows: Mapping[str, np.ndarray]) -> None:
        problems.update((sha, problem) for sha, problem in found.items() if problem is not None)
        kept = {sha: rows.get(sha, NO_SUCH_VIEW).astype(np.float16) for sha, problem in found.items() if problem is None}
        store.put(kept)
        known.update((sha, row.astype(np.float32)) for sha, row in kept.items())

    def tell(done: int, seconds_left: float) -> None:
        report({"event": "looking", "done": done, "total": len(todo), "seconds_left": seconds_left})

    see_all(opened(), len(todo), lambda framed: as_rows(body.see(framed)), keep, tell, stopping)
    return problems
