"""Shares with a decimal, for figures that are compared with one another. Standard library only."""

from __future__ import annotations

from collections.abc import Sequence

UNIT = "\u00a0%"  # which stays with its number


def tenths(share: float) -> str:
    """A share with one decimal; never 100.0 % for what is merely close, never 0.0 % for what is not nothing."""
    if 0.9995 <= share < 1:
        return ">99.9" + UNIT
    if 0 < share <= 0.0005:
        return "<0.1" + UNIT
    return f"{100 * share:.1f}{UNIT}"


def spread(share: float, interval: Sequence[float]) -> str:
    """A share with its 95 % interval."""
    low, high = interval
    return f"{tenths(share)} ({tenths(low).removesuffix(UNIT)} to {tenths(high)})"
