"""What is known of one trained model: its reports and its baselines, found among the runs. Knows runs and files, no widget.

Each figure says what it was measured on; one of another model, or of other pictures, is never given for this model's.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model import evaluation, jobs
from model.artifacts import EXPORT, model_card
from model.client import connect
from model.core import short_time
from model.data import DIGITS, find_folder
from model.errors import AppError
from model.jobs import Run
from model.types import Explanation

MOST_FILES = 2000  # that are named at once

RunReport = dict[str, Any]


@dataclass(frozen=True)
class Ladder:
    """The baselines on `count` pictures: `model` is its own rung where these are others than those of its report."""

    simple: list[dict[str, Any]]
    beaten: str | None
    model: dict[str, Any] | None
    count: int


class TrainedModel:
    """One training that left a model."""

    def __init__(self, run: Run):
        self.run = run
        self.data: str = run.arguments[0]
        self.export: Path = run.folder / EXPORT
        self.labels = run.option("--labels") or ""
        self.result: dict[str, Any] = run.result or {}
        self.checksum = model_card.sha256_of(self.export)

    def explain(self, picture: bytes) -> Explanation:
        """Why it answers as it does for a picture; its process is started for that. Raises AppError."""
        return connect(self.export).explain(picture, for_visitors=False)

    @property
    def folder_name(self) -> str:
        """What its pictures are called."""
        return "the built-in digits" if self.data == DIGITS else f"“{Path(self.data).name}”"

    @property
    def evaluated_on(self) -> list[str]:
        """The pictures and their labels, as arguments: models can be compared where these are the same."""
        return [self.data, *self._labels()]

    @property
    def name(self) -> str:
        return f"“{self.run.name}”" if self.run.name else f"the training of {short_time(self.run.started)}"

    @property
    def title(self) -> str:
        called = f"“{self.run.name}”, the" if self.run.name else "The"
        return f"{called} model trained on {self.folder_name}, {short_time(self.run.started)}"

    def evaluation_arguments(self, split: str) -> list[str]:
        """The arguments of the run that measures it."""
        return [self.data, "--model", str(self.export), "--split", split, *self._labels()]

    def curve_arguments(self) -> list[str]:
        """The arguments of the run that finds what more photos would bring."""
        return [self.data, "--model", str(self.export), "--curve", *self._labels()]

    def baseline_arguments(self) -> list[str]:
        """The arguments of the run that measures the simple methods on the same pictures."""
        return [self.data, "--model", str(self.export), *self._labels()]

    def report(self, split: str) -> RunReport | None:
        """The report of the latest measurement, else the one that the training itself left."""
        for earlier in jobs.list_runs("evaluate"):
            found = earlier.result if earlier.arguments == self.evaluation_arguments(split) else None
            if found and "confusion" in found and evaluation.is_of(found, self.checksum, split):
                return found
        kept = self._own_report()
        ours = evaluation.is_of(kept, self.checksum, split) or "measured_on" not in kept  # of before: its place says it
        return kept if "confusion" in kept and kept.get("split") == split and ours else None

    def degraded(self, report: RunReport) -> list[dict[str, Any]]:
        """What is known of degraded copies of the pictures of this report: by itself, else by the training's own."""
        own = self._own_report()
        return report.get("degraded") or (own.get("degraded") if evaluation.of_same_pictures(own, report) else None) or []

    def baselines(self, report: RunReport) -> Ladder | None:
        """The baselines on the pictures of this report, else those measured together with this very model, on others."""
        together: Ladder | None = None
        for run in jobs.list_runs("baselines"):
            found = run.result or {}
            if not found.get("ladder") or run.arguments[:1] != [self.data]:
                continue
            ours = evaluation.is_of(found, self.checksum, "valid")
            simple = [rung for rung in found["ladder"] if rung["key"] != "model"]
            count, beaten = simple[0]["count"] if simple else 0, found.get("beaten") if ours else None
            if evaluation.of_same_pictures(found, report) and simple:
                return Ladder(simple, beaten, None, count)
            model = next((rung for rung in found["ladder"] if rung["key"] == "model"), None)
            if ours and model and simple:
                together = together or Ladder(simple, beaten, model, count)
        return together

    def test_uses(self) -> int | None:
        """How often the test pictures have been used; None when nobody can say."""
        try:
            return len(evaluation.test_uses(find_folder(self.data)))
        except AppError:
            return None

    def relative_files(self, files: list[str]) -> list[str]:
        """Files as the catalog of the folder names them, MOST_FILES at most."""
        try:
            root = find_folder(self.data)
        except AppError:
            return []
        return [Path(file).relative_to(root).as_posix() for file in files if Path(file).is_relative_to(root)][:MOST_FILES]

    def _own_report(self) -> RunReport:
        """What the training itself left, {} where that cannot be read."""
        with contextlib.suppress(OSError, ValueError):
            kept = json.loads((self.run.folder / "report.json").read_text(encoding="utf-8"))
            return kept if isinstance(kept, dict) else {}
        return {}

    def _labels(self) -> list[str]:
        return ["--labels", self.labels] if self.labels else []


def newest_training() -> Run | None:
    """The newest training that left a model."""
    return next((run for run in jobs.list_runs("train") if (run.folder / EXPORT).is_file() and run.result), None)


def latest_run(kind: str, arguments: list[str]) -> Run | None:
    """The newest run of this kind with these very arguments."""
    return next((run for run in jobs.list_runs(kind) if run.arguments == arguments), None)


def join_or_start(kind: str, arguments: list[str]) -> Run:
    """That run where it is going on already, else a new one. Raises AppError or OSError."""
    before = latest_run(kind, arguments)
    return before if before and before.state == "running" else jobs.start(kind, arguments)
