"""A small folder, and its journal."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from folders import fill

from model.journal.journal import Journal


@pytest.fixture
def folder(tmp_path) -> Path:
    return fill(tmp_path / "animals", "cat/1.jpg", "cat/2.jpg", "cat/3.jpg", "dog/1.jpg", "dog/4.jpg")


@pytest.fixture
def log(folder):
    with closing(Journal(folder)) as opened:
        yield opened
