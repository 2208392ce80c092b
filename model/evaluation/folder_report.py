"""The report on a folder of pictures: one export measured, or two compared, and each use of the test pictures logged.

Knows datasets, exports and the report's file, no command line.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.classifier import Classifier
from model.core import checksum
from model.data import Dataset
from model.evaluation.evaluation import Evaluation, evaluate
from model.evaluation.paired_test import compare_answers
from model.evaluation.provenance import measured_on
from model.evaluation.robustness import degraded_figures, evaluate_degraded
from model.evaluation.test_set_log import log_test_use
from model.jobs import Event, Report, Stopping
from model.types import Item

REPORT = "report.json"  # in the folder of a run
COPIES = "degraded copies"  # what is looked at, as the progress says it


@dataclass(frozen=True)
class LoadedExport:
    """An export's file, and the classifier made of it."""

    path: Path
    classifier: Classifier


def how_measured(dataset: Dataset, split: str) -> str:
    """How a figure on the pictures of a split was got, as a sentence."""
    if split == "all":
        return "On all the pictures of the folder: a model that was trained on it has learned from most of them."
    by = "drawn by a hash of their bytes" if split in dataset.drawn else "in a folder of their own"
    what = "test pictures, kept for the end" if split == "test" else "validation pictures, not learned from"
    return f"On {what}, {by}."


def evaluate_folder(
    dataset: Dataset,
    model: LoadedExport,
    rival: LoadedExport | None = None,
    split: str = "valid",
    report: Report = lambda event: None,
    stopping: Stopping = lambda: False,
    degraded: bool = False,
) -> dict[str, Any]:
    """Measure `model` on one split; each use of the test pictures, which "all" are too, is counted.

    Gives an EvaluationReport as JSON, with `how` it was got, `left_out` (files that are no pictures), `has_test`,
    `looked_at_test`, `measured_on` (see `provenance`), `answers` (one a picture) and, where there is a `rival`, the
    `comparison` with it on the same pictures; if `degraded`, rows of `degraded_figures`, by that name.
    Events: {"event": "evaluating", "done", "total"}, with "phase" for the degraded copies. A stop raises KeyboardInterrupt.
    Raises BadData.
    """
    items = dataset.of(split)
    has_test = any(item.split == "test" for item in dataset.items)
    exports = [model, rival] if rival else [model]
    found, *others = _evaluate_all(exports, items, report, stopping)
    uses_test = any(item.split == "test" for item in items)
    document: dict[str, Any] = {**found.report(split).to_json(), "has_test": has_test, "looked_at_test": uses_test}
    document["how"] = how_measured(dataset, split)
    left_out = dataset.left_out_to_json()
    document |= {**left_out, "refused": left_out["refused"] + document["refused"]}
    document["measured_on"] = measured_on(dataset.root, found.items, split, checksum(model.path))
    if uses_test:
        for export in exports:
            document["test_looks"] = log_test_use(dataset.root, checksum(export.path))
    if degraded:

        def progress(done: int, total: int) -> None:
            _go_on({"event": "evaluating", "phase": COPIES, "done": done, "total": total}, report, stopping)

        document["degraded"] = degraded_figures(evaluate_degraded(model.classifier, items, progress))
    answers = found.answers()
    for other in others:
        document["comparison"] = compare_answers(other.answers(), answers).to_json()
    return {**document, "answers": answers}


def write_report(folder: Path, document: dict[str, Any]) -> None:
    """Write a report into the folder of a run. Raises OSError."""
    (folder / REPORT).write_text(json.dumps(document), encoding="utf-8")


def _evaluate_all(
    exports: Sequence[LoadedExport], items: Sequence[Item], report: Report, stopping: Stopping
) -> list[Evaluation]:
    """Evaluate each export on the same pictures."""
    found = []
    for number, export in enumerate(exports):

        def progress(count: int, before: int = number * len(items)) -> None:
            event = {"event": "evaluating", "done": before + count, "total": len(exports) * len(items)}
            _go_on(event, report, stopping)

        found.append(evaluate(export.classifier, items, progress))
    return found


def _go_on(event: Event, report: Report, stopping: Stopping) -> None:
    """Report progress. Raises KeyboardInterrupt where it is to stop."""
    if stopping():
        raise KeyboardInterrupt
    report(event)
