"""Fine-tuning with fastai: a dataset and a recipe in, an export.pkl and its model card out. Knows no screen.

Progress is reported as events (plain dictionaries) to a function that the caller passes in. The export holds stock
fastai classes alone, so `load_learner` opens it anywhere; it is written beside its place and moved there whole.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.error import URLError

import fastai.vision.all as fv
import torch
from torchvision import models

from model import card, dataset, evaluate, learner, weights
from model.classifier import Classifier
from model.dataset import Dataset
from model.errors import BadImage, BadUsage
from model.form import batches, directions
from model.images import open_picture
from model.types import Item, LeftOut

Report = Callable[[dict[str, Any]], None]
REFERENCE = 2000  # training pictures whose features go with the export, to know what is familiar
FROZEN_COST = 0.4  # of an epoch in which the body rests, as a share of one in which it learns; for the time left


@dataclass(frozen=True)
class Recipe:
    """How to train. `init` is "imagenet", "scratch" or a file; None takes the body of the shipped export.

    `size` in pixels (None: from the pictures); `epochs` with the whole network free, after one with the body frozen.
    """

    arch: str = "resnet18"
    init: str | None = None
    size: int | None = None
    epochs: int = 5
    batch: int = 32
    learning_rate: float = 4e-3
    smallest_crop: float = 0.35
    seed: int = 0
    note: str = ""


def fit(data: str, recipe: Recipe, out: Path, report: Report) -> dict[str, Any]:
    """Train on `data` and write `out` with its card; give the figures of `python -m model train`.

    Events: {"event": "reading", "done", "total"}, {"event": "training", "done", "seconds_left", "loss"} with `done` from 0
    to 1, {"event": "epoch", "epoch", "epochs", "train_loss", "valid_loss", "accuracy"}. Raises AppError.
    """
    started = time.perf_counter()
    network = _architecture(recipe.arch)
    _check_target(out)
    pictures = dataset.read(data)
    dataset.check_trainable(pictures)
    pictures, left_out = _readable(pictures, report)
    size = recipe.size or _natural_size(pictures)
    fv.set_seed(recipe.seed, reproducible=True)
    taught = _learner(pictures, network, recipe, size)
    body_from = weights.fill_body(taught.model[0], network, recipe.init)
    follow = _Follow(recipe, frozen=body_from is not None, report=report)
    with _quiet(taught):
        if body_from is None:
            taught.fit_one_cycle(recipe.epochs, recipe.learning_rate, cbs=[follow, _LowPrecision()])
        else:
            taught.fine_tune(recipe.epochs, recipe.learning_rate, cbs=[follow, _LowPrecision()])
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".voilens-") as scratch:
        made = Path(scratch, "export.pkl")
        _make_stock(taught, pictures, size)
        taught.reference = _reference(taught, pictures)
        learner.export(taught, made)
        classifier = Classifier.load(made)
        measured = evaluate.report(classifier, pictures.of("valid"), "valid")
        result = {
            "accuracy": measured.accuracy,
            "error_rate": 1 - measured.accuracy,
            "interval": measured.interval,
            "valid_loss": follow.history[-1]["valid_loss"],
            "classes": list(pictures.classes),
            "train_count": len(pictures.of("train")),
            "valid_count": len(pictures.of("valid")),
            "left_out": [{"file": str(file.path), "reason": file.reason} for file in left_out],
            "seconds": round(time.perf_counter() - started, 1),
            "out": str(out),
            "history": follow.history,
        }
        described = {
            "classes": list(pictures.classes),
            "architecture": recipe.arch,
            "size": size,
            "started_from": body_from or "random weights",
            "data": {
                "name": pictures.name,
                "train": result["train_count"],
                "valid": result["valid_count"],
                "left_out": len(left_out),
                "note": recipe.note,
            },
            "recipe": {name: value for name, value in asdict(recipe).items() if name not in ("init", "size", "note")},
            "measured": {
                "on": f"{measured.count} validation pictures",
                "accuracy": measured.accuracy,
                "interval_95": measured.interval,
                "calibration_error": measured.calibration_error,
                "per_class": measured.per_class,
                "history": follow.history,
            },
            "thresholds": evaluate.thresholds(classifier, pictures.of("valid")),
            "made": datetime.now(timezone.utc).strftime("%Y-%m-%d"),
            "made_with": {name: version(name) for name in ("fastai", "torch", "torchvision")},
            "sha256": card.checksum(made),
        }
        os.replace(made, out)
        card.write(out, described)
    return result


def _architecture(name: str) -> Callable[..., torch.nn.Module]:
    known = models.list_models(module=models)
    if name not in known:
        close = ", ".join(n for n in known if n[:3] == name[:3]) or "resnet18, resnet34, mobilenet_v3_small"
        raise BadUsage(f"There is no architecture called {name}: choose one of torchvision's, for instance {close}.")
    return getattr(models, name)


def _check_target(out: Path) -> None:
    card.read(out)  # one that cannot be read is said now, not after the training
    if out.is_dir():
        raise BadUsage(f"Cannot write {out}: it is a folder, name a file in it.")
    if not out.parent.is_dir() or not os.access(out.parent, os.W_OK):
        raise BadUsage(f"Cannot write {out}: make the folder {out.parent} first, and make it writable.")


def _readable(pictures: Dataset, report: Report) -> tuple[Dataset, list[LeftOut]]:
    """Open every picture once, so that a broken one is named before the training, not in its midst."""
    good: list[Item] = []
    left_out = list(pictures.left_out)
    wanted = [item for item in pictures.items if item.split != "test"]
    for done, item in enumerate(wanted):
        try:
            open_picture(item.path)
            good.append(item)
        except BadImage as error:
            left_out.append(LeftOut(item.path, str(error)))
        report({"event": "reading", "done": done + 1, "total": len(wanted)})
    kept = Dataset(pictures.root, pictures.name, tuple(good), pictures.classes, tuple(left_out))
    dataset.check_trainable(kept)
    return kept, left_out


def _natural_size(pictures: Dataset) -> int:
    """The shorter side of a typical picture, between 32 and 160 px, a multiple of 32 (what a resnet halves five times)."""
    some = pictures.of("train")[:: max(1, len(pictures.of("train")) // 50)]
    sides = sorted(min(open_picture(item.path).size) for item in some)
    return max(32, min(160, sides[len(sides) // 2] // 32 * 32))


def _learner(pictures: Dataset, network: Callable[..., torch.nn.Module], recipe: Recipe, size: int) -> fv.Learner:
    items = [item for item in pictures.items if item.split != "test"]
    crop = fv.RandomResizedCrop(size, min_scale=recipe.smallest_crop)
    crop.split_idx = 0
    mirrored = pictures.name != dataset.DIGITS  # a mirrored digit is another sign, or none
    block = fv.DataBlock(
        blocks=(fv.ImageBlock, fv.CategoryBlock(vocab=list(pictures.classes))),
        get_x=lambda item: open_picture(item.path),
        get_y=lambda item: item.label,
        splitter=fv.IndexSplitter([n for n, item in enumerate(items) if item.split == "valid"]),
        item_tfms=[crop, _valid_cut(size)],
        batch_tfms=[*fv.aug_transforms(do_flip=mirrored), fv.Normalize.from_stats(*fv.imagenet_stats)],
    )
    loaders = block.dataloaders(items, bs=min(recipe.batch, len(pictures.of("train"))), num_workers=0, seed=recipe.seed)
    try:
        return fv.vision_learner(loaders, network, pretrained=recipe.init == "imagenet", metrics=fv.accuracy)
    except (URLError, OSError) as error:
        raise BadUsage(
            "The ImageNet weights could not be downloaded: check the network, or leave --init out to start from the "
            "shipped model, or give a weights file (--init weights.pth)."
        ) from error


def _valid_cut(size: int) -> fv.Resize:
    """In validation, and so in the export: the whole height or width, from the middle."""
    cut = fv.Resize(size, method="crop")
    cut.split_idx = 1
    return cut


def _make_stock(taught: fv.Learner, pictures: Dataset, size: int) -> None:
    """Give the learner loaders of stock, importable parts alone: what stood in for files while training stays here."""
    first = [item for item in pictures.items if item.split != "test"][:1] * 2
    block = fv.DataBlock(
        blocks=(fv.ImageBlock, fv.CategoryBlock(vocab=list(pictures.classes))),
        get_y=fv.parent_label,
        splitter=fv.IndexSplitter([1]),
        item_tfms=_valid_cut(size),
        batch_tfms=fv.Normalize.from_stats(*fv.imagenet_stats),
    )
    taught.dls = block.dataloaders([item.path for item in first], bs=1, num_workers=0, device="cpu")
    taught.model.cpu().to(memory_format=torch.contiguous_format).eval()


@torch.inference_mode()
def _reference(taught: fv.Learner, pictures: Dataset) -> torch.Tensor:
    """Features of up to REFERENCE training pictures, evenly drawn, as directions: pictures × width, half precision."""
    items = pictures.of("train")
    items = items[:: -(-len(items) // REFERENCE)]
    cut = learner.framing(taught)
    taught.reference = torch.empty(0, 0)  # so that the network gives its features
    network = learner.network(taught)
    rows = []
    for start in range(0, len(items), 32):
        framed = [cut(open_picture(item.path)) for item in items[start : start + 32]]
        for _, batch in batches(framed):
            rows.append(network(batch)[1])
    return directions(torch.cat(rows)).half()


@contextlib.contextmanager
def _quiet(taught: fv.Learner) -> Iterator[None]:
    """Train without fastai's own bars and tables: progress goes to the caller alone."""
    with taught.no_bar(), taught.no_logging(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


class _Follow(fv.Callback):
    """Report how far the training is, how long it will take, and the figures of each epoch."""

    order = 60  # after the recorder

    def __init__(self, recipe: Recipe, frozen: bool, report: Report):
        self.costs = ([FROZEN_COST] if frozen else []) + [1.0] * recipe.epochs
        self.report, self.history, self.spent, self.started = report, [], 0.0, None

    def before_epoch(self) -> None:
        self.started = self.started or time.perf_counter()

    def after_batch(self) -> None:
        batches = len(self.dls.train) + 0.4 * len(self.dls.valid)
        passed = self.iter + 1 if self.training else len(self.dls.train) + 0.4 * (self.iter + 1)
        done = (self.spent + self.costs[len(self.history)] * passed / batches) / sum(self.costs)
        seconds = time.perf_counter() - self.started
        loss = float(self.smooth_loss) if self.training else float(self.loss)
        self.report({"event": "training", "done": done, "seconds_left": seconds / done - seconds, "loss": loss})

    def after_epoch(self) -> None:
        train_loss, valid_loss, accuracy = (float(value) for value in self.recorder.values[-1])
        self.spent += self.costs[len(self.history)]
        epoch = {
            "epoch": len(self.history) + 1,
            "epochs": len(self.costs),
            "train_loss": train_loss,
            "valid_loss": valid_loss,
            "accuracy": accuracy,
        }
        self.history.append(epoch)
        self.report({"event": "epoch", **epoch})


class _LowPrecision(fv.Callback):
    """bfloat16 arithmetic while training, on processors that have it; the weights stay float32."""

    def before_fit(self) -> None:
        self.context = None
        kind = self.dls.device.type
        supported = torch.cpu._is_avx512_bf16_supported() if kind == "cpu" else kind == "cuda"
        self.on = supported
        if self.on:
            self.learn.model.to(memory_format=torch.channels_last)

    def before_batch(self) -> None:
        if self.on and self.training:
            self.context = torch.autocast(self.dls.device.type, torch.bfloat16)
            self.context.__enter__()

    def after_pred(self) -> None:
        if self.context:
            self.context.__exit__(None, None, None)
            self.context = None
            self.learn.pred = self.pred.float()
