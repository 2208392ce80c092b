"""What a report says in sentences: accuracy, how sure it is, how well its probabilities fit, whether it learned by heart.

Also the two things to do about it: use the model, and look at the test pictures. Knows a report, not how one is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import ipywidgets as ipw
import traitlets as t

from model.core import number_of, percent, percent_interval, percent_tenths
from model.evaluation import verdict_on_fit
from widgets.shared import BrowserWidget, script

STATES = ("empty", "measuring", "ready", "failed")
SPLITS = {"valid": "validation", "test": "test"}


class Summary(BrowserWidget):
    """The first thing said of a model. `split` is that of the pictures it was measured on."""

    _esm = script("measure/summary")

    state = t.Enum(STATES, default_value="empty").tag(sync=True)
    title = t.Unicode("").tag(sync=True)
    split = t.Enum(tuple(SPLITS), default_value="valid").tag(sync=True)
    headline = t.List(t.Unicode(), help="every second part is stressed").tag(sync=True)
    facts = t.List(t.Dict(), help="{word, sentence}; word is one of the table of terms, or empty").tag(sync=True)
    sentence = t.Unicode("", help="how far it is, or what went wrong").tag(sync=True)
    test_uses = t.Unicode("", help="how often the test pictures have been used, in words").tag(sync=True)
    testable = t.Bool(False, help="whether there are test pictures").tag(sync=True)
    used = t.Bool(False, help="whether it is the page's model").tag(sync=True)
    replaced = t.Bool(False, help="whether there is an older model to bring back").tag(sync=True)
    notice = t.Unicode("", help="what came of using it").tag(sync=True)
    stale = t.Unicode("", help="why it should be measured again, where the pictures are others by now").tag(sync=True)
    next_steps = t.List(t.List(t.Unicode()), help="[key, words]: what one can do with the page's model").tag(sync=True)
    _events = ("use", "back", "split", "again", "shown", "next")

    def __init__(self, **traits: Any):
        super().__init__(**traits)
        self._handlers = {name: ipw.CallbackDispatcher() for name in self._events}
        self.on_msg(self._on_browser_message)

    def on_use(self, handler: Callable[[], None]) -> None:
        """Call `handler()` when the page is to answer with this model."""
        self._handlers["use"].register_callback(handler)

    def on_back(self, handler: Callable[[], None]) -> None:
        """Call `handler()` when the model before is wanted back."""
        self._handlers["back"].register_callback(handler)

    def on_split(self, handler: Callable[[str], None]) -> None:
        """Call `handler(split)` when the person wants to see the other pictures."""
        self._handlers["split"].register_callback(handler)

    def on_next(self, handler: Callable[[str], None]) -> None:
        """Call `handler(key)` when the person wants one of the `next_steps`."""
        self._handlers["next"].register_callback(handler)

    def on_shown(self, handler: Callable[[], None]) -> None:
        """Call `handler()` when a browser begins to show this, which can be long after it was made."""
        self._handlers["shown"].register_callback(handler)

    def on_again(self, handler: Callable[[], None]) -> None:
        """Call `handler()` when measuring failed and is to be tried again."""
        self._handlers["again"].register_callback(handler)

    def clear(self) -> None:
        """Say nothing: what was said was of another model, or of other pictures."""
        self.headline, self.facts, self.sentence, self.stale = [], [], "", ""
        self.test_uses, self.testable = "", False

    def show(self, report: dict[str, Any], history: Sequence[dict[str, Any]] = ()) -> None:
        """Show a report of `model.evaluation`, and what the epochs of the training say; what is lacking is not spoken of."""
        self.headline, self.facts = _headline(report), [*_facts(report), *_fit(history)]
        self.sentence, self.state = "", "ready"

    def _on_browser_message(self, _widget: Any, message: dict[str, Any], _buffers: list) -> None:
        kind = message.get("type")
        if kind == "split" and message.get("split") in SPLITS:
            self._handlers["split"](message["split"])
        elif kind == "next" and message.get("step") in [key for key, _ in self.next_steps]:
            self._handlers["next"](message["step"])
        elif kind in ("use", "back", "again", "shown"):
            self._handlers[kind]()


def _headline(report: dict[str, Any]) -> list[str]:
    low, high = report["interval"]
    kind = SPLITS.get(report["split"], "")
    return [
        "",
        percent_tenths(report["accuracy"]),
        f" of {report['count']:,} {kind} pictures are right (95 % interval {percent_tenths(low)} to {percent_tenths(high)}).",
    ]


def _facts(report: dict[str, Any]) -> Iterator[dict[str, str]]:
    if report.get("how"):
        yield {"word": "", "sentence": report["how"]}
    if cross := report.get("cross_validated"):
        among = percent_interval(cross["accuracy"], cross["interval"])
        yield {"word": "interval", "sentence": f"{cross['how']} Of these {among} are right."}
    if report.get("answered") is not None:
        right = report.get("answered_accuracy")
        among = f", and {percent(right)} of those answers are right" if right is not None else ""
        yield {"word": "answered", "sentence": f"It is sure of {percent(report['answered'])} of them{among}."}
    if report.get("calibration_error") is not None:
        points = 100 * report["calibration_error"]
        worth = "so they can be taken at their word" if points < 5 else "so take them with a grain of salt"
        yield {"word": "calibration", "sentence": f"Its shares are {points:.1f} points off on average, {worth}."}
    if report.get("refused"):
        yield {"word": "", "sentence": f"{number_of(len(report['refused']), 'file')} could not be used, and do not count."}


def _fit(history: Sequence[dict[str, Any]]) -> Iterator[dict[str, str]]:
    if len(history) < 2:
        return
    said = verdict_on_fit(history) or "The losses show no sign of overfitting or underfitting."
    word = next((word for word in ("overfitting", "underfitting", "learning rate") if word in said.lower()), "loss")
    yield {"word": word, "sentence": said, "kind": "" if "no sign" in said else "warning"}
