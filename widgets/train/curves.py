"""A training while it goes on: how far it is, its losses and accuracy drawn as they come, Stop, and how it ended.

Knows events of a run (see `model.training`), not how they come about. Everything on the screen follows from the traits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as ipw
import traitlets as t

from model.core import duration, percent
from model.jobs import Event
from widgets.shared import BrowserWidget, script

STATES = ("idle", "running", "stopping", "done", "stopped", "failed", "died")
POINTS = 240  # of the loss between epochs: beyond, every second one is dropped
PHASES = {"reading": "Reading the pictures", "training": "Training"}


class TrainingMonitor(BrowserWidget):
    """The screen of one training. `hear` takes its events; `state` is set by whoever follows the run."""

    _esm = script("train/curves")

    state = t.Enum(STATES, default_value="idle").tag(sync=True)
    title = t.Unicode("", help="what is trained, and how").tag(sync=True)
    phase = t.Unicode("").tag(sync=True)
    done = t.Float(0.0, help="share of the phase that is done").tag(sync=True)
    left = t.Unicode("", help="the time that is left, in words").tag(sync=True)
    losses = t.List(t.List(), help="[share of the training, training loss], as batches go by").tag(sync=True)
    epochs = t.List(t.Dict(), help="the epoch events, each with `at`, its share of the training").tag(sync=True)
    headline = t.Unicode("", help="how it ended").tag(sync=True)
    detail = t.Unicode("").tag(sync=True)
    measurable = t.Bool(False, help="whether there is a result to look at").tag(sync=True)
    left_out = t.List(t.Dict(), help="files that could not be used: {file, reason}").tag(sync=True)

    def __init__(self, **traits: Any):
        super().__init__(**traits)
        self._stops = ipw.CallbackDispatcher()
        self._measures = ipw.CallbackDispatcher()
        self.on_msg(self._on_browser_message)

    def on_stop(self, handler: Callable[[], None]) -> None:
        """Call `handler()` when the person wants the training to stop."""
        self._stops.register_callback(handler)

    def on_measure(self, handler: Callable[[], None]) -> None:
        """Call `handler()` when the person wants to see how good the result is."""
        self._measures.register_callback(handler)

    def clear(self, title: str) -> None:
        """Begin again, for another training."""
        with self.hold_sync():
            self.title, self.phase, self.done, self.left = title, "Starting", 0.0, ""
            self.losses, self.epochs, self.left_out = [], [], []
            self.headline, self.detail, self.measurable = "", "", False

    def hear(self, events: list[Event]) -> None:
        """Take the next events."""
        losses, epochs = list(self.losses), list(self.epochs)
        for event in events:
            if event["event"] == "training" and "loss" in event:
                losses.append([round(event["done"], 4), round(event["loss"], 4)])
            elif event["event"] == "epoch":
                epochs.append({**event, "at": losses[-1][0] if losses else event["epoch"] / event["epochs"]})
        while len(losses) > POINTS:
            losses = losses[::2]
        with self.hold_sync():
            self.losses, self.epochs = losses, epochs
            self._update_progress(events)

    def end(self, result: dict[str, Any] | None, sentence: str) -> None:
        """Say how it ended: with a `result`, or by a `sentence`."""
        self.headline = _ending(self.state, result)
        self.detail = sentence
        self.left_out = (result or {}).get("left_out", [])[:100]
        self.measurable = bool(result)

    def _update_progress(self, events: list[Event]) -> None:
        last = next((event for event in reversed(events) if "done" in event), None)
        if last is None:
            return
        self.done = min(1.0, last["done"] / (last.get("total") or 1))
        self.phase = _phase(last, self.done)
        self.left = f"about {duration(last['seconds_left'])} left" if last.get("seconds_left", 0) >= 1 else ""

    def _on_browser_message(self, _widget: Any, message: dict[str, Any], _buffers: list) -> None:
        if message.get("type") == "stop":
            self._stops()
        elif message.get("type") == "measure":
            self._measures()


def _phase(event: Event, done: float) -> str:
    if event["event"] == "reading" and event["done"] == event["total"]:
        return f"All {event['total']:,} pictures are read, the network is made ready"  # which can take longer
    kind: str = event["event"]
    words: str = event.get("phase") or PHASES.get(kind, kind)
    far = f"{event['done']:,} of {event['total']:,}" if "total" in event else percent(done)
    return f"{words[:1].upper()}{words[1:]}: {far}"


def _ending(state: str, result: dict[str, Any] | None) -> str:
    if state == "failed":
        return "The training could not go on"
    if state == "died":
        return "The training ended without a word"
    if not result or "accuracy" not in result:
        return "Stopped before there was anything to keep"
    low, high = result["interval"]
    right = (
        f"{percent(result['accuracy'])} of {result['valid_count']:,} validation pictures are right "
        f"(95 % interval {percent(low)} to {percent(high)})"
    )
    return (
        f"Done in {duration(result['seconds'])}: {right}" if state == "done" else f"Stopped, the best so far is kept: {right}"
    )
