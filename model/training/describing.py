"""What is said of a training that is over: the card of its export, and its result for the page and the command line."""

from __future__ import annotations

from datetime import datetime, timezone
from importlib.metadata import version
from typing import Any

from model import evaluation
from model.artifacts import ModelCard
from model.core import as_text
from model.training.config import TrainConfig
from model.training.trained import Export, Measured, Trained


def describe(made: Export, measured: Measured, trained: Trained, config: TrainConfig) -> ModelCard:
    """The card of the export."""
    figures, material = measured.figures, trained.material
    return ModelCard(
        classes=figures["classes"],
        architecture=config.arch,
        size=material.size,
        started_from=trained.started_from or "random weights",
        data={
            "name": material.dataset.name,
            "train": len(material.dataset.of("train")),
            "valid": len(material.dataset.of("valid")),
            "left_out": len(material.left_out),
            "note": config.note,
        },
        recipe=trained.recipe,
        measured={
            "on": f"{figures['count']} validation pictures",
            "how": evaluation.how_measured(material.dataset, "valid"),
            "accuracy": figures["accuracy"],
            "interval_95": figures["interval"],
            "calibration_error": figures["calibration_error"],
            "answered": figures["answered"],
            "answered_accuracy": figures["answered_accuracy"],
            "per_class": figures["per_class"],
            **({"degraded": figures["degraded"]} if "degraded" in figures else {}),
            "history": trained.history.epochs,
        },
        made=datetime.now(timezone.utc).strftime("%Y-%m-%d"),
        made_with={name: version(name) for name in ("fastai", "torch", "torchvision")},
        thresholds=measured.thresholds,
        sha256=made.sha256,
    )


def result_of(measured: Measured, trained: Trained, config: TrainConfig) -> dict[str, Any]:
    """The figures of `python -m model train` that follow from the training alone."""
    history, material = trained.history, trained.material
    return {
        **measured.figures,
        "how": evaluation.how_measured(material.dataset, "valid"),
        "error_rate": 1 - float(measured.evaluation.right.mean()),
        "valid_loss": history.best["valid_loss"],
        "train_count": len(material.dataset.of("train")),
        "valid_count": len(material.dataset.of("valid")),
        "left_out": [{"file": as_text(str(file.path)), "reason": file.reason} for file in material.left_out],
        "refused": [{"file": as_text(str(file.path)), "error": file.reason} for file in material.refused],
        "history": history.epochs,
        "best_epoch": history.best["epoch"],
        "stopped": history.stopped,
        "preset": config.preset,
        "size": material.size,
        "mirrored": trained.mirrored,
        "mirrored_by": "choice" if config.mirror is not None else material.dataset.mirrorable.sentence,
        **trained.told,
        "answers": measured.evaluation.answers(),
    }
