"""The shipped model: found wherever it is, by the word of its card."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import run_folders

from model.artifacts import model_card, registry


@pytest.fixture
def place(shipped_place) -> Path:
    return run_folders.export(shipped_place.parent, b"the old model")


def test_where_no_card_says_so_it_is_what_is_in_its_place(place):
    assert registry.shipped() == place
    assert registry.kept_shipped() is None


def test_it_is_found_among_those_that_were_replaced(place, own_runs):
    model_card.write(place, replace(model_card.read(place), shipped=True))
    assert registry.shipped() == place
    kept = own_runs / "replaced" / "2026-01-01-100000"
    shutil.copytree(place.parent, kept)
    run_folders.export(place.parent, b"another")
    model_card.write(place, replace(model_card.read(place), shipped=None))
    assert registry.shipped() == kept / "export.pkl"


def test_its_place_is_known_by_any_path_that_leads_there(place, tmp_path, monkeypatch):
    monkeypatch.chdir(place.parent)
    (tmp_path / "link").symlink_to(place)
    assert all(map(registry.is_shipped_place, (place, Path("export.pkl"), Path("../project/export.pkl"), tmp_path / "link")))
    assert not registry.is_shipped_place(tmp_path / "export.pkl")
