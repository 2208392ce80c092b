"""Scoring a folder: which labels are doubtful, which pictures are copies, which are broken, dark or blurred.

Every picture is predicted by a head, or a network, that has not been trained with its label; the body below the head may have
been, where the export was trained on this folder. What was found is kept by content in the catalog, so a folder that did not
change is not inspected again, and a changed picture costs one picture. Knows no screen.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from model import catalog
from model.core import checksum, is_over_limit
from model.data import DIGITS, find_folder, guess_mirroring
from model.errors import BadData, BadModel, BadUsage
from model.jobs import Report, Stopping
from model.scoring import duplicates, quality
from model.scoring.results import STOPPED, Content, ResultStore, ScoredItem
from model.types import Score

if TYPE_CHECKING:
    from model.artifacts import SafeModel
    from model.scoring.thorough import ThoroughResult, ThoroughScoring


BATCH = 32
SAVE_EVERY = 256  # pictures, so that a stop or a kill keeps what is done
VERSION = 4  # of what scores are made of: a change here makes them again


@dataclass(frozen=True)
class ScoreOptions:
    """How to score a folder.

    `model` is an export, `named` whether the owner asked for this very file; `labels` a CSV with the columns file and label.
    The `thorough` way also fine-tunes five networks, each without a fifth of the pictures: it takes minutes and finds more.
    They start from the body of `start` (an export or a weights file; None: of `model`), and their pictures are mirrored or not
    as `mirror` says (None: as their classes suggest).
    """

    model: Path
    named: bool
    labels: Path | None = None
    thorough: bool = False
    start: Path | None = None
    mirror: bool | None = None


def score(
    data: str | Path,
    options: ScoreOptions,
    report: Report = lambda event: None,
    stopping: Stopping = lambda: False,
) -> dict[str, Any]:
    """Score every picture of `data`; give items, duplicates and quality. What was found stays until a picture or a label
    changes, and the thumbnails of what the cleaner shows first are made.

    Events: {"event": "scanning", "done", "total"}, {"event": "scoring", "phase", "done", "total", "seconds_left"}. A stop keeps
    what is done and raises KeyboardInterrupt. At the end the thumbnails are made that a cleaner shows first. Raises BadData,
    BadModel, BadUsage.
    """
    from model.artifacts import model_card

    start = options.start
    if start and not start.is_file():
        raise BadUsage(f"There is no file {start} to start from: give an export or a weights file, or leave --init out.")
    catalog.scan(data, options.labels, report, stopping)
    root = find_folder(data)
    with closing(ResultStore(root)) as store:
        sha256, card = model_card.admit(options.model, options.named)
        pictures = store.state_of_pictures()
        thorough_states = f"thorough {VERSION} {sha256} "  # how they all begin
        state = f"quick {VERSION} {sha256} {pictures}"
        mirror = guess_mirroring({item.label for item in store.items()}).allowed if options.mirror is None else options.mirror
        if options.thorough:
            mirrored = "" if mirror == (str(data) != DIGITS) else f" mirror={mirror}"  # scores of before knew this rule alone
            state = f"{thorough_states}{checksum(start) if start else sha256}{mirrored} {pictures}"
        scored = store.scored_state()
        better = not options.thorough and scored.startswith(thorough_states) and scored.endswith(f" {pictures}")
        if scored != state and not better:
            judge = {
                "export": str(options.model.absolute()),
                "name": (card.data or {}).get("name"),
                "thorough": options.thorough,
            }
            _Scoring(store, options, sha256, report, stopping).run(state, mirror, {**judge, "model": sha256})
        found = store.result()
    with suppress(BadData):  # without them the scores are as good, and the cleaner makes its own
        catalog.warm_up(root, stopping)
    return found


def unopened(problem: str) -> str:
    """The issue of a picture that could not be opened, by the sentence that says why: what is merely large is sound."""
    return "too large" if is_over_limit(problem) else "broken"


class _Scoring:
    """One scoring that has something to do."""

    def __init__(self, store: ResultStore, options: ScoreOptions, checksum: str, report: Report, stopping: Stopping):
        self._store, self._options, self._checksum = store, options, checksum
        self._report, self._stopping = report, stopping

    def run(self, state: str, mirror: bool, judge: dict[str, Any]) -> None:
        """Inspect what is new, find issues in all pictures, and save them as scores of `state` by this `judge`."""
        items = self._store.items()
        self._inspect(self._store.not_inspected(items, self._checksum))
        contents, embeddings = self._store.contents(), self._store.embeddings(self._checksum)
        items = [item for item in items if item.sha256 in contents]  # others vanished in the meantime
        whole = [item for item in items if item.sha256 in embeddings]
        if not whole:
            raise BadData("None of the pictures can be opened: the cleaner lists the reasons.")
        if len({item.label for item in whole}) < 2:
            only = whole[0].label
            raise BadData(f"There is one class only ({only}): the cleaner needs pictures of another to compare with.")
        self._report({"event": "scoring", "phase": "judging the labels", "done": 0.0})
        groups = duplicates.groups(
            [item.file for item in items],
            [item.sha256 for item in items],
            [contents[item.sha256].fingerprint for item in items],
            _stack(items, embeddings),
        )
        measured = quality.issues([contents[item.sha256].measures for item in items])
        issues = {
            item.file: (unopened(problem),) if (problem := contents[item.sha256].problem) else found
            for item, found in zip(items, measured, strict=True)
        }
        group_numbers = _group_numbers(whole, groups)
        thorough = self._thorough(state, mirror)
        result = thorough.run(whole, group_numbers, self._store, self._report, self._stopping) if thorough else None
        scores = _scores(whole, _stack(whole, embeddings), group_numbers, result)
        self._store.save_scores(state, scores, groups, issues, judge)
        if thorough:
            thorough.discard_folds(self._store)
        self._report({"event": "scoring", "phase": "judging the labels", "done": 1.0})

    def _thorough(self, state: str, mirror: bool) -> ThoroughScoring | None:
        if not self._options.thorough:
            return None
        from model.scoring.thorough import ThoroughScoring

        return ThoroughScoring(self._options.start or self._options.model, mirror, state)

    def _inspect(self, items: Sequence[ScoredItem]) -> None:
        """Inspect contents that are new, by workers beside the network."""
        if not items:
            return
        from model.classifier import Classifier
        from model.scoring.inspection import inspect_all

        model = Classifier.load(self._options.model, self._options.named).model
        started = time.perf_counter()
        contents: dict[str, Content] = {}
        embeddings: dict[str, np.ndarray] = {}
        waiting: list[tuple[str, Image.Image]] = []
        files = [self._store.root / item.file for item in items]
        for done, (item, seen) in enumerate(zip(items, inspect_all(files, model.framing), strict=True), start=1):
            if not seen.problem or files[done - 1].is_file():
                contents[item.sha256] = Content(seen.problem, seen.fingerprint, seen.measures)
            if seen.framed is not None:
                waiting.append((item.sha256, seen.framed))
            last = self._stopping() or done == len(items)
            if waiting and (last or len(waiting) == BATCH):
                embeddings.update(zip((sha for sha, _ in waiting), _embed(model, [p for _, p in waiting]), strict=True))
                waiting = []
            if last or (not waiting and len(contents) >= SAVE_EVERY):
                self._store.save_contents(contents, embeddings, self._checksum)
                contents, embeddings = {}, {}
            left = (time.perf_counter() - started) / done * (len(items) - done)
            event = {"event": "scoring", "phase": "looking at the pictures", "done": done, "total": len(items)}
            self._report({**event, "seconds_left": left})
            if last and done < len(items):
                raise KeyboardInterrupt(STOPPED)


def _embed(model: SafeModel, framed: Sequence[Image.Image]) -> np.ndarray:
    """The embeddings of framed pictures (pictures × width); the logits, where the export gives none."""
    outputs = model.run(framed)
    if outputs.embeddings is None and outputs.logits.shape[1] < 2:
        raise BadModel("This model sees one class only, so it cannot tell what is doubtful: train one on several classes.")
    return outputs.logits if outputs.embeddings is None else outputs.embeddings


def _stack(items: Sequence[ScoredItem], embeddings: dict[str, np.ndarray]) -> np.ndarray:
    """Embeddings of the items (items × width), zeros where there are none."""
    nothing = np.zeros_like(next(iter(embeddings.values())))
    return np.stack([embeddings.get(item.sha256, nothing) for item in items])


def _scores(
    items: Sequence[ScoredItem], embeddings: np.ndarray, groups: np.ndarray, thorough: ThoroughResult | None
) -> list[Score]:
    """Scores of pictures that can be opened; copies (of one group) share a fold, so that none vouches for another."""
    from model.scoring import label_issues

    classes = sorted({item.label for item in items})
    labels = label_issues.class_indices([item.label for item in items], classes)
    probabilities = label_issues.out_of_fold_probabilities(embeddings, labels, groups, len(classes))
    if thorough:
        probabilities = label_issues.blend(thorough.probabilities, probabilities)
    issues = label_issues.find_issues(labels, probabilities, thorough.training_scores if thorough else None)
    best = probabilities.argmax(axis=1)
    losses = -np.log(np.maximum(probabilities[np.arange(len(labels)), labels], 1e-12))
    return [
        Score(
            file=item.file,
            label=item.label,
            predicted=classes[best[row]],
            probability=float(probabilities[row, best[row]]),
            loss=float(losses[row]),
            doubt=float(issues.doubt[row]),
            suggested=classes[best[row]] if issues.doubtful[row] and best[row] != labels[row] else None,
            doubtful=bool(issues.doubtful[row]),
            split=item.split,
        )
        for row, item in enumerate(items)
    ]


def _group_numbers(items: Sequence[ScoredItem], groups: Sequence[duplicates.Group]) -> np.ndarray:
    """One number for each group of copies, and one for each picture that has none."""
    group_of = {file: number for number, group in enumerate(groups) for file in group.files}
    return np.array([group_of.get(item.file, len(groups) + row) for row, item in enumerate(items)])
