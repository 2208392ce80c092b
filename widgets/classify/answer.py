"""The answer: one sentence first, then the shares; or a table, for several photos. Knows predictions, not where they come from.

`content` is a plain dictionary made by the functions below: predictions and codes of refusals, without words. The browser
makes the words of it (answers.js), and writes them with textContent alone, so no name of a file or of a class is markup.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as ipw
import traitlets as t

from model.images import to_data_url
from model.types import Prediction
from widgets.shared import ExplainingWidget, script, to_refusal

Content = dict[str, Any]
EMPTY: Content = {}
_log = logging.getLogger("voilens")


class Answer(ExplainingWidget):
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

    def on_say(self, handler: Callable[[str, int | None], None]) -> None:
        """Call `handler(label, place)` when the person says what a photo shows; "" says that the answer is right.

        `place` is that of the row, None where there is one photo.
        """
        self._says.register_callback(handler)

    def on_send(self, handler: Callable[[], None]) -> None:
        """Call `handler()` when the person sends the photos of the table to the cleaner."""
        self._sends.register_callback(handler)

    def show(self, content: Content) -> None:
        """Show `content`, and bring the focus to it if it is an answer, even the one that stands there already."""
        self._shown += 1
        self.forget_why()
        self.note = ""
        self.content = {**content, "shown": self._shown}

    def _on_browser_message(self, _widget: Any, message: dict[str, Any], _buffers: list[memoryview]) -> None:
        label, place = message.get("label"), message.get("place")
        if message.get("type") == "say" and isinstance(label, str) and type(place) in (int, type(None)):
            self._says(label, place)
        elif message.get("type") == "send":
            self._sends()
        else:
            _log.warning("dropped a message about an answer that does not fit")


def looking() -> Content:
    """The model has the photo."""
    return {"kind": "looking"}


def loading() -> Content:
    """The photo waits for the model to be loaded."""
    return {"kind": "loading"}


def waiting(sentence: str) -> Content:
    """The photo waits for the reason that the sentence tells."""
    return {"kind": "waiting", "sentence": sentence}


def progress(answered: int, expected: int) -> Content:
    """How many of several photos have been answered."""
    return {"kind": "progress", "answered": answered, "expected": expected}


def single(prediction: Prediction, ask: bool = False) -> Content:
    """The answer for one photo; `ask` whether the person may say what it shows."""
    return {"kind": "answer", "prediction": to_json(prediction), "ask": ask}


def refused(error: Exception) -> Content:
    """Why there is no answer."""
    return {"kind": "refused", "refusal": to_refusal(error)}


def table(rows: Sequence[Content], sendable: bool = False, classes: Sequence[str] = ()) -> Content:
    """The answers for several photos; `rows` are made by `row`; `sendable` to the cleaner, `classes` to correct them by."""
    return {"kind": "several", "rows": list(rows), "sendable": sendable, "classes": list(classes)}


def row(name: str, thumbnail: bytes, outcome: Prediction | Exception, place: int | None = None) -> Content:
    """One line of the table: a Prediction, or the error that came instead; it can be corrected where it has a `place`."""
    line = {"name": name, "thumbnail": to_data_url(thumbnail), **({} if place is None else {"place": place})}
    if isinstance(outcome, Prediction):
        return {**line, "prediction": to_json(outcome, 0)}
    return {**line, "refusal": to_refusal(outcome)}


def to_json(prediction: Prediction, most: int | None = None) -> Content:
    """A Prediction as the browser gets it: with its classes in order, which an object there does not keep.

    With `most`, only the likeliest so many of the probabilities go along.
    """
    kept = {label for label, _ in prediction.ranked()[:most]}
    probabilities = {label: share for label, share in prediction.probabilities.items() if label in kept}
    return {**prediction.to_json(), "probabilities": probabilities, "classes": list(probabilities)}
