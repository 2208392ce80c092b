"""Fine-tuning with fastai: a dataset and a recipe in, an export.pkl and its model card out. Knows no screen.

Progress is reported as events (plain dictionaries) to a function that the caller passes in. The export holds stock
fastai classes alone, so `load_learner` opens it anywhere; it is written beside its place and moved there whole.
"""

from __future__ import annotations

import contextlib
import math
import os
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timezone
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.error import URLError

import fastai.vision.all as fv
import torch

from model import artifacts, evaluation, jobs
from model.artifacts import SafeModel, batches, make_safe_model, model_card, registry
from model.classifier import Classifier
from model.core import checksum, listing
from model.data import DIGITS, Dataset, check_trainable, read_dataset, shorter_sides
from model.errors import BadUsage
from model.images import Resize
from model.jobs import Report, Stopping
from model.training import precision, pretrained
from model.training.augment import MEAN, STD
from model.training.callbacks import Epoch, FinderProgress, Following, PrecisionCallback
from model.training.config import FIND, TrainConfig
from model.training.crops import valid_crop
from model.training.loaders import BatchLoader
from model.training.pixel_cache import CachedPictures
from model.training.prepare import TrainingData, prepare
from model.types import Item

REFERENCE = 2000  # training pictures whose features go with the export, to know what is familiar
LEARNING_RATE = 2e-3
SLOWER = 4  # times less is changed in the first layers than in the last, where something was learned before
SEARCH = 60  # batches, at the most, to find a learning rate


def train(
    data: str,
    recipe: TrainConfig,
    out: Path,
    report: Report,
    stopping: Stopping = lambda: False,
    rival: Path | None = None,
    labels: Path | None = None,
) -> dict[str, Any]:
    """Train on `data` and write `out` with its card; give the figures of `python -m model train`.

    Events: {"event": "reading", "done", "total"}, {"event": "training", "done", "seconds_left", "loss"} with `done` from 0
    to 1, {"event": "epoch", "epoch", "epochs", "train_loss", "valid_loss", "accuracy", "seconds", "lr", "best"}, {"event":
    "measuring", "done", "total"}; where a learning rate is looked for, {"event": "searching", "done"} before the training.
    `stopping` is asked after each batch: a stop leaves the best so far, or what there is; one while the pictures are being
    read leaves nothing and raises KeyboardInterrupt. With a `rival`, both are compared on the validation pictures. Raises
    AppError.
    """
    started = time.perf_counter()
    network = pretrained.architecture(recipe.arch)
    _check_target(out)
    earlier = Classifier.load(rival, named=True) if rival else None
    pictures = read_dataset(data, labels=labels)
    check_trainable(pictures)
    size = recipe.side([] if recipe.size else shorter_sides(pictures.of("train")))
    material = prepare(pictures, recipe, size, report, stopping)
    pictures = material.pictures
    fv.set_seed(recipe.seed, reproducible=True)
    taught = build(material, network, recipe, size)
    body_from = pretrained.fill_body(taught.model[0], network, recipe.init)
    follow = _teach(taught, recipe, size, fresh=body_from is None, report=report, stopping=stopping)
    report({"event": "measuring", "done": 0, "total": len(material.valid)})
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".voilens-") as scratch:
        made = Path(scratch, "export.pkl")
        _make_stock(taught, pictures, valid_crop(recipe.crop, size))
        taught.reference = _reference(taught, material.train)
        artifacts.export_learner(taught, made)
        sha256 = checksum(made)
        classifier = Classifier(SafeModel.load(make_safe_model(made, sha256, here=True)), {})
        looked = _look(classifier, material.valid.items, report)
        thresholds = looked.thresholds()
        result = {
            **looked.report("valid", thresholds).to_json(),
            "error_rate": 1 - float(looked.right.mean()),
            "valid_loss": follow.history[follow.best]["valid_loss"],
            "train_count": len(material.train),
            "valid_count": len(material.valid),
            "left_out": [{"file": str(file.path), "reason": file.reason} for file in material.left_out],
            "history": follow.history,
            "best_epoch": follow.best + 1,
            "stopped": follow.stopped,
            "preset": recipe.preset,
            "size": size,
            "out": str(out),
            "notes": list(material.notes),
            "answers": looked.answers(),
        }
        if earlier:
            result["comparison"] = _compare(earlier, looked, report, result["notes"])
        described = _describe(result, recipe, material, body_from)
        if registry.is_shipped_place(out) and (kept := registry.back_up(out)):
            result["notes"].append(f"The model that was there before is kept in {kept}.")
        os.replace(made, out)
        model_card.write(out, {**described, "thresholds": thresholds, "sha256": sha256})
    return {**result, "seconds": round(time.perf_counter() - started, 1)}


def _look(classifier: Classifier, items: Sequence[Item], report: Report) -> evaluation.Evaluation:
    return evaluation.evaluate(
        classifier, items, lambda count: report({"event": "measuring", "done": count, "total": len(items)})
    )


def _compare(earlier: Classifier, looked: evaluation.Evaluation, report: Report, notes: list[str]) -> dict[str, Any] | None:
    """The new model beside an earlier one on the same pictures; a note and None where that one knows other classes."""
    unknown = sorted({item.label for item in looked.items} - set(earlier.vocab))
    if unknown:
        notes.append(
            f"The two models cannot be compared, for the earlier one does not know {listing(unknown)}. This one does: compare "
            "the next with it."
        )
        return None
    return evaluation.compare_answers(_look(earlier, looked.items, report).answers(), looked.answers()).to_json()


def _describe(result: dict[str, Any], recipe: TrainConfig, material: TrainingData, body_from: str | None) -> dict[str, Any]:
    """The model card."""
    return {
        "classes": result["classes"],
        "architecture": recipe.arch,
        "size": result["size"],
        "started_from": body_from or "random weights",
        "data": {
            "name": material.pictures.name,
            "train": result["train_count"],
            "valid": result["valid_count"],
            "left_out": len(material.left_out),
            "note": recipe.note,
        },
        "recipe": {k: v for k, v in asdict(recipe).items() if k not in ("arch", "init", "size", "note", "about")},
        "measured": {
            "on": f"{result['count']} validation pictures",
            "accuracy": result["accuracy"],
            "interval_95": result["interval"],
            "calibration_error": result["calibration_error"],
            "per_class": result["per_class"],
            "history": result["history"],
        },
        "made": datetime.now(timezone.utc).strftime("%Y-%m-%d"),
        "made_with": {name: version(name) for name in ("fastai", "torch", "torchvision")},
    }


def _check_target(out: Path) -> None:
    model_card.read(out)  # one that cannot be read is said now, not after the training
    if out.is_dir():
        raise BadUsage(f"Cannot write {out}: it is a folder, name a file in it.")
    if not out.parent.is_dir() or not os.access(out.parent, os.W_OK):
        raise BadUsage(f"Cannot write {out}: make the folder {out.parent} first, and make it writable.")
    if registry.is_shipped_place(out):
        jobs.check_writable()  # where the model before is kept


def build(material: TrainingData, network, recipe: TrainConfig, size: int) -> fv.Learner:
    classes = material.pictures.classes

    def targets(shrunk: CachedPictures) -> list[int]:
        return [classes.index(item.label) for item in shrunk.items]

    augment = recipe.suiting(mirrored=material.pictures.name != DIGITS)
    train = BatchLoader(material.train, targets(material.train), size, recipe.batch_of(len(material.train)), recipe, augment)
    valid = BatchLoader(material.valid, targets(material.valid), size, 2 * recipe.batch)
    try:
        return fv.vision_learner(
            fv.DataLoaders(train, valid, device=fv.default_device()),
            network,
            normalize=False,
            n_out=len(classes),
            pretrained=recipe.init == "imagenet",
            loss_func=fv.CrossEntropyLossFlat(),
            opt_func=partial(fv.OptimWrapper, opt=partial(torch.optim.AdamW, fused=True)),
            train_bn=False,
            wd=0.01,
            metrics=fv.accuracy,
        )
    except (URLError, OSError) as error:
        raise BadUsage(
            "The ImageNet weights could not be downloaded: check the network, or leave --init out to start from the "
            "shipped model, or give a weights file (--init weights.pth)."
        ) from error


def _teach(taught: fv.Learner, recipe: TrainConfig, size: int, fresh: bool, report: Report, stopping: Stopping) -> Following:
    """Run the epochs; afterwards the learner is in its best state, and that has been measured."""
    plan = _plan(recipe, size, fresh)
    taught.model.to(taught.dls.device)
    arithmetic = PrecisionCallback(precision.choose_precision(taught.model, recipe.arch, size, taught.dls.device))
    follow = Following(plan, size, recipe.patience, report, stopping)
    with _quiet(taught):
        highest = recipe.learning_rate or LEARNING_RATE
        if highest == FIND:
            search = FinderProgress(SEARCH, report, stopping)
            highest = _find(taught, [arithmetic, search])
            taught.create_opt()  # with no memory of the search
            follow.stopped = follow.ended = search.stopped
        resting = sum(epoch.resting for epoch in plan)
        if resting and not follow.ended:
            taught.freeze()
            taught.fit_one_cycle(resting, 2 * highest, cbs=[arithmetic, follow])
        if not follow.ended:
            taught.unfreeze()
            rates = highest if fresh else slice(highest / SLOWER, highest)
            taught.fit_one_cycle(len(plan) - resting, rates, cbs=[arithmetic, follow])
        if not follow.history and not follow.diverged:  # stopped in the first epoch: measure what there is
            valid_loss, accuracy = map(float, taught.validate(cbs=[arithmetic]))
            with taught.added_cbs([follow]):
                follow.take(valid_loss, accuracy)
        if not math.isfinite(follow.history[-1]["valid_loss"] if follow.history else math.inf):
            raise BadUsage(f"The loss is no longer a number: {highest:g} is too high a learning rate, choose a lower one.")
        follow.restore(taught)
    return follow


def _plan(recipe: TrainConfig, size: int, fresh: bool) -> list[Epoch]:
    """The epochs: where something was learned before, one with the body at rest first; small pictures, then large ones."""
    epochs = recipe.epochs or (recipe.scratch if fresh else recipe.tuned)
    small = min(size, max(32, round(recipe.start * size / 32) * 32))
    sizes = [small] * ((epochs - 1) // 2) + [size] * (epochs - (epochs - 1) // 2)
    return [Epoch(small, resting=True)] * (not fresh) + [Epoch(side) for side in sizes]


def _find(taught: fv.Learner, callbacks: list[fv.Callback]) -> float:
    """fastai's learning-rate finder, its files out of sight; the default where it finds nothing."""
    with tempfile.TemporaryDirectory() as scratch, taught.added_cbs(callbacks):
        path, taught.path = taught.path, Path(scratch)
        try:
            found = taught.lr_find(1e-6, 1.0, SEARCH, show_plot=False).valley
        except (IndexError, ValueError, RuntimeError):  # too few batches to see a valley in
            found = LEARNING_RATE
        taught.path, taught.dls.train.epoch = path, 0
    return found


def _make_stock(taught: fv.Learner, pictures: Dataset, cut: Resize) -> None:
    """Give the learner loaders of stock, importable parts alone: what stood in for files while training stays here."""
    first = list(pictures.items[:1]) * 2
    resize = fv.Resize(cut.size[0], method=cut.kind)
    resize.split_idx = 1
    block = fv.DataBlock(
        blocks=(fv.ImageBlock, fv.CategoryBlock(vocab=list(pictures.classes))),
        get_y=fv.parent_label,
        splitter=fv.IndexSplitter([1]),
        item_tfms=resize,
        batch_tfms=fv.Normalize.from_stats(MEAN, STD),
    )
    taught.dls = block.dataloaders([item.path for item in first], bs=1, num_workers=0, device="cpu")
    taught.model.cpu().to(memory_format=torch.contiguous_format).eval()
    taught.opt_func, taught.opt = fv.Adam, None


@torch.inference_mode()
def _reference(taught: fv.Learner, shrunk: CachedPictures) -> torch.Tensor:
    """Features of up to REFERENCE training pictures, evenly drawn, as directions: pictures × width, half precision."""
    cut, body = artifacts.transforms_of(taught), artifacts.features_of(taught)
    rows = []
    numbers = range(0, len(shrunk), -(-len(shrunk) // REFERENCE))
    for start in range(0, len(numbers), 32):
        framed = [cut(shrunk[number]) for number in numbers[start : start + 32]]
        rows += [body(torch.from_numpy(batch)) for _, batch in batches(framed)]
    return torch.nn.functional.normalize(torch.cat(rows)).half()


@contextlib.contextmanager
def _quiet(taught: fv.Learner) -> Iterator[None]:
    """Train without fastai's own bars and tables: progress goes to the caller alone."""
    with taught.no_bar(), taught.no_logging(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
