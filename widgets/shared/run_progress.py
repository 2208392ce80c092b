"""How far a run is, from its latest events, in the words that every part of the page has for it. Knows events, no widget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from model.core import duration, percent
from model.jobs import Event

SAVING = "Saving and measuring"  # after the last epoch, when there is nothing to stop any more
WORDS = {
    "reading": "Reading the pictures",
    "looking": "Looking at the pictures",
    "training": "Training",
    "measuring": SAVING,
    "evaluating": "Measuring",
    "scanning": "Listing the pictures",
}
MOST = 0.99  # that is said to be done of the epochs while they go on: it is not over before its result is there


class RunProgress(NamedTuple):
    """`share` of the phase that is done, -1 while nobody knows; the `phase` and the time `left` in words, "" where unknown.

    `stoppable` says whether a stop would still change something.
    """

    share: float
    phase: str
    left: str = ""
    stoppable: bool = True


def progress_of(events: Sequence[Event]) -> RunProgress | None:
    """How far a run is that reported these events last; None where they say nothing of that."""
    last = next((event for event in reversed(events) if "done" in event or _is_last_epoch(event)), None)
    if last is None:
        return None
    if last["event"] == "epoch" or (last["event"] == "measuring" and not last["done"]):
        return RunProgress(-1, SAVING, stoppable=False)  # while it is saved, nothing is counted
    share = min(1.0 if "total" in last else MOST, last["done"] / (last.get("total") or 1))
    left = f"about {duration(last['seconds_left'])} left" if last.get("seconds_left", 0) >= 1 else ""
    return RunProgress(share, _phase(last, share), left, last["event"] != "measuring" or "phase" in last)


def _is_last_epoch(event: Event) -> bool:
    return event["event"] == "epoch" and event["epoch"] == event["epochs"]


def _phase(event: Event, share: float) -> str:
    if event["event"] == "reading" and event["done"] == event["total"]:
        return f"All {event['total']:,} pictures are read, the network is made ready"  # which can take longer
    kind: str = event["event"]
    words: str = event.get("phase") or WORDS.get(kind, kind)
    far = f"{event['done']:,} of {event['total']:,}" if "total" in event else percent(share)
    return f"{words[:1].upper()}{words[1:]}: {far}"
