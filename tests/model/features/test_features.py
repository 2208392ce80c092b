"""The general body as ONNX, and its features kept by content in the catalog of a folder."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from samples import class_folders, photo

from model.backbones import DEFAULT, find_backbone
from model.errors import AppError, BadUsage
from model.features import View, frozen_body, look_at
from model.images import open_picture
from model.types import Item


@pytest.fixture(scope="module")
def body():
    return frozen_body()


@pytest.fixture
def items(tmp_path) -> list[Item]:
    root = class_folders(tmp_path / "data", {"a": 5, "b": 4})
    return [Item(file, file.parent.name, "train") for file in sorted(root.glob("*/*.png"))]


def root_of(items: list[Item]) -> Path:
    return items[0].path.parents[1]


def test_the_file_sees_what_the_network_sees(body):
    framed = [body.framing(photo(300, 240, seed=seed)) for seed in range(3)]
    seen = body.see(framed)
    backbone = find_backbone(DEFAULT)
    network = backbone.build(pretrained=True).eval()
    pixels = torch.from_numpy(np.stack([np.asarray(picture) for picture in framed])).permute(0, 3, 1, 2) / 255
    mean, std = (torch.tensor(each).view(1, 3, 1, 1) for each in (backbone.mean, backbone.std))
    with torch.no_grad():
        before = network[:-1]((pixels - mean) / std)
        assert seen.middle == pytest.approx(before.mean((2, 3)).numpy(), abs=1e-3)
        assert seen.features == pytest.approx(network[-1:](before).mean((2, 3)).numpy(), abs=1e-3)


def test_a_picture_is_looked_at_once_whatever_becomes_of_its_name_and_label(body, items):
    first = look_at(items, root_of(items), body)
    assert first.fresh == len(items) == len(first.items)
    moved = root_of(items) / "c"
    moved.mkdir()
    there = Path(shutil.move(items[0].path, moved / "other.png"))
    again = look_at([Item(there, "c", "train"), *items[1:]], root_of(items), body)
    assert again.fresh == 0
    assert np.array_equal(again.seen.features, first.seen.features)


def test_what_is_kept_is_what_was_seen_in_half_precision(body, items):
    looked = look_at(items, root_of(items), body)
    seen = body.see([body.framing(open_picture(item.path)) for item in items])
    assert looked.seen.features == pytest.approx(seen.features, rel=2e-3, abs=1e-3)
    assert looked.seen.middle == pytest.approx(seen.middle, rel=2e-3, abs=5e-3)


def test_a_picture_that_cannot_be_opened_is_left_out_with_its_reason(body, items):
    items[2].path.write_bytes(b"no picture")
    looked = look_at(items, root_of(items), body)
    assert [left.path for left in looked.left_out] == [items[2].path]
    assert "not a picture" in looked.left_out[0].reason.lower()
    assert len(looked.items) == len(looked.seen.features) == len(items) - 1


def test_a_stop_keeps_what_was_seen(body, items):
    asked = []

    def stopping() -> bool:
        asked.append(1)
        return len(asked) == 3

    with pytest.raises(KeyboardInterrupt):
        look_at(items, root_of(items), body, stopping=stopping)
    assert look_at(items, root_of(items), body).fresh == len(items) - 3


@pytest.mark.parametrize(
    ("says", "error", "sentence"),
    [
        ("BadUsage: The ImageNet weights are not installed.", BadUsage, "weights are not installed"),
        ("Traceback ...", AppError, "could not be made ready"),
    ],
)
def test_a_body_that_cannot_be_made_is_told_in_a_sentence(says, error, sentence, monkeypatch, tmp_path):
    program = tmp_path / "python"
    program.write_text(f"#!/bin/sh\necho '{says}' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("VOILENS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(sys, "executable", str(program))
    with pytest.raises(error, match=sentence):
        frozen_body()


def test_views_are_kept_apart_and_one_that_cannot_be_had_is_not_tried_again(body, items):
    asked: list[Path] = []

    def darker_halves(files, cut):
        """A view that none of the pictures of class b has."""
        for file in files:
            asked.append(file)
            picture = cut(open_picture(file).point(lambda value: value // 2))
            yield None if file.parent.name == "b" else (*picture.size, picture.tobytes())

    plain = look_at(items, root_of(items), body)
    first = look_at(items, root_of(items), body, view=View("darker", darker_halves))
    assert [item.label for item in first.items] == ["a"] * 5 and first.left_out == []
    assert not np.allclose(first.seen.features, plain.seen.features[:5], atol=1e-2)
    again = look_at(items, root_of(items), body, view=View("darker", darker_halves))
    assert len(asked) == len(items) and again.fresh == 0
    assert np.array_equal(again.seen.features, first.seen.features)
    assert np.array_equal(look_at(items, root_of(items), body).seen.features, plain.seen.features)
