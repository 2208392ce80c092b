"""Scoring a folder: which labels are doubtful, which pictures are copies, which are broken, dark or blurred.

Every picture is predicted by a head that has not been trained with its label, on features of the general body, which learned
from nobody's folder, or of an export's. What was found is kept by content in the catalog, so a folder that did not change is
not inspected again, and a changed picture costs one picture. Knows no screen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from model import catalog
from model.core import is_over_limit
from model.data import find_folder
from model.errors import BadData
from model.jobs import Report, Stopping
from model.scoring import duplicates, label_scores, quality
from model.scoring.engines import Engine, embedded
from model.scoring.eyes import ExportEye, Eye, GeneralEye, HeadEye
from model.scoring.inspection import Inspection
from model.scoring.results import Answer, Content, ResultStore, ScoredItem

VERSION = 5  # of what scores are made of: a change here makes them again


@dataclass(frozen=True)
class ScoreOptions:
    """How to score a folder.

    `model` is an export whose own body looks (None: the general body), `named` whether the owner asked for this very file;
    `labels` a CSV with the columns file and label. `answering` is an export whose answers are kept beside the doubts, found by
    one more look at the pictures. None takes what costs nothing: the answers of `model` where it looks, else those of the
    model that serves where it was trained in an instant, on the general body. `engine` looks: this process, or Ray's workers.
    """

    model: Path | None = None
    named: bool = False
    labels: Path | None = None
    answering: Path | None = None
    engine: Engine = embedded


def score(
    data: str | Path,
    options: ScoreOptions = ScoreOptions(),
    report: Report = lambda event: None,
    stopping: Stopping = lambda: False,
) -> dict[str, Any]:
    """Score every picture of `data`; give items, duplicates and quality. What was found stays until a picture or a label
    changes, and the thumbnails of what the cleaner shows first are made.

    Events: {"event": "scanning", "done", "total"}, {"event": "scoring", "phase", "done", "total", "seconds_left"}. A stop keeps
    what is done and raises KeyboardInterrupt. Raises BadData, BadModel, BadUsage.
    """
    catalog.scan(data, options.labels, report, stopping)
    root = find_folder(data)
    with closing(ResultStore(root)) as store:
        eye: Eye = ExportEye(options.model, options.named) if options.model else GeneralEye()
        answering = _answering(options, eye)
        state = f"{VERSION} {eye.key} {answering.fact['model']} {store.state_of_pictures()}"
        if store.scored_state() != state:
            _Scoring(store, eye, answering, options.engine, report, stopping).run(state)
        found = store.result()
    with suppress(BadData):  # without them the scores are as good, and the cleaner makes its own
        catalog.warm_up(root, stopping)
    return found


def unopened(problem: str) -> str:
    """The issue of a picture that could not be opened, by the sentence that says why: what is merely large is sound."""
    return "too large" if is_over_limit(problem) else "broken"


def _answering(options: ScoreOptions, eye: Eye) -> Eye:
    """Whose answers are kept beside the doubts."""
    if options.answering:
        return ExportEye(options.answering, True)
    return eye if options.model else HeadEye.serving() or eye


class _Scoring:
    """One scoring that has something to do: `eye` looks, and `answering`, which may be the same, says what the pictures are."""

    def __init__(self, store: ResultStore, eye: Eye, answering: Eye, engine: Engine, report: Report, stopping: Stopping):
        self._store, self._eye, self._answering, self._engine = store, eye, answering, engine
        self._report, self._stopping = report, stopping

    def run(self, state: str) -> None:
        """Inspect what is new, find issues in all pictures, and save them as scores of `state`."""
        items = self._store.items()
        self._inspect(self._store.not_inspected(items, self._eye.key), self._eye)
        contents, rows = self._store.contents(), self._store.embeddings(self._eye.key)
        items = [item for item in items if item.sha256 in contents]  # others vanished in the meantime
        opened = np.array([item.sha256 in rows for item in items], dtype=bool)
        whole = [item for item, can in zip(items, opened, strict=True) if can]
        if not whole:
            raise BadData("None of the pictures can be opened: the cleaner lists the reasons.")
        if len({item.label for item in whole}) < 2:
            only = whole[0].label
            raise BadData(f"There is one class only ({only}): the cleaner needs pictures of another to compare with.")
        answers = self._answers(whole)
        self._report({"event": "scoring", "phase": "judging the labels", "done": 0.0})
        every = self._eye.features(_stack(items, rows))
        groups = duplicates.groups(
            [item.file for item in items],
            [item.sha256 for item in items],
            [contents[item.sha256].fingerprint for item in items],
            every,
        )
        measured = quality.issues([contents[item.sha256].measures for item in items])
        issues = {
            item.file: (unopened(problem),) if (problem := contents[item.sha256].problem) else found
            for item, found in zip(items, measured, strict=True)
        }
        group_of = {file: number for number, group in enumerate(groups) for file in group.files}
        numbers = label_scores.group_numbers(whole, group_of)
        features = every[opened]
        scores = label_scores.judge(whole, features, numbers)
        self._store.save_answers(answers, self._answering.fact)
        fact = {**self._eye.fact, "width": features.shape[1]}  # by which the same features are found again
        self._store.save_scores(state, scores, groups, issues, fact)
        self._report({"event": "scoring", "phase": "judging the labels", "done": 1.0})

    def _answers(self, items: Sequence[ScoredItem]) -> dict[str, Answer]:
        """What the answering model says, by content; nothing where none answers."""
        if self._answering.key != self._eye.key:
            self._inspect(self._store.not_inspected(items, self._answering.key), self._answering)
        rows = self._store.embeddings(self._answering.key)
        shas = [sha256 for sha256 in {item.sha256: None for item in items} if sha256 in rows]
        found = self._answering.answers(np.stack([rows[sha256] for sha256 in shas])) if shas else None
        if found is None or not {item.label for item in items} <= set(found.labels):  # it knows other things
            return {}
        best = found.probabilities.argmax(axis=1)
        return {
            sha256: Answer(found.labels[place], float(found.probabilities[row, place]))
            for row, (sha256, place) in enumerate(zip(shas, best, strict=True))
        }

    def _inspect(self, items: Sequence[ScoredItem], eye: Eye) -> None:
        """Inspect contents that are new."""
        if not items:
            return
        files = {item.sha256: self._store.root / item.file for item in items}
        seen = self._store.seen_by(eye.key)  # by somebody who looked for features alone, as a training does

        def keep(found: Mapping[str, Inspection], rows: Mapping[str, np.ndarray]) -> None:
            contents = {
                sha256: Content(each.problem, each.fingerprint, each.measures)
                for sha256, each in found.items()
                if not each.problem or files[sha256].is_file()
            }
            self._store.save_contents(contents, rows, eye.key)

        def tell(done: int, seconds_left: float) -> None:
            event = {"event": "scoring", "phase": "looking at the pictures", "done": done, "total": len(items)}
            self._report({**event, "seconds_left": seconds_left})

        self._engine(files, seen, eye, keep, tell, self._stopping)


def _stack(items: Sequence[ScoredItem], rows: Mapping[str, np.ndarray]) -> np.ndarray:
    """The rows of the items, zeros where there are none."""
    nothing = np.zeros_like(next(iter(rows.values())))
    return np.stack([rows.get(item.sha256, nothing) for item in items])
