"""A scored folder held in memory: what nobody has looked at ranked anew by a person's marks, and pictures that are alike.

Knows features, marks and the catalog, no screen. For a process that lives as long as a cleaner (`model.scoring.companion`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from model.errors import BadData
from model.scoring import label_issues, label_scores
from model.scoring.kernel_heads import NONE, KernelHeads, points_of
from model.scoring.results import ResultStore, ScoredItem

NOT_SCORED = "Find doubtful pictures first: then it is known what the pictures look like."


@dataclass(frozen=True)
class Folder:
    """What was scored: the `items` that can be opened, their `points` (items × width), and which are `groups` of copies."""

    items: list[ScoredItem]
    points: np.ndarray
    groups: np.ndarray

    @cached_property
    def classes(self) -> list[str]:
        return label_scores.classes_of(self.items)

    @cached_property
    def rows(self) -> dict[str, int]:
        """The place of each file."""
        return {item.file: row for row, item in enumerate(self.items)}

    @cached_property
    def lengths(self) -> np.ndarray:
        """The squared length of each point."""
        return np.einsum("ij,ij->i", self.points, self.points)

    @cached_property
    def heads(self) -> KernelHeads:
        labels = self.labels({})
        return label_issues.out_of_fold_heads(self.points, labels, self.groups, len(self.classes))

    def labels(self, marks: Mapping[str, tuple[str, str | None]]) -> np.ndarray:
        """The label of each item once the marks are carried out; NONE where it would be gone, or in a class of its own."""
        places = {name: place for place, name in enumerate(self.classes)}
        labels = label_issues.class_indices([item.label for item in self.items], self.classes)
        for file, (action, label) in marks.items():
            row = self.rows.get(file)
            if row is not None and action != "keep":
                labels[row] = places.get(label or "", NONE)
        return labels


class Ranking:
    """The folder `root`, read again where its pictures, labels or scores have changed."""

    def __init__(self, root: Path):
        self._store = ResultStore(root)
        self._state, self._version = "", -1  # of what was read; of the catalog then, which others write to
        self._folder: Folder | None = None

    def close(self) -> None:
        self._store.close()

    def rank(self) -> tuple[int, int]:
        """Judge anew what nobody has looked at, by the labels as they are marked; give how many these are, and of the marks.

        Raises BadData where the folder was not scored.
        """
        folder, marks = self._read(), self._store.marks()
        probabilities = folder.heads.probabilities(folder.labels(marks))
        ranked = self._store.save_unseen(label_scores.scores(folder.items, probabilities))
        return ranked, len(marks)

    def alike(self, file: str, most: int) -> list[str]:
        """The `most` pictures that look most like `file`, itself the first. Raises BadData where nothing is known of it."""
        folder = self._read()
        if file not in folder.rows:
            raise BadData(NOT_SCORED)
        return [folder.items[row].file for row in nearest(folder.points, folder.lengths, folder.rows[file], most)]

    def _read(self) -> Folder:
        version = self._store.data_version()
        if self._folder is not None and version == self._version:
            return self._folder
        self._version, judge = version, self._store.judge()
        state = f"{judge} {self._store.state_of_pictures()}"
        if self._folder is None or state != self._state:
            seen = self._store.seen_by(judge["eye"]) if "eye" in judge else set()
            items = [item for item in self._store.items() if item.sha256 in seen]
            if len({item.label for item in items}) < 2:
                raise BadData(NOT_SCORED)
            points = points_of(self._store.features(judge["eye"], [item.sha256 for item in items], judge["width"]))
            groups = label_scores.group_numbers(items, self._store.groups())
            self._folder, self._state = Folder(items, points, groups), state
        return self._folder


def nearest(points: np.ndarray, lengths: np.ndarray, row: int, most: int) -> list[int]:
    """The rows of the `most` points nearest to that of `row`, itself the first; `lengths` are the points' squared ones."""
    apart = lengths - 2 * (points @ points[row])
    apart[row] = -np.inf
    count = min(most, len(points))
    some = np.argpartition(apart, count - 1)[:count]
    return some[np.argsort(apart[some], kind="stable")].tolist()
