"""`python -m model neighbours`: copies of training pictures, kept where the owner says so, for whom the owner says."""

from __future__ import annotations

import shutil

import pytest

from model.core import checksum
from model.explanation import Neighbours, neighbours_beside


@pytest.fixture
def export(explaining_export, tmp_path):
    return shutil.copy(explaining_export, tmp_path / "mine.pkl")


@pytest.mark.parametrize(("show", "for_visitors"), [("owner", False), ("visitors", True)])
def test_copies_are_kept_for_whom_the_owner_says_and_go_again(run, export, own_pictures, show, for_visitors):
    done = run("neighbours", own_pictures, "--model", export, "--show", show, "--json")
    assert done.status == 0
    found = Neighbours.load(neighbours_beside(export), checksum(export))
    assert found.for_visitors is for_visitors
    assert len(found.labels) == done.document["kept"] > 8
    assert run("neighbours", own_pictures, "--model", export, "--show", "nobody").status == 0
    assert not neighbours_beside(export).exists()


def test_the_shipped_model_keeps_none(run, pictures):
    done = run("neighbours", pictures, "--model", "export.pkl")
    assert done.status == 2
    assert "shipped model" in done.err or "does not know" in done.err


def test_a_folder_without_pictures_is_one_sentence(run, export, tmp_path):
    (tmp_path / "empty").mkdir()
    done = run("neighbours", tmp_path / "empty", "--model", export)
    assert done.status == 1
    assert done.err.count("\n") <= 2
    assert "Traceback" not in done.err
    assert not neighbours_beside(export).exists()
