"""Training, the pictures shown of it and thorough scoring give one answer to whether pictures may be mirrored."""

from __future__ import annotations

from pathlib import Path

import pytest
from samples import class_folders

from model.backbones import find_backbone
from model.data import dataset
from model.scoring import pipeline
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


def in_scoring(data: str, export: Path, mirror: bool | None, monkeypatch) -> bool:
    class Asked(Exception):
        """Scoring would begin."""

    asked: list[bool] = []

    def run(self, state, mirror, judge):
        asked.append(mirror)
        raise Asked

    monkeypatch.setattr(pipeline._Scoring, "run", run)
    with pytest.raises(Asked):
        pipeline.score(data, pipeline.ScoreOptions(export, named=True, thorough=True, mirror=mirror))
    return asked == [True]


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
def test_all_who_mirror_pictures_agree(folders, tiny_export, monkeypatch, data, mirror, expected):
    config = TrainConfig(arch="squeezenet1_1", init="scratch", size=32, mirror=mirror)
    answers = {
        "training": in_training(folders[data], config),
        "what is shown of it": in_what_is_shown(folders[data], config, monkeypatch),
        "scoring": in_scoring(folders[data], tiny_export, mirror, monkeypatch),
    }
    assert answers == dict.fromkeys(answers, expected)


def test_scores_found_by_another_answer_are_not_taken_for_these(folders, tiny_export, monkeypatch):
    states: list[str] = []
    monkeypatch.setattr(pipeline._Scoring, "run", lambda self, state, mirror, judge: states.append(state))
    for mirror in (None, True, False):
        pipeline.score(folders["cats"], pipeline.ScoreOptions(tiny_export, named=True, thorough=True, mirror=mirror))
    guessed, mirrored, never = states
    assert guessed == mirrored != never
