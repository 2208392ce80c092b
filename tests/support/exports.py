"""Exports made by stock fastai and what stock fastai answers with them: the oracle of the tests. Imports fastai."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import fastai.vision.all as fv
import torch
from samples import COLOURS, photo
from small_networks import WIDTH, small_body
from torch import nn

from model.artifacts import build, fastai_reader
from model.core import checksum
from model.images import Resize


def tiny_network(channels: int, classes: int) -> nn.Module:
    """Stock parts alone; takes pictures of any size."""
    return nn.Sequential(
        nn.Conv2d(channels, 8, 3, stride=2, padding=1),
        nn.BatchNorm2d(8),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(3),
        nn.Flatten(),
        nn.Linear(72, classes),
    )


def export_of(network: nn.Module, pictures: Path, out: Path) -> Path:
    """A learner with this network, as it is, over a folder of class folders, exported as fastai does."""
    loaders = fv.ImageDataLoaders.from_folder(pictures, valid_pct=0.3, seed=1, bs=2, item_tfms=fv.Resize(32), num_workers=0)
    learner = fv.Learner(loaders, network, loss_func=fv.CrossEntropyLossFlat())
    learner.path = out.parent
    learner.export(out.name)
    return out


def export(pictures: Path, out: Path, architecture=None, image=fv.PILImage, item_tfms=None, batch_tfms=None, seed=1) -> Path:
    """An untrained learner over a folder of class folders, exported as fastai does; its answers differ by picture."""
    torch.manual_seed(seed)
    block = fv.DataBlock(
        blocks=(fv.ImageBlock(image), fv.CategoryBlock),
        get_items=fv.get_image_files,
        get_y=fv.parent_label,
        splitter=fv.RandomSplitter(0.3, seed=1),
        item_tfms=item_tfms,
        batch_tfms=batch_tfms,
    )
    loaders = block.dataloaders(pictures, bs=1, num_workers=0)
    if architecture is None:
        channels = 1 if image is fv.PILImageBW else 3
        learner = fv.Learner(loaders, tiny_network(channels, len(loaders.vocab)), loss_func=fv.CrossEntropyLossFlat())
    else:
        learner = fv.vision_learner(loaders, architecture, pretrained=False, normalize=False)
    _enliven(learner.model, 1 if image is fv.PILImageBW else 3)
    learner.path = out.parent
    learner.export(out.name)
    return out


def explaining(pictures: Path, out: Path) -> Path:
    """An untrained export of our own kind, whose safe form gives features and heat: 64 pixels, 4 × 4 cells."""
    torch.manual_seed(1)
    loaders = fv.ImageDataLoaders.from_folder(pictures, valid_pct=0.3, seed=1, bs=2, item_tfms=fv.Resize(64), num_workers=0)
    classes = list(loaders.vocab)
    head = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(WIDTH, len(classes)))
    learner = fv.Learner(loaders, nn.Sequential(small_body(3), head), loss_func=fv.CrossEntropyLossFlat())
    _enliven(learner.model, 3)
    familiarity = {"whitening": torch.eye(16), "centres": torch.zeros(len(classes), 16)}
    picture = next(pictures.glob("*/*.png"))
    return fastai_reader.to_stock_export(learner, out, classes, picture, Resize("crop", (64, 64)), familiarity=familiarity)


def ready(export: Path) -> Path:
    """Make the safe form of an export in this process, which has fastai loaded: nobody needs another one for it."""
    build.make_safe_model(export, checksum(export), here=True)
    return export


@torch.no_grad()
def _enliven(model: nn.Module, channels: int) -> None:
    """Make the answers of an untrained network differ: batch norms with figures to go by, logits of everyday size."""
    some = 2 * torch.rand(8, channels, 64, 64) + 3 * torch.rand(8, channels, 1, 1) - 2.5  # as after a normalisation
    model.eval()
    for module in model.modules():
        if isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            module.train().momentum = 1.0
    model(some)
    last = [module for module in model.modules() if isinstance(module, nn.Linear)][-1]
    last.weight.mul_(1.0 / model.eval()(some).std(0).mean())


def stock_answers(file: Path, pictures: Sequence[Path]) -> list[dict[str, float]]:
    """What `load_learner(file).predict(picture)` says, as shares by class."""
    learner = fv.load_learner(file)
    answers = []
    with learner.no_bar(), learner.no_logging():
        for picture in pictures:
            shares = learner.predict(picture)[2]
            answers.append({str(name): float(share) for name, share in zip(learner.dls.vocab, shares, strict=True)})
    return answers


def odd_pictures(folder: Path, sizes: Sequence[tuple[int, int]]) -> list[Path]:
    """Upright RGB pictures without loss, of these sizes."""
    files = []
    for number, size in enumerate(sizes):
        files.append(folder / f"odd-{number}.png")
        photo(*size, seed=number, tint=COLOURS[number % len(COLOURS)]).save(files[-1])
    return files
