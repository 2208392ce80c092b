"""The live camera: pictures of it come one at a time, each once the one before is answered. Knows a client."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import ipywidgets as ipw
import traitlets as t

from model.errors import AppError
from widgets.classify.answer import to_json
from widgets.shared import BrowserWidget, Classifies, run_in_background, script

MAX_PICTURE = 400_000  # bytes of one picture: the browser makes them small
CLASSES = 8  # of an answer, the likeliest, that go to the browser
_log = logging.getLogger("voilens")


class LiveCamera(BrowserWidget):
    """Answers what the camera sees; a picture that comes while another is looked at is dropped."""

    _esm = script("classify/live_camera")

    side = t.Int(256, help="pixels of the shorter side of a picture").tag(sync=True)

    def __init__(self, client: Classifies, **traits: Any):
        super().__init__(**traits)
        self._client = client
        self._looking = False
        self._begins = ipw.CallbackDispatcher()
        self.on_msg(self._on_browser_message)

    def on_begin(self, handler: Callable[[], None]) -> None:
        """Call `handler()` when the camera's picture is there."""
        self._begins.register_callback(handler)

    def _on_browser_message(self, _widget: Any, message: dict[str, Any], buffers: list[memoryview]) -> None:
        kind, number = message.get("type"), message.get("number")
        if kind == "begin":
            self._begins()
        elif kind == "picture" and type(number) is int and buffers and len(buffers[0]) <= MAX_PICTURE and not self._looking:
            self._looking = True
            run_in_background(self._look(number, bytes(buffers[0])))
        else:
            _log.warning("dropped a message of a camera that does not fit")

    async def _look(self, number: int, picture: bytes) -> None:
        told: dict[str, Any] = {"type": "unseen", "number": number}
        try:
            prediction = await asyncio.to_thread(self._client.classify, picture)
            told = {"type": "seen", "number": number, "prediction": to_json(prediction, CLASSES)}
        except AppError as error:
            _log.info("a picture of a camera was not answered: %s", error)
        except Exception:
            _log.exception("a picture of a camera could not be answered")
        finally:
            self._looking = False
        self.send(told)
