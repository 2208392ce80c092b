"""Scoring a folder: which labels are doubtful, which pictures are copies, which are broken, dark or blurred.

Every picture is judged by a head, or a network, that has not been taught its label; the body below the head may have been,
where the export was trained on this folder. What was found is kept by content in the catalogue, so a folder that did not
change is not looked at again, and a changed picture costs one picture. Knows no screen.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from model import catalog
from model.core import checksum
from model.data import DIGITS, find_folder
from model.errors import BadData, BadModel, BadUsage
from model.jobs import Report, Stopping
from model.scoring import duplicates, quality
from model.scoring.results import STOPPED, Content, ResultStore, ScoredItem
from model.types import Score

if TYPE_CHECKING:
    from model.scoring.thorough import ThoroughResult, ThoroughScoring


BATCH = 32
KEPT_EVERY = 256  # pictures, so that a stop or a kill keeps what is done
VERSION = 3  # of what scores are made of: a change here makes them anew


def score(
    data: str | Path,
    model: Path,
    named: bool,
    labels: Path | None = None,
    report: Report = lambda event: None,
    stopping: Stopping = lambda: False,
    thorough: bool = False,
    start: Path | None = None,
) -> dict[str, Any]:
    """Judge every picture of `data` with the body of the export `model`; give items, duplicates and quality.

    The `thorough` way also fine-tunes five networks, from the body of `start` (an export or a weights file; None: of
    `model`), each without a fifth of the pictures: it takes minutes and finds more. What it found stays until a picture or
    a label changes.

    Events: {"event": "scanning", "done", "total"}, {"event": "scoring", "phase", "done", "total", "seconds_left"}. A stop keeps
    what is done and raises KeyboardInterrupt. At the end the thumbnails are made that a cleaner shows first. Raises BadData,
    BadModel, BadUsage.
    """
    from model.artifacts import model_card

    if start and not start.is_file():
        raise BadUsage(f"There is no file {start} to start from: give an export or a weights file, or leave --init out.")
    catalog.scan(data, labels, report, stopping)
    findings = ResultStore(find_folder(data))
    try:
        sha256, _ = model_card.admit(model, named)
        pictures = findings.state()
        way = f"thorough {VERSION} {sha256} "
        state = f"quick {VERSION} {sha256} {pictures}"
        if thorough:
            state = f"{way}{checksum(start) if start else sha256} {pictures}"
        scored = findings.scored()
        better = not thorough and scored.startswith(way) and scored.endswith(f" {pictures}")
        if scored != state and not better:
            tuning = _tuning(start or model, str(data) != DIGITS, state) if thorough else None
            _Scoring(findings, model, named, sha256, report, stopping).run(state, tuning)
        result = findings.result()
    finally:
        findings.close()
    with suppress(BadData):  # without them the scores are as good, and the cleaner makes its own
        catalog.warm_up(find_folder(data), stopping)
    return result


def _tuning(start: Path, mirrored: bool, state: str) -> ThoroughScoring:
    from model.scoring.thorough import ThoroughScoring

    return ThoroughScoring(start, mirrored, state)


class _Scoring:
    """One scoring that has something to do."""

    def __init__(self, findings: ResultStore, model: Path, named: bool, checksum: str, report: Report, stopping: Stopping):
        self._findings, self._model, self._named, self._checksum = findings, model, named, checksum
        self._report, self._stopping = report, stopping

    def run(self, state: str, tuning: ThoroughScoring | None = None) -> None:
        entries = self._findings.entries()
        self._examine(self._findings.unknown(entries, self._checksum))
        contents, features = self._findings.contents(), self._findings.features(self._checksum)
        entries = [entry for entry in entries if entry.sha256 in contents]  # others vanished in the meantime
        whole = [entry for entry in entries if entry.sha256 in features]
        if not whole:
            raise BadData("None of the pictures can be opened: the cleaner lists the reasons.")
        if len({entry.label for entry in whole}) < 2:
            only = whole[0].label
            raise BadData(f"There is one class only ({only}): the cleaner needs pictures of another to compare with.")
        self._report({"event": "scoring", "phase": "judging the labels", "done": 0.0})
        found = duplicates.groups(
            [entry.file for entry in entries],
            [entry.sha256 for entry in entries],
            [contents[entry.sha256].fingerprint for entry in entries],
            _stacked(entries, features),
        )
        measured = quality.issues([contents[entry.sha256].measures for entry in entries])
        issues = {
            entry.file: ("broken",) if contents[entry.sha256].problem else verdicts
            for entry, verdicts in zip(entries, measured, strict=True)
        }
        seen, together = _stacked(whole, features), _group_numbers(whole, found)
        tuned = tuning and tuning.run(whole, together, self._findings, self._report, self._stopping)
        self._findings.keep_scores(state, _judge(whole, seen, together, tuned), found, issues)
        if tuning:
            tuning.forget(self._findings)
        self._report({"event": "scoring", "phase": "judging the labels", "done": 1.0})

    def _examine(self, entries: Sequence[ScoredItem]) -> None:
        """Look at contents that nobody has looked at yet, workers beside the network."""
        if not entries:
            return
        from model.classifier import Classifier
        from model.scoring.inspection import inspect_all

        form = Classifier.load(self._model, self._named).form
        started = time.perf_counter()
        contents: dict[str, Content] = {}
        features: dict[str, np.ndarray] = {}
        waiting: list[tuple[str, Any]] = []
        files = [self._findings.root / entry.file for entry in entries]
        for done, (entry, seen) in enumerate(zip(entries, inspect_all(files, form.framing), strict=True), start=1):
            if not seen.problem or files[done - 1].is_file():
                contents[entry.sha256] = Content(seen.problem, seen.fingerprint, seen.measures)
            if seen.framed is not None:
                waiting.append((entry.sha256, seen.framed))
            last = self._stopping() or done == len(entries)
            if waiting and (last or len(waiting) == BATCH):
                features.update(zip((sha for sha, _ in waiting), _features(form, [p for _, p in waiting]), strict=True))
                waiting = []
            if last or (not waiting and len(contents) >= KEPT_EVERY):
                self._findings.keep_contents(contents, features, self._checksum)
                contents, features = {}, {}
            left = (time.perf_counter() - started) / done * (len(entries) - done)
            event = {"event": "scoring", "phase": "looking at the pictures", "done": done, "total": len(entries)}
            self._report({**event, "seconds_left": left})
            if last and done < len(entries):
                raise KeyboardInterrupt(STOPPED)


def _features(form, framed) -> np.ndarray:
    """What the network's body sees (pictures × width); the logits, where the export does not give that."""
    seen = form.look(framed)
    if seen.features is None and seen.logits.shape[1] < 2:
        raise BadModel("This model sees one class only, so it cannot tell what is doubtful: train one on several classes.")
    return seen.logits if seen.features is None else seen.features


def _stacked(entries: Sequence[ScoredItem], features: dict[str, np.ndarray]) -> np.ndarray:
    """Features of the entries (entries × width), zeros where there are none."""
    nothing = np.zeros_like(next(iter(features.values())))
    return np.stack([features.get(entry.sha256, nothing) for entry in entries])


def _judge(
    entries: Sequence[ScoredItem], features: np.ndarray, groups: np.ndarray, tuned: ThoroughResult | None
) -> list[Score]:
    """Scores of pictures that can be opened; copies (of one group) are judged together, so that none vouches for another."""
    from model.scoring import label_issues

    classes = sorted({entry.label for entry in entries})
    labels = label_issues.numbers([entry.label for entry in entries], classes)
    probabilities = label_issues.out_of_fold_probabilities(features, labels, groups, len(classes))
    if tuned:
        probabilities = label_issues.blend(tuned.probabilities, probabilities)
    verdict = label_issues.find_issues(labels, probabilities, tuned and tuned.learned)
    best = probabilities.argmax(axis=1)
    losses = -np.log(np.maximum(probabilities[np.arange(len(labels)), labels], 1e-12))
    return [
        Score(
            file=entry.file,
            label=entry.label,
            predicted=classes[best[row]],
            probability=float(probabilities[row, best[row]]),
            loss=float(losses[row]),
            doubt=float(verdict.doubt[row]),
            suggested=classes[best[row]] if verdict.doubtful[row] and best[row] != labels[row] else None,
            doubtful=bool(verdict.doubtful[row]),
            split=entry.split,
        )
        for row, entry in enumerate(entries)
    ]


def _group_numbers(entries: Sequence[ScoredItem], groups: Sequence[duplicates.Group]) -> np.ndarray:
    """One number for each group of copies, and one for each picture that has none."""
    group_of = {file: number for number, group in enumerate(groups) for file in group.files}
    return np.array([group_of.get(entry.file, len(groups) + row) for row, entry in enumerate(entries)])
