"""Some of many, spread evenly."""

from __future__ import annotations

import pytest

from model.core import evenly


@pytest.mark.parametrize(
    ("count", "most", "expected"), [(0, 3, []), (3, 3, [0, 1, 2]), (4, 3, [0, 2]), (10, 3, [0, 4, 8]), (9, 3, [0, 3, 6])]
)
def test_all_or_every_so_many_th(count, most, expected):
    assert list(evenly(range(count), most)) == expected
    assert list(evenly(list(range(count)), most)) == expected
