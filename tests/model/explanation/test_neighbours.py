"""Small copies of the training pictures: where they are, whose they are, what they find."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from samples import encoded

from model import artifacts
from model.artifacts import registry
from model.core import checksum
from model.errors import AppError, BadUsage
from model.explanation import Neighbours, keep_neighbours, neighbours_beside
from model.explanation import neighbours as module
from model.images import frame_here, open_picture
from model.types import Item


@pytest.fixture
def export(explaining_export, tmp_path):
    return shutil.copy(explaining_export, tmp_path / "mine.pkl")


@pytest.fixture
def model(export):
    return artifacts.load_safe_model(export, checksum(export))


@pytest.fixture
def items(pictures):
    return [Item(file, file.parent.name, "train") for file in sorted(pictures.glob("*/*.png"))]


def kept(export) -> Neighbours:
    found = Neighbours.load(neighbours_beside(export), checksum(export))
    assert found is not None
    return found


def test_the_nearest_of_a_training_picture_is_that_picture(export, model, items):
    assert keep_neighbours(export, checksum(export), model, items) == len(items)
    found = kept(export)
    for item in items[::5]:
        framed = frame_here(model.framing, item.path)
        first, *others = found.nearest(model.run([framed.picture]).embeddings[0], 3)
        assert first.label == item.label
        assert first.similarity == pytest.approx(1, abs=2e-3)
        assert len(others) == 2
        assert first.similarity >= others[0].similarity >= others[1].similarity
        assert max(open_picture(first.picture).size) <= 96


def test_a_file_keeps_little_and_nothing_that_runs(export, model, items):
    keep_neighbours(export, checksum(export), model, items)
    file = neighbours_beside(export)
    assert file.name == "mine-neighbours.npz"
    assert file.stat().st_size < 3000 * len(items)
    with np.load(file, allow_pickle=False) as arrays:
        assert arrays["features"].dtype == np.float16
        assert all(arrays[name].dtype != object for name in arrays)


def test_of_many_pictures_some_are_kept_evenly(export, model, items, monkeypatch):
    monkeypatch.setattr(module, "MOST", 7)
    assert keep_neighbours(export, checksum(export), model, items) == 6
    assert set(kept(export).labels) == {item.label for item in items}


def test_a_broken_picture_is_left_out_and_its_label_with_it(export, model, items, tmp_path):
    broken = tmp_path / "broken.png"
    broken.write_bytes(encoded(open_picture(items[0].path))[:60])
    some = [Item(broken, "broken", "train"), *items[:2]]
    assert keep_neighbours(export, checksum(export), model, some) == 2
    assert kept(export).labels == [item.label for item in items[:2]]


def test_nothing_is_kept_where_none_can_be_opened(export, model, tmp_path):
    (tmp_path / "note.png").write_text("no picture")
    with pytest.raises(BadUsage, match="None of the training pictures"):
        keep_neighbours(export, checksum(export), model, [Item(tmp_path / "note.png", "a", "train")])
    assert not neighbours_beside(export).exists()


def test_those_of_another_export_do_not_count(export, model, items):
    keep_neighbours(export, "0" * 64, model, items)
    assert Neighbours.load(neighbours_beside(export), checksum(export)) is None


def test_a_stop_leaves_what_was_there(export, model, items):
    keep_neighbours(export, checksum(export), model, items[:3])
    with pytest.raises(KeyboardInterrupt):
        keep_neighbours(export, checksum(export), model, items, stopping=lambda: True)
    assert len(kept(export).labels) == 3
    assert sorted(file.name for file in export.parent.iterdir()) == ["mine-neighbours.npz", "mine.pkl"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip", b"\x80\x04K\x01."])
def test_a_damaged_file_is_one_sentence(export, content):
    neighbours_beside(export).write_bytes(content)
    with pytest.raises(AppError, match="cannot be read"):
        Neighbours.load(neighbours_beside(export), checksum(export))


def test_a_pickle_in_the_file_is_not_opened(export):
    with neighbours_beside(export).open("wb") as file:
        np.savez(file, model=np.array(checksum(export)), version=np.array(1), labels=np.array([{"a": 1}], dtype=object))
    with pytest.raises(AppError, match="cannot be read"):
        Neighbours.load(neighbours_beside(export), checksum(export))


def test_the_shipped_model_keeps_none(model, items, shipped_place, explaining_export):
    shutil.copy(explaining_export, shipped_place)
    assert registry.is_shipped_place(shipped_place)
    with pytest.raises(BadUsage, match="shipped model"):
        keep_neighbours(shipped_place, checksum(shipped_place), model, items)


def test_a_model_without_features_keeps_none(tiny_export, items):
    without = artifacts.load_safe_model(tiny_export, checksum(tiny_export))
    with pytest.raises(BadUsage, match="only its answer"):
        keep_neighbours(tiny_export, checksum(tiny_export), without, items)
    assert not neighbours_beside(tiny_export).exists()
