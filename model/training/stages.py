"""A training, from pictures to an export and its card, as a row of stages: each takes what the one before gave.

    check -> learn -> export -> measure -> compare (where a rival is named) -> describe -> install

There are two ways to learn (`instant`, `fine_tuned`); the other stages are the same for both. What fails after the learning
loses nothing (model/training/safekeeping.py). Progress is reported as events; knows no screen.
"""

from __future__ import annotations

import csv
import json
import os
import time
from pathlib import Path
from typing import Any

from model import evaluation
from model.artifacts import ModelCard, model_card, registry
from model.classifier import Classifier
from model.core import is_utf8, listing, put_in_place, write_atomically
from model.data import DIGITS, Dataset, read_dataset, suggest
from model.errors import BadUsage
from model.evaluation import Evaluation
from model.jobs import Report, Stopping
from model.training.config import TrainConfig
from model.training.describing import describe, result_of
from model.training.safekeeping import keeping, scratch_beside
from model.training.trained import Export, Trained, evaluate


def train(
    data: str,
    config: TrainConfig,
    out: Path,
    report: Report,
    stopping: Stopping = lambda: False,
    rival: Path | None = None,
    labels: Path | None = None,
    folder: Path | None = None,
) -> dict[str, Any]:
    """Train on `data` and write `out` with its card; give the figures of `python -m model train`.

    With a `rival`, an export, both are compared on the validation pictures. In the `folder` of a run, report.json and
    history.csv are left.

    Events: {"event": "reading", "done", "total"} ("looking" where the body rests), {"event": "training", "done",
    "seconds_left"} with `done` from 0 to 1, and with "loss", "at" and "epochs" of a batch that is learned from; {"event":
    "epoch", "epoch", "epochs", "train_loss", "valid_loss", "accuracy", "seconds", "lr", "best"}, {"event": "measuring", "done",
    "total"}; where a learning rate is looked for, {"event": "searching", "done"} before the training. `stopping` is asked
    after each batch: a stop leaves the best so far, or what there is; one while the pictures are being read leaves nothing and
    raises KeyboardInterrupt. Raises AppError.
    """
    started = time.perf_counter()
    earlier = check(config, out, rival)
    dataset = read_dataset(data, labels=labels)
    meant = [] if labels or dataset.name == DIGITS else [found.told() for found in suggest(dataset.root)[:1]]
    trained = learn(dataset, config, out, folder, earlier, report, stopping)
    root, valid = trained.material.dataset.root, trained.material.dataset.of("valid")
    with keeping(trained, folder or out.parent, out.stem) as keep, scratch_beside(out) as scratch:
        report({"event": "measuring", "done": 0, "total": len(valid)})
        made = trained.export(scratch)
        keep(made.file)
        measured = trained.measure(made, report, stopping)
        comparison, notes = compare_with(earlier, measured.evaluation, report) if earlier else ({}, [])
        card = describe(made, measured, trained, config)
        install(made, card, out)
    result = {
        **result_of(measured, trained, config),
        **comparison,
        "has_test": any(item.split == "test" for item in dataset.items),
        "measured_on": evaluation.measured_on(root, measured.evaluation.items, "valid", made.sha256),
        "out": str(out),
        "notes": [*meant, *trained.material.notes, *notes],
        "seconds": round(time.perf_counter() - started, 1),
    }
    if folder:
        try:
            write_report(folder, result)
        except OSError as error:
            result["notes"] = [*result["notes"], f"The report could not be written to {folder} ({error.strerror})."]
        evaluation.keep_answers(trained.material.dataset, result["answers"])
    return result


def check(config: TrainConfig, out: Path, rival: Path | None) -> Classifier | None:
    """Try what the last stages need, before hours are spent; give the rival, loaded. Raises AppError."""
    if not config.instant:
        from model.training.network import check_start

        check_start(config.arch, config.init)
    model_card.read(out)  # one that cannot be read could not be replaced
    if out.is_dir():
        raise BadUsage(f"Cannot write {out}: it is a folder, name a file in it.")
    if not out.parent.is_dir() or not os.access(out.parent, os.W_OK):
        raise BadUsage(f"Cannot write {out}: make the folder {out.parent} first, and make it writable.")
    if registry.is_shipped_place(out):
        raise BadUsage(
            f"{out} is the model that the project came with, which stays as it is: leave --out out, and name --use to let the "
            "new one serve."
        )
    if config.note and not is_utf8(config.note):
        raise BadUsage(f"{config.note!a} cannot be written into the model card: name it in UTF-8.")
    return Classifier.load(rival, named=True) if rival else None


def learn(
    dataset: Dataset,
    config: TrainConfig,
    out: Path,
    folder: Path | None,
    rival: Classifier | None,
    report: Report,
    stopping: Stopping,
) -> Trained:
    """Learn in the way of the preset; fastai is loaded where something is fine-tuned, or when there is something to export."""
    if config.instant:
        from model.training import instant

        return instant.learn(dataset, config, out, folder, report, stopping)
    from model.training import fine_tuned

    return fine_tuned.learn(dataset, config, out, folder, rival, report, stopping)


def compare_with(rival: Classifier, ours: Evaluation, report: Report) -> tuple[dict[str, Any], list[str]]:
    """The comparison with an earlier model, for the result, and notes: None and why, where that one knows other classes."""
    unknown = sorted({item.label for item in ours.items} - set(rival.vocab))
    if unknown:
        why = f"as the earlier one does not know {listing(unknown)}"
        return {"comparison": None}, [f"The two models cannot be compared, {why}. This one does: compare the next with it."]
    return {"comparison": compare(evaluate(rival, ours.items, report), ours)}, []


def compare(theirs: Evaluation, ours: Evaluation) -> dict[str, Any]:
    """An earlier model beside the new one, both evaluated on the same pictures."""
    return evaluation.compare_answers(theirs.answers(), ours.answers()).to_json()


def install(made: Export, card: ModelCard, out: Path) -> None:
    """Move the export to `out`, whole, and write its card."""
    put_in_place(made.file, out)
    model_card.write(out, card)


def write_report(folder: Path, result: dict[str, Any]) -> None:
    """Leave the figures in the folder of a run as report.json, and the epochs as history.csv."""
    write_atomically(folder / "report.json", json.dumps(result, indent=1) + "\n")
    with (folder / "history.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, result["history"][0])
        table.writeheader()
        table.writerows(result["history"])
