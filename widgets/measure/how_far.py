"""How far a measurement is, in words, from what its run reported last. Knows events, no widget."""

from __future__ import annotations

from collections.abc import Sequence

from model.jobs import Event


def how_far(events: Sequence[Event], what: str) -> str:
    """ "Measuring: 3 of 12", `what` where the run gives it no name of its own; "" where nothing was reported."""
    last = next((event for event in reversed(events) if "done" in event), None)
    if not last:
        return ""
    far = f"{last['done']:,} of {last['total']:,}" if "total" in last else f"{100 * last['done']:.0f} %"
    phase = last.get("phase") or what
    return f"{phase[:1].upper()}{phase[1:]}: {far}"
