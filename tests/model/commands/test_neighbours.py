"""`python -m model neighbours`: copies of training pictures, kept where the owner says so, for whom the owner says."""

from __future__ import annotations

import json
import shutil

import pytest

from model.__main__ import main
from model.core import checksum
from model.explanation import Neighbours, neighbours_beside


@pytest.fixture
def export(explaining_export, tmp_path):
    return shutil.copy(explaining_export, tmp_path / "mine.pkl")


def run(*arguments) -> int:
    return main(["neighbours", *map(str, arguments)])


@pytest.mark.parametrize(("show", "for_visitors"), [("owner", False), ("visitors", True)])
def test_copies_are_kept_for_whom_the_owner_says_and_go_again(export, own_pictures, show, for_visitors, capsys):
    assert run(own_pictures, "--model", export, "--show", show, "--json") == 0
    document = json.loads(capsys.readouterr().out)
    found = Neighbours.load(neighbours_beside(export), checksum(export))
    assert found.for_visitors is for_visitors
    assert len(found.labels) == document["kept"] > 8
    assert run(own_pictures, "--model", export, "--show", "nobody") == 0
    assert not neighbours_beside(export).exists()


def test_the_shipped_model_keeps_none(pictures, shipped_place, explaining_export, capsys):
    shutil.copy(explaining_export, shipped_place)
    assert run(pictures, "--model", shipped_place) == 2
    assert "shipped model" in capsys.readouterr().err
    assert not neighbours_beside(shipped_place).exists()


def test_a_folder_without_pictures_is_one_sentence(export, tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    assert run(tmp_path / "empty", "--model", export) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert not neighbours_beside(export).exists()
