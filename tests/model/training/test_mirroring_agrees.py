"""Training and the pictures shown of it give one answer to whether pictures may be mirrored."""

from __future__ import annotations

import pytest
from samples import class_folders

from model.backbones import find_backbone
from model.data import dataset
from model.training import finetune
from model.training.augment import Augmentation, augmented_views
from model.training.config import TrainConfig
from model.training.prepare import TrainingData


class Few(list):
    """Some items, in place of their pictures."""

    @property
    def items(self) -> list:
        return self


def in_training(data: str, config: TrainConfig) -> bool:
    pictures = dataset.read_dataset(data)
    few = Few(pictures.items[:8])
    some = TrainingData(pictures, few, few, 32, [], [], [])
    return "flip" in finetune._loaders(some, config, find_backbone(config.arch)).train._augment


def in_what_is_shown(data: str, config: TrainConfig, monkeypatch) -> bool:
    drawn: list[bool] = []
    draw = Augmentation.draw.__func__

    def note(cls, config, augment, size, seed):
        drawn.append("flip" in augment)
        return draw(cls, config, augment, size, seed)

    monkeypatch.setattr(Augmentation, "draw", classmethod(note))
    augmented_views(dataset.read_dataset(data).items[0].path, 1, config)
    return drawn == [True]


@pytest.fixture(scope="module")
def folders(tmp_path_factory) -> dict[str, str]:
    """Data by what it is called here; the built-in digits, and folders of one's own."""
    home = tmp_path_factory.mktemp("mirroring")
    cats = class_folders(home / "digits", {"cat": 4, "dog": 4})  # called like the digits, but not they
    letters = class_folders(home / "pets", dict.fromkeys("ABC", 4))
    return {"digits": "digits", "cats": str(cats), "letters": str(letters)}


@pytest.mark.parametrize(
    ("data", "mirror", "expected"),
    [
        ("digits", None, False),
        ("cats", None, True),
        ("letters", None, False),
        ("cats", False, False),
        ("letters", True, True),
    ],
)
def test_all_who_mirror_pictures_agree(folders, monkeypatch, data, mirror, expected):
    config = TrainConfig(arch="squeezenet1_1", init="scratch", size=32, mirror=mirror)
    answers = {
        "training": in_training(folders[data], config),
        "what is shown of it": in_what_is_shown(folders[data], config, monkeypatch),
    }
    assert answers == dict.fromkeys(answers, expected)
