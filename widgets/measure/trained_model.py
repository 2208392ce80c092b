"""What is known of one trained model: its reports and its baselines, found among the runs. Knows runs and files, no widget."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

from model import evaluation, jobs
from model.artifacts import EXPORT
from model.core import short_time
from model.data import DIGITS, find_folder
from model.errors import AppError
from model.jobs import Run

MOST_FILES = 2000  # that are named at once

RunReport = dict[str, Any]


class TrainedModel:
    """One training that left a model."""

    def __init__(self, run: Run):
        self.run = run
        self.data: str = run.arguments[0]
        self.export: Path = run.folder / EXPORT
        self.result: dict[str, Any] = run.result or {}

    @property
    def title(self) -> str:
        name = "the built-in digits" if self.data == DIGITS else f"“{Path(self.data).name}”"
        return f"The model trained on {name}, {short_time(self.run.started)}"

    def evaluation_arguments(self, split: str) -> list[str]:
        """The arguments of the run that measures it."""
        return [self.data, "--model", str(self.export), "--split", split]

    def baseline_arguments(self) -> list[str]:
        """The arguments of the run that measures the simple methods on the same pictures."""
        return [self.data, "--model", str(self.export)]

    def report(self, split: str) -> RunReport | None:
        """The report that the training itself left, else that of an earlier measurement."""
        with contextlib.suppress(OSError, ValueError):
            kept = json.loads((self.run.folder / "report.json").read_text(encoding="utf-8"))
            if "confusion" in kept and kept.get("split") == split:
                return kept
        earlier = latest_run("evaluate", self.evaluation_arguments(split))
        found = (earlier and earlier.result) or {}
        return found if "confusion" in found else None

    def baselines(self, count: int) -> tuple[list[dict[str, Any]], str | None] | None:
        """The baselines on the same `count` pictures, and whether this model beat them (None: another was compared)."""
        runs = [run for run in jobs.list_runs("baselines") if run.arguments[:1] == [self.data]]
        ours = [run for run in runs if run.option("--model") == str(self.export)]
        for run in [*ours, *runs]:
            found = run.result or {}
            if found.get("ladder") and found["ladder"][0]["count"] == count:
                return found["ladder"], found.get("beaten") if run in ours else None
        return None

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
