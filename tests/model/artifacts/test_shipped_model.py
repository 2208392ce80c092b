"""The export.pkl of this repository: the one on its card, opened by stock fastai, without traces of where it was made."""

from __future__ import annotations

import subprocess
import sys
import zipfile

import pytest

from model.artifacts import model_card
from model.core import PROJECT

EXPORT = PROJECT / "export.pkl"


def test_it_is_the_one_that_its_card_describes():
    checksum, described = model_card.admit(EXPORT, named=False)
    assert described.sha256 == checksum
    assert described.shipped is True  # by this it is known where an earlier version put another in its place
    assert described.measured["accuracy"] > 0.8
    assert {"sure", "familiar"} <= set(described.thresholds)


def test_its_card_is_written_again_as_it_was_to_the_byte(tmp_path):
    card = model_card.read(EXPORT)
    model_card.write(tmp_path / "export.pkl", card)
    assert (tmp_path / model_card.NAME).read_bytes() == model_card.beside(EXPORT).read_bytes()


def test_it_names_no_path_of_the_machine_that_made_it():
    with zipfile.ZipFile(EXPORT) as archive:
        (pickled,) = [archive.read(name) for name in archive.namelist() if name.endswith("data.pkl")]
    assert b"site-packages" not in pickled
    assert b".voilens-" not in pickled


@pytest.mark.slow
def test_stock_fastai_opens_it_elsewhere(tmp_path):
    code = f"from fastai.learner import load_learner; print(*load_learner({str(EXPORT)!r}).dls.vocab)"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.split() == model_card.read(EXPORT).classes
