"""The last answers of this visit, as a strip of small pictures to return to: of one photo, or the table of several.

Knows what was answered, not how.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import ipywidgets as ipw
import traitlets as t

from model.images import to_data_url
from model.types import Prediction
from widgets.classify.answer import Content, to_json
from widgets.shared import BrowserWidget, Photo, script

LENGTH = 12

Past = tuple[Photo, Prediction] | list[Content]  # one photo with its answer, or the rows of a table


class History(BrowserWidget):
    """The last LENGTH answers, newest first; `on_return` hears which one the person wants back, `on_table` which table."""

    _esm = script("classify/history")

    entries = t.List(t.Dict()).tag(sync=True)

    def __init__(self, **traits: Any):
        super().__init__(**traits)
        self._kept: list[Past] = []
        self._returns, self._tables = ipw.CallbackDispatcher(), ipw.CallbackDispatcher()
        self.on_msg(self._on_browser_message)

    def on_return(self, handler: Callable[[Photo, Prediction], None]) -> None:
        """Call `handler(photo, prediction)` when the person goes back to an answer."""
        self._returns.register_callback(handler)

    def on_table(self, handler: Callable[[list[Content]], None]) -> None:
        """Call `handler(rows)` when the person goes back to the answers for several photos."""
        self._tables.register_callback(handler)

    def add(self, photo: Photo, prediction: Prediction) -> None:
        """Put an answer in front; the oldest beyond LENGTH goes."""
        self._put((dataclasses.replace(photo, content=b""), prediction))

    def add_table(self, rows: list[Content]) -> None:
        """Put the answers for several photos in front, as one entry; `rows` are those of `answer.table`."""
        self._put(rows)

    def clear(self) -> None:
        self._kept = []
        self._update_entries()

    def _put(self, past: Past) -> None:
        self._kept = [past, *self._kept][:LENGTH]
        self._update_entries()

    def _update_entries(self) -> None:
        self.entries = [_several(past) if isinstance(past, list) else _single(*past) for past in self._kept]

    def _on_browser_message(self, _widget: Any, message: dict[str, Any], _buffers: list) -> None:
        if message.get("type") == "clear":
            self.clear()
        place = message.get("place")
        if message.get("type") == "return" and isinstance(place, int) and 0 <= place < len(self._kept):
            past = self._kept[place]
            if isinstance(past, list):
                self._tables(past)
            else:
                self._returns(*past)


def _single(photo: Photo, prediction: Prediction) -> Content:
    return {"name": photo.name, "thumbnail": to_data_url(photo.thumbnail), "prediction": to_json(prediction, 0)}


def _several(rows: list[Content]) -> Content:
    return {"thumbnail": next((row["thumbnail"] for row in rows if row["thumbnail"]), ""), "count": len(rows)}
