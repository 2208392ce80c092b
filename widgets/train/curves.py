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
from widgets.shared import BrowserWidget, progress_of, script

STATES = ("idle", "running", "stopping", "done", "stopped", "failed", "died")
POINTS = 240  # of the loss between epochs: beyond, every second one is dropped


class TrainingMonitor(BrowserWidget):
    """The screen of one training. `hear` takes its events; `state` is set by whoever follows the run."""

    _esm = script("train/curves")

    state = t.Enum(STATES, default_value="idle").tag(sync=True)
    title = t.Unicode("", help="what is trained, and how").tag(sync=True)
    phase = t.Unicode("").tag(sync=True)
    done = t.Float(0.0, help="share of the phase that is done").tag(sync=True)
    left = t.Unicode("", help="the time that is left, in words").tag(sync=True)
    stoppable = t.Bool(True, help="whether a stop would still change something").tag(sync=True)
    losses = t.List(t.List(), help="[epochs that are over, with a fraction; training loss], as batches go by").tag(sync=True)
    epochs = t.List(t.Dict(), help="the epoch events, each with `at`, how many epochs were over").tag(sync=True)
    planned = t.Int(0, help="how many epochs there are to be").tag(sync=True)
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
            self.losses, self.epochs, self.left_out, self.planned, self.stoppable = [], [], [], 0, True
            self.headline, self.detail, self.measurable = "", "", False

    def hear(self, events: list[Event]) -> None:
        """Take the next events."""
        losses, epochs, planned = list(self.losses), list(self.epochs), self.planned
        for event in events:
            if event["event"] == "training" and "at" in event:  # earlier versions told no place among the epochs
                losses.append([round(event["at"], 4), round(event["loss"], 4)])
                planned = event["epochs"]
            elif event["event"] == "epoch":  # one that was cut short ends where its last batch did
                epochs.append({**event, "at": min(event["epoch"], losses[-1][0]) if losses else event["epoch"]})
                planned = event["epochs"]
        while len(losses) > POINTS:
            losses = [*losses[:-1:2], losses[-1]]
        with self.hold_sync():
            self.losses, self.epochs, self.planned = losses, epochs, planned
            self._update_progress(events)

    def end(self, result: dict[str, Any] | None, sentence: str) -> None:
        """Say how it ended: with a `result`, or by a `sentence`."""
        self.headline = _ending(self.state, result)
        self.detail = sentence
        self.left_out = (result or {}).get("left_out", [])[:100]
        self.measurable = bool(result)

    def _update_progress(self, events: list[Event]) -> None:
        now = progress_of(events)
        if now is not None:
            self.phase, self.done, self.left, self.stoppable = now.phase, max(0.0, now.share), now.left, now.stoppable
        if now is not None and self.epochs and all(epoch.get("lr") == 0 for epoch in self.epochs):
            # fitted at once: the figure is there before the model
            self.phase = f"{percent(self.epochs[-1]['accuracy'])} of the validation pictures are right. {now.phase}"

    def _on_browser_message(self, _widget: Any, message: dict[str, Any], _buffers: list) -> None:
        if message.get("type") == "stop":
            self._stops()
        elif message.get("type") == "measure":
            self._measures()


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
