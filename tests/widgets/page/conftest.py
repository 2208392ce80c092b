"""What the tests of the page share: an owner's folder, a visitor's own, and an answer of a model."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from model.intake.visitor import VisitorFolder


@pytest.fixture
def folder(pictures, tmp_path) -> Path:
    return Path(shutil.copytree(pictures, tmp_path / "animals"))


@pytest.fixture
def visit() -> Iterator[VisitorFolder]:
    own = VisitorFolder()
    yield own
    own.end()
