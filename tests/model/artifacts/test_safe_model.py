"""A safe form says what it is of, and is read only as it was written."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from samples import flipped

from model.artifacts import SafeModel, make_safe_model
from model.artifacts.onnx_network import FILE
from model.artifacts.safe_model import FORM
from model.core import checksum


@pytest.fixture
def form(tiny_export, tmp_path) -> Path:
    return Path(shutil.copytree(make_safe_model(tiny_export, checksum(tiny_export)), tmp_path / "form"))


@pytest.mark.parametrize("name", [FORM, FILE])
def test_a_flipped_bit_is_found_wherever_it_is(form, name):
    whole = (form / name).read_bytes()
    for bit in random.Random(0).sample(range(8 * len(whole)), 100):
        (form / name).write_bytes(flipped(whole, bit))
        with pytest.raises(Exception):  # noqa: B017  (whatever reading says, nothing is served)
            SafeModel.load(form)
    (form / name).write_bytes(whole)
    assert SafeModel.load(form).labels == ["Bär", "cat", "two words"]


def test_the_form_of_another_export_is_none(form, tiny_export):
    assert SafeModel.load(form, checksum(tiny_export)).network
    with pytest.raises(ValueError, match="another export"):
        SafeModel.load(form, "0" * 64)


def test_a_network_from_another_form_is_none(form, explaining_export):
    other = make_safe_model(explaining_export, checksum(explaining_export))
    shutil.copy(other / FILE, form / FILE)
    with pytest.raises(ValueError, match="not the one"):
        SafeModel.load(form)
