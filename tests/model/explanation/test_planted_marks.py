"""Where it is known what decides: most of the heat lies there, and a twin of a training picture is found first."""

from __future__ import annotations

import pytest

from benchmarks.why import heat_on_marks, on_frozen, twins_found
from model.features import frozen_body

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("marks", ["digits", "shapes"])
def test_the_heat_lies_on_the_mark_that_decides_and_more_than_in_a_plain_map(marks):
    ours, plain = heat_on_marks(on_frozen(frozen_body(), marks, 0), marks, 0)
    assert ours >= 0.8
    assert ours > plain


def test_a_twin_comes_first():
    assert twins_found(frozen_body()) >= 0.95
