"""The thorough way to score a folder: its pictures, cropped and kept, predicted by networks that were trained without them.

What each network predicted is kept in the catalog until the scores are there, so a stop costs one network.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model.data import shorter_sides
from model.errors import BadData
from model.jobs import Report, Stopping
from model.scoring import cross_validation, label_issues
from model.scoring.results import STOPPED, ResultStore, ScoredItem
from model.training import CachedPictures, TrainConfig, cache_pictures, train_crop
from model.types import Item


@dataclass(frozen=True)
class ThoroughResult:
    """Out-of-fold probabilities (pictures × classes), and each label's probability by the networks trained with it."""

    probabilities: np.ndarray
    training_scores: np.ndarray


@dataclass(frozen=True)
class ThoroughScoring:
    """One thorough scoring: from the body of `start`; `mirror` says whether pictures may be; `state` what it depends on."""

    start: Path
    mirror: bool
    state: str

    def run(
        self,
        items: Sequence[ScoredItem],
        groups: np.ndarray,
        store: ResultStore,
        report: Report,
        stopping: Stopping,
    ) -> ThoroughResult:
        """Cross-validate all pictures. A stop raises KeyboardInterrupt; raises AppError.

        Events: {"event": "scoring", "phase", "done", "seconds_left"}, and while the pictures are cropped {"done", "total"}.
        """
        classes = sorted({item.label for item in items})
        files = [Item(store.root / item.file, item.label, item.split) for item in items]
        size = TrainConfig().size_for(shorter_sides(files))
        pictures = self._crop(files, size, report, stopping)
        labels = label_issues.class_indices([item.label for item in items], classes)
        task = cross_validation.Task(pictures, labels, groups, len(classes), size, self.mirror, self.start)

        def progress(done: float, seconds_left: float) -> None:
            phase = "teaching networks, each without a part of the pictures"
            report({"event": "scoring", "phase": phase, "done": done, "seconds_left": seconds_left})

        folds = _FoldsInCatalog(store, self.state, items)
        try:
            return ThoroughResult(*cross_validation.cross_validate(task, folds, progress, stopping))
        except cross_validation.Stopped:
            raise KeyboardInterrupt(STOPPED) from None

    def discard_folds(self, store: ResultStore) -> None:
        """Delete what was kept in case of a stop."""
        for fold in range(label_issues.FOLDS):
            store.delete_embeddings(_key(self.state, fold))

    def _crop(self, items: list[Item], size: int, report: Report, stopping: Stopping) -> CachedPictures:
        done = 0

        def opened() -> None:
            nonlocal done
            done = min(done + 1, len(items))
            report({"event": "scoring", "phase": "shrinking the pictures", "done": done, "total": len(items)})
            if stopping():
                raise KeyboardInterrupt(STOPPED)

        cached = cache_pictures(items, train_crop("random", size), opened)
        if len(cached.pictures) < len(items):
            raise BadData(f"{cached.left_out[0].path.name} was changed during the scoring: start it again.")
        return cached.pictures


@dataclass(frozen=True)
class _FoldsInCatalog:
    """What single networks predicted, kept by the content of the pictures."""

    store: ResultStore
    state: str
    items: Sequence[ScoredItem]

    def get(self, fold: int) -> np.ndarray | None:
        rows = self.store.embeddings(_key(self.state, fold))
        whole = all(item.sha256 in rows for item in self.items)
        return np.stack([rows[item.sha256] for item in self.items]).astype(np.float64) if whole else None

    def put(self, fold: int, log_probabilities: np.ndarray) -> None:
        rows = {item.sha256: row for item, row in zip(self.items, log_probabilities, strict=True)}
        self.store.save_contents({}, rows, _key(self.state, fold))


def _key(state: str, fold: int) -> str:
    """The name in the catalog, where another version's folds have it too."""
    return f"part {fold} of {state}"
