"""A row of the table that `make soak` prints."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

patience = 1.0  # by which every deadline is multiplied; tests, on machines that do other work, have more


class Row(NamedTuple):
    """One figure: what was asked of it, what was measured, and whether that holds."""

    figure: str
    bar: str
    measured: str
    held: bool


def table(rows: Iterable[Row]) -> str:
    lines = ["| figure | bar | measured | |", "|---|---|---|---|"]
    return "\n".join([*lines, *(f"| {row.figure} | {row.bar} | {row.measured} | {_verdict(row.held)} |" for row in rows)])


def _verdict(held: bool) -> str:
    return "held" if held else "not held"
