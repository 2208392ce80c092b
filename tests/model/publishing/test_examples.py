"""Examples are small copies of validation pictures that are answered rightly and surely, beside a model of one's own alone."""

from __future__ import annotations

import pytest

from model.artifacts import example_pictures
from model.classifier import Classifier
from model.core import PROJECT
from model.errors import BadUsage
from model.publishing import keep_examples
from model.types import Item


@pytest.fixture(scope="module")
def shipped() -> Classifier:
    return Classifier.load(PROJECT / "export.pkl")


def items(label_of) -> list[Item]:
    return [Item(file, label_of(file), "valid") for file in example_pictures.of(PROJECT / "export.pkl")]


def test_the_shipped_drawings_are_answered_rightly_and_surely(shipped):
    drawings = example_pictures.of(PROJECT / "export.pkl")
    assert len(drawings) == example_pictures.MOST
    for file, answer in zip(drawings, shipped.classify(drawings), strict=True):
        assert (answer.label, answer.status) == (file.stem.partition("-")[2], "sure"), file.name


def test_right_and_sure_ones_are_kept_small_beside_the_model(shipped, tmp_path):
    kept = keep_examples(tmp_path / "mine.pkl", shipped, items(lambda file: file.stem.partition("-")[2]))
    assert [file.name for file in kept] == [
        f"{n}-{label}.jpg" for n, label in enumerate(["cardboard", "glass", "paper"] * 2, 1)
    ]
    assert kept[0].parent.name == "mine-examples"
    assert all(file.stat().st_size < 60_000 for file in kept)


def test_wrong_ones_are_not_kept_and_what_was_there_stays(shipped, tmp_path):
    before = example_pictures.beside(tmp_path / "mine.pkl")
    before.mkdir()
    (before / "1-glass.jpg").write_bytes(b"before")
    with pytest.raises(BadUsage, match="no example to show"):
        keep_examples(tmp_path / "mine.pkl", shipped, items(lambda file: "trash"))
    assert [file.read_bytes() for file in example_pictures.of(tmp_path / "mine.pkl")] == [b"before"]


def test_nothing_is_kept_beside_the_shipped_model(shipped):
    with pytest.raises(BadUsage, match="beside a model of yours"):
        keep_examples(PROJECT / "export.pkl", shipped, items(lambda file: "glass"))
