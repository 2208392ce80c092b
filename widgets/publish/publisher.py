"""What the Publish part shows: which model, the ways with a button each, how far it is, what was proved, what to do next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as ipw
import traitlets as t

from widgets.publish.ways import AUTHOR, BY_KEY, WAYS
from widgets.shared import BrowserWidget, script

STATES = ("choosing", "publishing", "proved", "wrong", "failed")


class Publisher(BrowserWidget):
    """`way` is the one that is being published, or was; its proof and next steps stand there until another is looked at."""

    _esm = script("publish/publisher")

    state = t.Enum(STATES, default_value="choosing").tag(sync=True)
    model = t.Dict(help="{name, folder, accuracy}: texts").tag(sync=True)
    ways = t.List(t.Dict(), read_only=True).tag(sync=True)
    author = t.Dict(AUTHOR.to_json(), help="the question that every way asks", read_only=True).tag(sync=True)
    answers = t.Dict(help="way -> question -> what was said when it was published last").tag(sync=True)
    past = t.Dict(help="way -> when it was published last, and what came of it, as a sentence").tag(sync=True)
    way = t.Unicode("").tag(sync=True)
    sentence = t.Unicode("", help="how far it is, what came of it, or what went wrong").tag(sync=True)
    checks = t.List(t.Dict(), help="{name, verdict, said}; verdict is right, wrong or unknown").tag(sync=True)
    phone = t.Unicode("", help="the page on a phone, as a data URL").tag(sync=True)
    steps = t.List(t.Unicode(), help="what to do next, in order").tag(sync=True)
    stale = t.Bool(False, help="whether what was published is of another model than the one that serves").tag(sync=True)

    def __init__(self, **traits: Any):
        super().__init__(**traits)
        self._publishes, self._looks, self._shows = (ipw.CallbackDispatcher() for _ in range(3))
        self.on_msg(self._on_browser_message)

    @t.default("ways")
    def _ways(self) -> list[dict[str, Any]]:
        return [way.to_json() for way in WAYS]

    def on_publish(self, handler: Callable[[str, dict[str, Any]], None]) -> None:
        """Call `handler(key, answers)` when a way was chosen; `answers` are by the names of its questions."""
        self._publishes.register_callback(handler)

    def on_look(self, handler: Callable[[str], None]) -> None:
        """Call `handler(key)` when a person wants to see what a way was proved to be when it was published last."""
        self._looks.register_callback(handler)

    def on_shown(self, handler: Callable[[], None]) -> None:
        """Call `handler()` when a browser begins to show this."""
        self._shows.register_callback(handler)

    def _on_browser_message(self, _widget: Any, message: dict[str, Any], _buffers: list) -> None:
        kind, key, answers = message.get("type"), message.get("way"), message.get("answers")
        if kind == "shown":
            self._shows()
        elif isinstance(key, str) and key in BY_KEY and self.state != "publishing":
            if kind == "publish":
                self._publishes(key, answers if isinstance(answers, dict) else {})
            elif kind == "look":
                self._looks(key)
