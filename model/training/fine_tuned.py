"""The way of the presets quick and thorough: every layer learns, for minutes.

    prepare -> build -> rehearse -> finetune, and then export and measure

What can fail after the last epoch is tried before the first, by `rehearse`.
"""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import fastai.vision.all as fv
import numpy as np

from model import artifacts, evaluation
from model.artifacts import SafeModel, make_safe_model, registry
from model.backbones import find_backbone
from model.classifier import Classifier
from model.core import cache_folder, checksum, checksum_of, evenly, is_utf8
from model.data import Dataset
from model.errors import AppError, BadUsage
from model.jobs import Report, Stopping
from model.training.config import TrainConfig
from model.training.crops import valid_crop
from model.training.describing import describe
from model.training.finetune import History, StartedLearner, build, finetune
from model.training.prepare import TrainingData, prepare
from model.training.safekeeping import check_room, scratch_beside
from model.training.trained import Export, Measured, evaluate, evaluate_degraded
from model.types import Item

KNOWN = 2000  # training pictures, at the most, from which it is learned what is familiar
DEGRADED_EVERY = 6  # of these pictures, also a degraded copy
REHEARSED = 12  # pictures that the untrained network is asked about
MADE_BY = ("fastai", "torch", "torchvision", "onnxscript", "onnxruntime")  # another version may save or answer otherwise
ELSEWHERE = ("arch", "init", "size", "note", "about")  # fields of the configuration that the card says in other places


@dataclass(frozen=True)
class FineTuned:
    """A fine-tuned network (`model.training.trained.Trained`)."""

    begun: StartedLearner
    material: TrainingData
    history: History
    config: TrainConfig

    @property
    def learner(self) -> fv.Learner:
        return self.begun.learner

    @property
    def started_from(self) -> str | None:
        return self.begun.started_from

    @property
    def mirrored(self) -> bool:
        return self.config.may_mirror(self.material.dataset.mirrorable.allowed)

    @property
    def recipe(self) -> dict[str, Any]:
        return {**{key: value for key, value in asdict(self.config).items() if key not in ELSEWHERE}, "mirror": self.mirrored}

    @property
    def told(self) -> dict[str, Any]:
        return {}

    def export(self, folder: Path) -> Export:
        return export(self.begun, self.material, self.config, folder)

    def measure(self, made: Export, report: Report, stopping: Stopping) -> Measured:
        return measure(made, self.material.valid.items, report, stopping)


def learn(
    dataset: Dataset,
    config: TrainConfig,
    out: Path,
    folder: Path | None,
    rival: Classifier | None,
    report: Report,
    stopping: Stopping,
) -> FineTuned:
    """Fine-tune on a dataset, after a rehearsal of what comes afterwards. Events as of `train`. Raises AppError."""
    data = prepare(dataset, config, report, stopping)
    begun = build(data, config)
    rehearse(begun, data, config, out, folder, rival)
    return FineTuned(begun, data, finetune(begun, config, data.size, report, stopping), config)


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
    if begun.started_from and not is_utf8(begun.started_from):
        raise BadUsage(f"{begun.started_from!a} cannot be written into the model card: name it in UTF-8.")
    few = list({item.label: item for item in data.valid.items}.values())[:REHEARSED]
    seen = checksum_of(json.dumps([config.arch, data.size, config.crop, [version(name) for name in MADE_BY]]).encode())
    mark = cache_folder("rehearsed", seen)
    try:
        with fv.no_random(), scratch_beside(out) as scratch:
            made = export(begun.untrained_copy(), data, config, scratch, REHEARSED)
            check_room({out.parent, folder or out.parent, mark.parent.parent}, 3 * made.file.stat().st_size)
            if not mark.exists():
                measured = measure(made, few, lambda event: None, lambda: False)
                describe(made, measured, FineTuned(begun, data, History([], False), config), config)
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
    """The learner, which learns no more, as a stock export in `folder`; up to `known` pictures say what is familiar to it.

    So do degraded copies of some of them, that what is familiar is the things, not the light that they were taken in.
    """
    cut, backbone = valid_crop(config.crop, data.size), find_backbone(config.arch)
    pixels = backbone.mean, backbone.std
    learned = evenly(range(len(data.train)), known)
    some = learned[::DEGRADED_EVERY]
    as_they_are = (cut(data.train[number]) for number in learned)
    degraded = (cut(evaluation.degrade_somehow(data.train[number], number)) for number in some)
    middles = artifacts.middles_of(begun.learner, itertools.chain(as_they_are, degraded), pixels)
    labels = np.array([data.dataset.classes.index(data.train.items[number].label) for number in (*learned, *some)])
    file = artifacts.to_stock_export(
        begun.learner,
        folder / registry.EXPORT,
        classes=data.dataset.classes,
        picture=data.dataset.items[0].path,
        cut=cut,
        pixels=pixels,
        familiarity=evaluation.fit_familiarity(middles.numpy(), labels).arrays(),
    )
    return Export(file, checksum(file))


def measure(made: Export, items: Sequence[Item], report: Report, stopping: Stopping) -> Measured:
    """Ask the export, in the safe form that will serve, about the validation pictures. Events as of `Trained.measure`."""
    classifier = Classifier(SafeModel.load(make_safe_model(made.file, made.sha256, here=True)), {})
    answers = evaluate(classifier, items, report)
    degraded = evaluate_degraded(classifier, items, report, stopping)
    return Measured.at(answers, degraded)
