"""The answer: one sentence first, then the shares; or a table, for several photos. Knows predictions, not where they come from.

Everything on the screen is derived from `content`, a plain dictionary made by the functions below; the browser's side
writes it with textContent alone, so no name of a file or of a class is ever taken for markup.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

import anywidget
import ipywidgets as ipw
import traitlets as t

from model.core import listing, percent
from model.images import to_data_url
from model.types import Prediction
from widgets.shared import script

SHARES = 5  # classes shown under an answer
RIVAL = 0.15  # the share from which a second class is named beside the first

Content = dict[str, Any]
EMPTY: Content = {}
_log = logging.getLogger("voilens")


class Answer(anywidget.AnyWidget):
    """What the page says of a photo. `content` is one of the dictionaries made by this module; {} shows nothing."""

    _esm = script("classify/answer")

    content = t.Dict(EMPTY).tag(sync=True)
    note = t.Unicode("", help="what became of what the person said, as a sentence").tag(sync=True)
    _shown = 0

    def __init__(self, **traits: Any):
        super().__init__(**traits)
        self._says = ipw.CallbackDispatcher()
        self._sends = ipw.CallbackDispatcher()
        self.on_msg(self._on_browser_message)

    def on_say(self, handler: Callable[[str], None]) -> None:
        """Call `handler(label)` when the person says what the photo shows; "" says that the answer is right."""
        self._says.register_callback(handler)

    def on_send(self, handler: Callable[[], None]) -> None:
        """Call `handler()` when the person sends the photos of the table to the cleaner."""
        self._sends.register_callback(handler)

    def show(self, content: Content) -> None:
        """Show `content`, and bring the focus to it if it is an answer, even the one that stands there already."""
        self._shown += 1
        self.note = ""
        self.content = {**content, "shown": self._shown}

    def _on_browser_message(self, _widget: Any, message: dict[str, Any], _buffers: list[memoryview]) -> None:
        if message.get("type") == "say" and isinstance(message.get("label"), str):
            self._says(message["label"])
        elif message.get("type") == "send":
            self._sends()
        else:
            _log.warning("dropped a message about an answer that does not fit")


def message(state: str, headline: str, detail: str = "") -> Content:
    """A sentence without an answer: looking, waiting, refused."""
    return {"state": state, "headline": [headline], "detail": detail}


def single(prediction: Prediction, choices: Sequence[str] = ()) -> Content:
    """The answer for one photo, in the words of its status; in a headline every second part is stressed.

    `choices` are the labels that the person may put in place of the answer; without any, nobody is asked.
    """
    ranked = prediction.ranked()
    shares = [{"label": label, "share": share, "text": percent(share)} for label, share in ranked[:SHARES]]
    asked = {"answer": prediction.label, "choices": [label for label in choices if label != prediction.label]}
    content = {"state": prediction.status, "detail": "", "shares": shares, "folded": "", "asked": asked if choices else None}
    if prediction.status == "sure":
        return {**content, "headline": ["This is ", prediction.label, f" ({percent(prediction.probability)})"]}
    if prediction.status == "unsure":
        (first, share), (second, rival) = ranked[0], ranked[1] if ranked[1:] else ("", 0.0)
        headline = ["Not sure: perhaps ", first, f" ({percent(share)})"]
        if rival >= RIVAL:
            headline = [*headline[:2], headline[2] + " or ", second, f" ({percent(rival)})"]
        advice = "A closer photo may help: one thing, in good light, on a plain ground."
        return {**content, "headline": headline, "detail": advice}
    return {
        **content,
        "headline": ["This does not look like anything I was taught"],
        "detail": f"I was taught {listing(list(prediction.probabilities), 'and')}. For this, any answer would be a guess.",
        "folded": "The nearest class",
    }


def progress(answered: int, expected: int) -> Content:
    """How many of several photos have been answered."""
    return {"state": "running", "headline": [f"Looking: {answered} of {expected} photos answered"], "detail": ""}


def table(rows: Sequence[Content], sendable: bool = False) -> Content:
    """The answers for several photos, the least sure first; `rows` are made by `row`; `sendable` to the cleaner."""
    ordered = sorted(rows, key=lambda row: row["share"])
    return {"state": "several", "headline": [f"{len(rows)} photos answered"], "rows": ordered, "sendable": sendable}


def row(name: str, thumbnail: bytes, outcome: Prediction | Exception) -> Content:
    """One line of the table: a Prediction, or the error that came instead."""
    line = {"name": name, "thumbnail": to_data_url(thumbnail)}
    if isinstance(outcome, Prediction):
        shown = {"label": outcome.label, "share": outcome.probability, "text": percent(outcome.probability)}
        return {**line, **shown, "status": outcome.status, "detail": ""}
    return {**line, "label": "", "share": -1.0, "text": "", "status": "refused", "detail": str(outcome)}
