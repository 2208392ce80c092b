"""Exports made by stock fastai answer as stock fastai answers: `load_learner(export).predict(file)` is the oracle.

An export is made safe in this process (`prepare.main`), to spare each test a process that imports fastai.
"""

from __future__ import annotations

import random
from pathlib import Path

import exports
import fastai.vision.all as fv
import numpy as np
import pytest
import torch
from samples import class_folders, photo
from small_networks import SMALL, WIDTH, small_body
from torchvision import models

from model.artifacts import build, fastai_reader
from model.artifacts.safe_model import SafeModel, batches
from model.backbones import find_backbone
from model.classifier import Classifier
from model.evaluation import fit_familiarity
from model.images import Resize

OURS = ("efficientnet_lite0", "resnet18")  # that a training begins with, unless told otherwise
SIZES = [(40, 32), (97, 61), (61, 130), (150, 30), (64, 64)]
NORMALISE = fv.Normalize.from_stats(*fv.imagenet_stats)


def safe(export: Path, folder: Path) -> Classifier:
    build.main(export, folder)
    return Classifier(SafeModel.load(folder), {})


def assert_agreement(export: Path, folder: Path, sizes=SIZES) -> None:
    files = exports.odd_pictures(folder, sizes)
    expected = exports.stock_answers(export, files)
    spread = max(abs(expected[0][label] - answer[label]) for answer in expected for label in answer)
    assert spread > 0.01, "the oracle must tell the pictures apart"
    classifier = safe(export, folder / "form")
    for answer, stock in zip(classifier.classify(files), expected, strict=True):
        assert list(answer.probabilities) == classifier.vocab == list(stock)
        assert answer.probabilities == pytest.approx(stock, abs=1e-4)
        assert sum(answer.probabilities.values()) == pytest.approx(1, abs=1e-6)
        assert answer.label == max(stock, key=stock.get)
        assert answer.probability == answer.probabilities[answer.label]


@pytest.mark.parametrize(
    ("architecture", "size"),
    [
        pytest.param(models.resnet18, 64, marks=pytest.mark.slow),
        (models.squeezenet1_1, (48, 80)),
        pytest.param(fv.xresnet18, (64, 33), marks=pytest.mark.slow),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_an_export_of_this_architecture_agrees_with_fastai(architecture, size, pictures, tmp_path):
    export = exports.export(pictures, tmp_path / "e.pkl", architecture, item_tfms=fv.Resize(size), batch_tfms=NORMALISE)
    assert_agreement(export, tmp_path)


# Each has a way of cutting and one of its own for batches: what could go wrong in either tells in the answers.
VARIANTS = {
    "squish, no normalisation": (lambda: fv.Resize((40, 24), method="squish"), lambda: None),
    "crop, normalisation from a batch": (lambda: fv.Resize((24, 40), method="crop"), lambda: fv.Normalize()),
    "pad with black, augmentation": (
        lambda: fv.Resize(32, method="pad", pad_mode="zeros"),
        lambda: [*fv.aug_transforms(), NORMALISE],
    ),
    "pad with the border, random resized crop of batches": (
        lambda: fv.Resize(64, method="pad", pad_mode="border"),
        lambda: [fv.RandomResizedCropGPU(32), NORMALISE],
    ),
    "pad with reflection, augmentation to a size not square": (
        lambda: fv.Resize((64, 48), method="pad"),
        lambda: [*fv.aug_transforms(size=(40, 56)), NORMALISE],
    ),
    "random resized crop": (lambda: fv.RandomResizedCrop(32, min_scale=0.5), lambda: NORMALISE),
    "two item transforms, augmentation to a size": (
        lambda: [fv.Resize(48), fv.RandomCrop(32)],
        lambda: [*fv.aug_transforms(size=24), NORMALISE],
    ),
    "flips of items": (lambda: [fv.FlipItem(), fv.DihedralItem(), fv.CropPad(48)], lambda: NORMALISE),
    "no item transform at all": (lambda: None, lambda: NORMALISE),
}


@pytest.mark.parametrize("name", VARIANTS)
def test_an_export_with_these_transforms_agrees_with_fastai(name, pictures, tmp_path):
    item_tfms, batch_tfms = (make() for make in VARIANTS[name])
    export = exports.export(pictures, tmp_path / "e.pkl", item_tfms=item_tfms, batch_tfms=batch_tfms)
    assert_agreement(export, tmp_path)


@pytest.mark.slow
def test_an_export_that_keeps_proportions_agrees_with_fastai(pictures, tmp_path, monkeypatch):
    export = exports.export(pictures, tmp_path / "e.pkl", item_tfms=fv.RatioResize(48), batch_tfms=NORMALISE)
    build.main(export, tmp_path / "first")  # whatever fastai draws
    monkeypatch.setattr(random, "random", lambda: 0.5)  # fastai draws by chance where the last pixels are cut
    assert_agreement(export, tmp_path)


def test_a_grey_export_agrees_with_fastai(pictures, tmp_path):
    export = exports.export(pictures, tmp_path / "e.pkl", image=fv.PILImageBW, item_tfms=fv.Resize(32))
    assert_agreement(export, tmp_path)


def test_an_export_made_by_the_highest_level_of_fastai_agrees_with_it(tmp_path):
    root = class_folders(tmp_path / "data", {"Bär, groß": 4, "two words": 4, "猫": 4, "a/b".replace("/", ":"): 4})
    loaders = fv.ImageDataLoaders.from_folder(root, valid_pct=0.25, seed=1, bs=2, item_tfms=fv.Resize(64), num_workers=0)
    trained = fv.vision_learner(loaders, models.squeezenet1_1, pretrained=False)
    trained.path = tmp_path
    trained.export("e.pkl")
    classifier = safe(tmp_path / "e.pkl", tmp_path / "form")
    assert classifier.vocab == sorted(["Bär, groß", "two words", "猫", "a:b"])
    files = exports.odd_pictures(tmp_path, SIZES)
    for answer, stock in zip(classifier.classify(files), exports.stock_answers(tmp_path / "e.pkl", files), strict=True):
        assert answer.probabilities == pytest.approx(stock, abs=1e-4)


def test_an_export_with_features_of_training_pictures_tells_how_like_them_a_picture_is(pictures, tmp_path):
    loaders = fv.ImageDataLoaders.from_folder(pictures, valid_pct=0.3, seed=1, bs=2, item_tfms=fv.Resize(64), num_workers=0)
    network = torch.nn.Sequential(small_body(3), fv.create_head(WIDTH, 3))
    trained = fv.Learner(loaders, network, loss_func=fv.CrossEntropyLossFlat())
    known = torch.nn.functional.normalize(torch.rand(25, 2 * WIDTH, generator=torch.Generator().manual_seed(0)))
    trained.reference, trained.path = known.half(), tmp_path
    trained.export("e.pkl")
    form = safe(tmp_path / "e.pkl", tmp_path / "form").model
    framed = [form.framing(photo(60, 40, seed=seed)) for seed in range(3)]
    seen = form.run(framed)
    ((_, batch),) = batches(framed)
    body = torch.nn.Sequential(*list(fastai_reader.network_of(fastai_reader.load_learner(tmp_path / "e.pkl")))[:-1])
    with torch.no_grad():
        features = body(torch.from_numpy(batch)).numpy()
    assert seen.embeddings == pytest.approx(features, abs=1e-4)
    alike = (features / np.linalg.norm(features, axis=1, keepdims=True)) @ known.half().float().numpy().T
    assert seen.similarity == pytest.approx(np.sort(alike, axis=1)[:, -10], abs=1e-5)


@pytest.mark.parametrize("name", [SMALL, *(pytest.param(name, marks=pytest.mark.slow) for name in OURS)])
def test_an_export_of_a_body_and_a_linear_head_tells_what_is_familiar_and_where_it_looked(name, pictures, tmp_path):
    body = find_backbone(name).build(pretrained=False)
    width, classes = find_backbone(name).width, sorted(folder.name for folder in pictures.iterdir())
    head = torch.nn.Sequential(torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Linear(width, len(classes)))
    cut, picture = Resize("crop", (64, 64)), next(pictures.glob("*/*.png"))
    loaders = fv.ImageDataLoaders.from_folder(pictures, valid_pct=0.3, seed=1, bs=2, item_tfms=fv.Resize(64), num_workers=0)
    learner = fv.Learner(loaders, torch.nn.Sequential(body, head), loss_func=fv.CrossEntropyLossFlat())
    framed = [cut(photo(60, 40, seed=seed)) for seed in range(12)]
    middles = fastai_reader.middles_of(learner, framed).numpy()
    known = fit_familiarity(middles, np.arange(12) % len(classes))
    fastai_reader.to_stock_export(learner, tmp_path / "e.pkl", classes, picture, cut, familiarity=known.arrays())
    form = safe(tmp_path / "e.pkl", tmp_path / "form").model
    seen = form.run(framed)
    assert seen.embeddings.shape == (12, width)
    assert seen.similarity == pytest.approx(known.scores(middles), rel=1e-3)
    ((_, batch),) = batches(framed)
    (heat,) = form.network(batch, ["heat"])
    assert heat.shape == (12, len(classes), *learner.model[0](torch.zeros(1, 3, 64, 64)).shape[2:])
    assert heat.mean((2, 3)) == pytest.approx(seen.logits, abs=1e-3)
