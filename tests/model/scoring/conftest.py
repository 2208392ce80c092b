"""Scoring without the thumbnails that it makes at its end, which most of these tests would wait for."""

from __future__ import annotations

from pathlib import Path

import pytest

from model import catalog


@pytest.fixture(autouse=True)
def warmed_up(monkeypatch) -> list[Path]:
    """The folders whose thumbnails a scoring wants made, in place of making them."""
    folders: list[Path] = []
    monkeypatch.setattr(catalog, "warm_up", folders.append)
    return folders
