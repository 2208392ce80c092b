"""Two minutes of `make soak`, and a tenth of its counts. Deadlines are three times as long."""

from __future__ import annotations

import power
import pytest
import rows
import soak
import visits

pytestmark = pytest.mark.slow
TENTH = 0.1
ELSEWHERE = ("visits", "cut-off")  # in small by tests/widgets/guard/test_kernels.py, on a page that is soon made


@pytest.fixture(autouse=True)
def patient(monkeypatch) -> None:
    monkeypatch.setattr(rows, "patience", 3.0)


def test_two_minutes_of_visits_with_bad_files_and_kills():
    for row in visits.play(2.0):
        assert row.held, row


@pytest.mark.parametrize("part", [part for part in soak.PARTS if part not in ("cuts", *ELSEWHERE)])
def test_a_tenth_of(part):
    row = soak.run(part, TENTH)
    assert row.held, row


@pytest.mark.skipif(not power.may_mount(), reason="cutting the power of a disk takes the right to mount one")
def test_a_tenth_of_the_power_cuts():
    row = soak.run("cuts", TENTH)
    assert row.held, row
