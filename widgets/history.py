"""The last answers of this visit, as a strip of small pictures to return to. Knows what was answered, not how."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import anywidget
import ipywidgets as ipw
import traitlets as t

from model.types import Prediction
from model.wording import percent
from widgets.answer import data_url
from widgets.assets import STYLE, script
from widgets.uploader import Photo

LENGTH = 12


class History(anywidget.AnyWidget):
    """The last LENGTH answers, newest first; `on_return` hears which one the person wants back."""

    _esm = script("history")
    _css = STYLE

    entries = t.List(t.Dict()).tag(sync=True)

    def __init__(self, **traits: Any):
        super().__init__(**traits)
        self._kept: list[tuple[Photo, Prediction]] = []
        self._returns = ipw.CallbackDispatcher()
        self.on_msg(self._on_browser_message)

    def on_return(self, handler: Callable[[Photo, Prediction], None]) -> None:
        """Call `handler(photo, prediction)` when the person goes back to an answer."""
        self._returns.register_callback(handler)

    def add(self, photo: Photo, prediction: Prediction) -> None:
        """Put an answer in front; the oldest beyond LENGTH is let go."""
        self._kept = [(dataclasses.replace(photo, content=b""), prediction), *self._kept][:LENGTH]
        self._update_entries()

    def clear(self) -> None:
        self._kept = []
        self._update_entries()

    def _update_entries(self) -> None:
        self.entries = [
            {
                "name": photo.name,
                "thumbnail": data_url(photo.thumbnail),
                "label": prediction.label if prediction.status != "unfamiliar" else "unfamiliar",
                "text": percent(prediction.probability) if prediction.status != "unfamiliar" else "",
            }
            for photo, prediction in self._kept
        ]

    def _on_browser_message(self, _widget: Any, message: dict[str, Any], _buffers: list) -> None:
        if message.get("type") == "clear":
            self.clear()
        place = message.get("place")
        if message.get("type") == "return" and isinstance(place, int) and 0 <= place < len(self._kept):
            self._returns(*self._kept[place])
