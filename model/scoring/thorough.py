"""The thorough way to score a folder: its pictures, cut and kept, judged by networks that were taught without them.

What each network made of the pictures is kept in the catalogue until the scores are there, so a stop costs one network.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from model.data import shorter_sides
from model.errors import BadData
from model.scoring import cross_validation, label_issues
from model.scoring.results import STOPPED, ResultStore, ScoredItem
from model.training import CachedPictures, TrainConfig, cache_pictures, train_crop
from model.types import Item


@dataclass(frozen=True)
class ThoroughResult:
    """Out-of-fold probabilities (pictures × classes); the share of its label that networks taught it give to each picture."""

    probabilities: np.ndarray
    learned: np.ndarray


@dataclass(frozen=True)
class ThoroughScoring:
    """One thorough scoring: from the body of `start`; `state` names what it depends on."""

    start: Path
    mirrored: bool
    state: str

    def run(
        self,
        entries: Sequence[ScoredItem],
        groups: np.ndarray,
        findings: ResultStore,
        report: Callable[[dict[str, Any]], None],
        stopping: Callable[[], bool],
    ) -> ThoroughResult:
        """Judge every picture. A stop raises KeyboardInterrupt; raises AppError.

        Events: {"event": "scoring", "phase", "done", "seconds_left"}, and while the pictures are cut {"done", "total"}.
        """
        classes = sorted({entry.label for entry in entries})
        items = [Item(findings.root / entry.file, entry.label, entry.split) for entry in entries]
        size = TrainConfig().size_for(shorter_sides(items))
        pictures = self._cut(items, size, report, stopping)
        task = cross_validation.Task(
            pictures,
            label_issues.numbers([entry.label for entry in entries], classes),
            groups,
            len(classes),
            size,
            self.mirrored,
            self.start,
        )

        def progress(done: float, seconds_left: float) -> None:
            phase = "teaching networks, each without a part of the pictures"
            report({"event": "scoring", "phase": phase, "done": done, "seconds_left": seconds_left})

        try:
            return ThoroughResult(*cross_validation.judge(task, _Kept(findings, self.state, entries), progress, stopping))
        except cross_validation.Stopped:
            raise KeyboardInterrupt(STOPPED) from None

    def forget(self, findings: ResultStore) -> None:
        """Drop what was kept for the case of a stop."""
        for part in range(label_issues.FOLDS):
            findings.forget_features(_key(self.state, part))

    def _cut(self, items: list[Item], size: int, report, stopping) -> CachedPictures:
        done = 0

        def opened() -> None:
            nonlocal done
            done = min(done + 1, len(items))
            report({"event": "scoring", "phase": "shrinking the pictures", "done": done, "total": len(items)})
            if stopping():
                raise KeyboardInterrupt(STOPPED)

        shrinking = cache_pictures(items, train_crop("random", size), opened)
        if len(shrinking.pictures) < len(items):
            raise BadData(f"{shrinking.left_out[0].path.name} was changed during the scoring: start it again.")
        return shrinking.pictures


@dataclass(frozen=True)
class _Kept:
    """Judgements of single networks, by the content of the pictures."""

    findings: ResultStore
    state: str
    entries: Sequence[ScoredItem]

    def get(self, part: int) -> np.ndarray | None:
        rows = self.findings.features(_key(self.state, part))
        whole = all(entry.sha256 in rows for entry in self.entries)
        return np.stack([rows[entry.sha256] for entry in self.entries]).astype(np.float64) if whole else None

    def put(self, part: int, logarithms: np.ndarray) -> None:
        rows = {entry.sha256: row for entry, row in zip(self.entries, logarithms, strict=True)}
        self.findings.keep_contents({}, rows, _key(self.state, part))


def _key(state: str, part: int) -> str:
    return f"part {part} of {state}"
