"""The baselines: very simple methods on the same pictures, one above the other, the model on top. Knows figures, no method."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as ipw
import traitlets as t

from model.core import duration, percent_interval, percent_tenths
from widgets.shared import BrowserWidget, script

STATES = ("empty", "measuring", "ready", "failed")
YOURS = "your model"

Baseline = dict[str, Any]  # {name, accuracy, interval, seconds, count}


class BaselineLadder(BrowserWidget):
    """`baselines` from the simplest method to the model, which is the last and has `yours` set."""

    _esm = script("measure/baseline_ladder")

    state = t.Enum(STATES, default_value="empty").tag(sync=True)
    baselines = t.List(t.Dict()).tag(sync=True)
    verdict = t.Dict(help="{kind: good, unsure or bad, sentence}").tag(sync=True)
    about = t.Unicode("", help="which pictures these figures are of").tag(sync=True)
    sentence = t.Unicode("", help="how far it is, or what went wrong").tag(sync=True)

    def __init__(self, **traits: Any):
        super().__init__(**traits)
        self._measure_handlers = ipw.CallbackDispatcher()
        self.on_msg(self._on_browser_message)

    def on_measure(self, handler: Callable[[], None]) -> None:
        """Call `handler()` when the person wants the simple methods measured (again)."""
        self._measure_handlers.register_callback(handler)

    def clear(self) -> None:
        """Show nothing: what was shown was of another model, or of other pictures."""
        with self.hold_sync():
            self.baselines, self.verdict, self.about, self.sentence = [], {}, "", ""
            self.state = "empty"

    def show(self, measured: Sequence[Baseline], model: Baseline, beaten: str | None = None, about: str = "") -> None:
        """Show the simple methods of what was measured, the model on top; `beaten` is as in `BaselineReport`.

        `about` says which pictures these figures are of.
        """
        simple = [baseline for baseline in measured if baseline.get("key") != "model"]
        self.about = about
        self.baselines = [_drawn(baseline) for baseline in simple] + [{**_drawn({**model, "name": YOURS}), "yours": True}]
        self.verdict = verdict(simple, model, beaten)
        self.sentence, self.state = "", "ready"

    def _on_browser_message(self, _widget: Any, message: dict[str, Any], _buffers: list) -> None:
        if message.get("type") == "measure":
            self._measure_handlers()


def verdict(simple: Sequence[Baseline], model: Baseline, beaten: str | None = None) -> dict[str, str]:
    """Whether the model beats the best of the simple methods, in a sentence.

    By the comparison on the same pictures (`beaten`) where there is one; else more strictly, by whether the intervals overlap.
    """
    best = max(simple, key=lambda baseline: baseline["accuracy"])
    yours, beside = f"Your model ({percent_tenths(model['accuracy'])})", f"the best of the simple methods, {best['name']} "
    beside += f"({percent_tenths(best['accuracy'])})"
    clearly = beaten == "better" if beaten else model["interval"][0] > best["interval"][1]
    if clearly:
        return {"kind": "good", "sentence": f"{yours} clearly beats {beside}."}
    if model["accuracy"] <= best["accuracy"]:
        remedy = "Look at the top losses for wrong labels, add pictures, or train for longer."
        return {"kind": "bad", "sentence": f"{yours} does not beat {beside}. {remedy}"}
    chance = f"but on {model['count']:,} pictures so small a difference may be chance"
    return {"kind": "unsure", "sentence": f"{yours} is above {beside}, {chance}."}


def _drawn(baseline: Baseline) -> dict[str, Any]:
    low, high = baseline["interval"]
    return {
        "name": baseline["name"],
        "accuracy": baseline["accuracy"],
        "low": low,
        "high": high,
        "text": percent_interval(baseline["accuracy"], baseline["interval"]),
        "seconds": _seconds(baseline.get("seconds")),
        "yours": False,
    }


def _seconds(seconds: float | None) -> str:
    if seconds is None:
        return ""
    if seconds < 0.1:
        return "<0.1 s"
    return f"{seconds:.1f} s" if seconds < 9.95 else duration(seconds)
