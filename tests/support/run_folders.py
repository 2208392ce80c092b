"""Run folders as a command leaves them, without the work: to see what a panel makes of each."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from model.data import dataset
from model.jobs import runs

REPORT = {
    "split": "valid",
    "count": 10,
    "accuracy": 0.8,
    "interval": [0.49, 0.943],
    "classes": ["cat", "dog"],
    "confusion": [[4, 1], [1, 4]],
    "per_class": {name: {"precision": 0.8, "recall": 0.8, "count": 5} for name in ("cat", "dog")},
    "calibration_error": 0.1,
    "answered": 0.6,
    "answered_accuracy": 1.0,
    "top_losses": [],
    "refused": [],
    "has_test": False,
}
HISTORY = [
    {"epoch": 1, "epochs": 2, "train_loss": 1.0, "valid_loss": 0.9, "accuracy": 0.6},
    {"epoch": 2, "epochs": 2, "train_loss": 0.8, "valid_loss": 0.8, "accuracy": 0.8},
]
RESULT = {"accuracy": 0.8, "interval": [0.49, 0.943], "valid_count": 10, "seconds": 65.0, "history": HISTORY, "left_out": []}


def make(
    kind: str,
    arguments: list[str],
    events: list[dict[str, Any]],
    alive: bool = False,
    started: str = "2026-01-02T03:04:05",
) -> Path:
    """A folder among the runs; `alive` makes this very process the one that works."""
    folder = runs.new_folder(kind)
    pid = os.getpid() if alive else 2**22 + 1  # beyond what Linux gives out
    about = {"kind": kind, "arguments": arguments, "pid": pid, "begun": runs._start_time_of(pid) or "never", "started": started}
    (folder / "run.json").write_text(json.dumps(about))
    add(folder, *events)
    return folder


def recorded(folder: Path, pid: int | None = None) -> runs.Run:
    """The run in `folder` as `start` writes it, without an event: of this very process unless another is named."""
    pid = pid or os.getpid()
    begun = runs._start_time_of(pid)
    about = {"kind": "train", "arguments": [], "pid": pid, "begun": begun, "started": "2026-01-01T00:00:00"}
    (folder / runs.ABOUT).write_text(json.dumps(about))
    return runs.find(folder)


def add(folder: Path, *events: dict[str, Any]) -> None:
    with (folder / "events.jsonl").open("a") as file:
        file.writelines(json.dumps(event) + "\n" for event in events)


def export(folder: Path, content: bytes = b"a model") -> Path:
    """Something in the place of an export, with its card."""
    from model.artifacts import model_card
    from model.core import files

    made = folder / "export.pkl"
    made.write_bytes(content)
    model_card.write(made, model_card.ModelCard(sha256=files.checksum(made), classes=["cat", "dog"]))
    return made


def trained(data: str, report: dict[str, Any] | None = None, **options: Any) -> Path:
    """A training that is done, with its export and, where one is given, the report of it."""
    folder = make("train", [data, "--preset", "quick"], [{"event": "done", "result": RESULT}], **options)
    made = export(folder, str(folder).encode())
    if report:
        (folder / "report.json").write_text(json.dumps(of(report, made)))
    return folder


def of(result: dict[str, Any], export: Path | None, split: str = "valid", pictures: str = "these") -> dict[str, Any]:
    """A result that says what it is of: this export, these pictures; what it says already stays."""
    from model.core import files

    model = files.checksum(export) if export else ""
    count = result.get("count") or result["ladder"][0]["count"]
    return {"measured_on": {"model": model, "split": split, "pictures": pictures, "count": count}, **result}


def baselines(data: str, rungs: list[dict[str, Any]], export: Path | None = None, pictures: str = "these", **more: Any) -> Path:
    """A run that has measured these rungs, together with an export where one is named."""
    arguments = [data, "--model", str(export)] if export else [data]
    result = of({"ladder": rungs, **more}, export, pictures=pictures)
    return make("baselines", arguments, [{"event": "done", "result": result}])


def measured(folder: Path, taken: str, said: str, mistakes: int) -> Path:
    """A training on class folders that is done and measured: so many pictures of the class `taken` are called `said`."""
    items = [item for item in dataset.read_dataset(folder).items if item.split == "valid"]
    mistaken = sorted(item.path for item in items if item.label == taken)[:mistakes]
    classes = sorted({item.label for item in items})
    rows, counts = [], [[0] * len(classes) for _ in classes]
    for item in items:
        wrong = item.path in mistaken
        answer = said if wrong else item.label
        row = {"file": str(item.path), "label": item.label, "predicted": answer, "probability": 0.9}
        rows.append({**row, "loss": 2.3 if wrong else 0.1})
        counts[classes.index(item.label)][classes.index(answer)] += 1
    report = {**REPORT, "classes": classes, "confusion": counts, "count": len(rows), "answers": rows}
    report["per_class"] = {name: {"precision": 0.9, "recall": 0.8, "count": 3} for name in classes}
    report["top_losses"] = sorted(rows, key=lambda row: -row["loss"])
    rung = {"interval": [0.2, 0.5], "seconds": 0.1, "count": len(rows)}
    ladder = [{**rung, "key": key, "name": key, "accuracy": share} for key, share in (("majority", 0.3), ("linear", 0.4))]
    baselines(str(folder), ladder)
    return trained(str(folder), report)
