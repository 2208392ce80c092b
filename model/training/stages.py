"""A training, from pictures to an export and its card, as a row of stages: each takes what the one before gave.

    prepare -> build -> rehearse -> finetune -> export -> measure -> compare (where a rival is named) -> describe -> install

What can fail after the last epoch is tried before the first, by `rehearse`; what fails all the same loses nothing
(model/training/safekeeping.py). Progress is reported as events; knows no screen.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import Any

import fastai.vision.all as fv
import numpy as np

from model import artifacts, evaluation
from model.artifacts import ModelCard, SafeModel, make_safe_model, model_card, registry
from model.classifier import Classifier
from model.core import as_text, cache_folder, checksum, checksum_of, is_utf8, listing, put_in_place, write_atomically
from model.data import DIGITS, read_dataset, suggest
from model.errors import AppError, BadUsage
from model.evaluation import Evaluation
from model.jobs import Report, Stopping
from model.training import pretrained
from model.training.config import TrainConfig
from model.training.crops import valid_crop
from model.training.finetune import History, StartedLearner, build, finetune
from model.training.prepare import TrainingData, prepare
from model.training.safekeeping import check_room, keeping, scratch_beside
from model.types import Item

KNOWN = 2000  # training pictures, at the most, from which it is learned what is familiar
REHEARSED = 12  # pictures that the untrained network is asked about
MADE_BY = ("fastai", "torch", "torchvision", "onnxscript", "onnxruntime")  # another version may save or answer otherwise
ELSEWHERE = ("arch", "init", "size", "note", "about")  # fields of the configuration that the card says in other places


@dataclass(frozen=True)
class Export:
    """A finished export, not in its place yet."""

    file: Path
    sha256: str


@dataclass(frozen=True)
class Measured:
    """An export on the validation pictures: all its answers, the thresholds that follow, and the figures at these."""

    evaluation: Evaluation
    thresholds: dict[str, float]
    figures: dict[str, Any]


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

    Events: {"event": "reading", "done", "total"}, {"event": "training", "done", "seconds_left"} with `done` from 0 to 1, and
    with "loss", "at" and "epochs" of a batch that is learned from; {"event": "epoch", "epoch", "epochs", "train_loss",
    "valid_loss", "accuracy", "seconds", "lr", "best"}, {"event": "measuring", "done", "total"}; where a learning rate is looked
    for, {"event": "searching", "done"} before the training. `stopping` is asked after each batch: a stop leaves the best so
    far, or what there is; one while the pictures are being read leaves nothing and raises KeyboardInterrupt. Raises AppError.
    """
    started = time.perf_counter()
    earlier = check(config, out, rival)
    dataset = read_dataset(data, labels=labels)
    meant = [] if labels or dataset.name == DIGITS else [found.told() for found in suggest(dataset.root)[:1]]
    prepared = prepare(dataset, config, report, stopping)
    begun = build(prepared, config)
    rehearse(begun, prepared, config, out, folder, earlier)
    history = finetune(begun, config, prepared.size, report, stopping)
    with keeping(begun.learner, folder or out.parent, out.stem) as keep, scratch_beside(out) as scratch:
        report({"event": "measuring", "done": 0, "total": len(prepared.valid)})
        made = export(begun, prepared, config, scratch)
        keep(made.file)
        measured = measure(made, prepared.valid.items, report)
        comparison, notes = compare_with(earlier, measured.evaluation, report) if earlier else ({}, [])
        card = describe(made, measured, history, begun, prepared, config)
        install(made, card, out)
    result = {
        **_result(measured, history, prepared, config),
        **comparison,
        "has_test": any(item.split == "test" for item in dataset.items),
        "measured_on": evaluation.measured_on(prepared.dataset.root, measured.evaluation.items, "valid", made.sha256),
        "out": str(out),
        "notes": [*meant, *prepared.notes, *notes],
        "seconds": round(time.perf_counter() - started, 1),
    }
    if folder:
        try:
            write_report(folder, result)
        except OSError as error:
            result["notes"] = [*result["notes"], f"The report could not be written to {folder} ({error.strerror})."]
        evaluation.keep_answers(prepared.dataset, result["answers"])
    return result


def check(config: TrainConfig, out: Path, rival: Path | None) -> Classifier | None:
    """Try what the last stages need, before hours are spent; give the rival, loaded. Raises AppError."""
    pretrained.architecture(config.arch)
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
    return Classifier.load(rival, named=True) if rival else None


def rehearse(
    begun: StartedLearner,
    data: TrainingData,
    config: TrainConfig,
    out: Path,
    folder: Path | None,
    rival: Classifier | None,
) -> None:
    """Do once with the untrained network what comes after the last epoch: export, measure, compare, describe. Raises AppError.

    A network of this architecture is measured the first time only, and not again before a library is another one.
    """
    for text in (config.note, begun.started_from or ""):
        if text and not is_utf8(text):
            raise BadUsage(f"{text!a} cannot be written into the model card: name it in UTF-8.")
    few = list({item.label: item for item in data.valid.items}.values())[:REHEARSED]
    seen = checksum_of(json.dumps([config.arch, data.size, config.crop, [version(name) for name in MADE_BY]]).encode())
    mark = cache_folder("rehearsed", seen)
    try:
        with fv.no_random(), scratch_beside(out) as scratch:
            made = export(begun.untrained_copy(), data, config, scratch, REHEARSED)
            check_room({out.parent, folder or out.parent, mark.parent.parent}, 3 * made.file.stat().st_size)
            if not mark.exists():
                measured = measure(made, few, lambda event: None)
                describe(made, measured, History([], False), begun, data, config)
                shutil.rmtree(make_safe_model(made.file, made.sha256, here=True))
                mark.parent.mkdir(exist_ok=True)
                mark.touch()
        if rival:
            rival.classify([item.path for item in few])
    except OSError as error:
        raise BadUsage(f"Nothing was trained, because its model could not be saved ({error}): see to that first.") from error
    except AppError:
        raise
    except Exception as error:
        raise AppError(
            f"Nothing was trained, because a model of this kind cannot be saved and measured here ({type(error).__name__}: "
            f"{error}). Choose another architecture or another size."
        ) from error


def export(begun: StartedLearner, data: TrainingData, config: TrainConfig, folder: Path, known: int = KNOWN) -> Export:
    """The learner, which learns no more, as a stock export in `folder`; up to `known` pictures say what is familiar to it."""
    cut = valid_crop(config.crop, data.size)
    evenly = range(0, len(data.train), -(-len(data.train) // known))
    middles = artifacts.middles_of(begun.learner, (cut(data.train[number]) for number in evenly))
    labels = np.array([data.dataset.classes.index(data.train.items[number].label) for number in evenly])
    file = artifacts.to_stock_export(
        begun.learner,
        folder / registry.EXPORT,
        classes=data.dataset.classes,
        picture=data.dataset.items[0].path,
        cut=cut,
        familiarity=evaluation.fit_familiarity(middles.numpy(), labels).arrays(),
    )
    return Export(file, checksum(file))


def measure(made: Export, items: Sequence[Item], report: Report) -> Measured:
    """Ask the export, in the safe form that will serve, about the validation pictures. Events as of `evaluate`."""
    classifier = Classifier(SafeModel.load(make_safe_model(made.file, made.sha256, here=True)), {})
    answers = evaluate(classifier, items, report)
    thresholds = answers.thresholds()
    return Measured(answers, thresholds, answers.report("valid", thresholds).to_json())


def evaluate(classifier: Classifier, items: Sequence[Item], report: Report) -> Evaluation:
    """What a classifier makes of some pictures. Events: {"event": "measuring", "done", "total"}."""
    return evaluation.evaluate(
        classifier, items, lambda done: report({"event": "measuring", "done": done, "total": len(items)})
    )


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


def describe(
    made: Export, measured: Measured, history: History, begun: StartedLearner, data: TrainingData, config: TrainConfig
) -> ModelCard:
    """The card of the export."""
    figures = measured.figures
    recipe = {key: value for key, value in asdict(config).items() if key not in ELSEWHERE}
    return ModelCard(
        classes=figures["classes"],
        architecture=config.arch,
        size=data.size,
        started_from=begun.started_from or "random weights",
        data={
            "name": data.dataset.name,
            "train": len(data.train),
            "valid": len(data.valid),
            "left_out": len(data.left_out),
            "note": config.note,
        },
        recipe={**recipe, "mirror": config.may_mirror(data.dataset.mirrorable.allowed)},
        measured={
            "on": f"{figures['count']} validation pictures",
            "how": evaluation.how_measured(data.dataset, "valid"),
            "accuracy": figures["accuracy"],
            "interval_95": figures["interval"],
            "calibration_error": figures["calibration_error"],
            "per_class": figures["per_class"],
            "history": history.epochs,
        },
        made=datetime.now(timezone.utc).strftime("%Y-%m-%d"),
        made_with={name: version(name) for name in ("fastai", "torch", "torchvision")},
        thresholds=measured.thresholds,
        sha256=made.sha256,
    )


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


def _result(measured: Measured, history: History, data: TrainingData, config: TrainConfig) -> dict[str, Any]:
    guess = data.dataset.mirrorable
    return {
        **measured.figures,
        "how": evaluation.how_measured(data.dataset, "valid"),
        "error_rate": 1 - float(measured.evaluation.right.mean()),
        "valid_loss": history.best["valid_loss"],
        "train_count": len(data.train),
        "valid_count": len(data.valid),
        "left_out": [{"file": as_text(str(file.path)), "reason": file.reason} for file in data.left_out],
        "refused": [{"file": as_text(str(file.path)), "error": file.reason} for file in data.refused],
        "history": history.epochs,
        "best_epoch": history.best["epoch"],
        "stopped": history.stopped,
        "preset": config.preset,
        "size": data.size,
        "mirrored": config.may_mirror(guess.allowed),
        "mirrored_by": "choice" if config.mirror is not None else guess.sentence,
        "answers": measured.evaluation.answers(),
    }
