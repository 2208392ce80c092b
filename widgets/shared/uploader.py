"""The uploader: a photo dropped, pasted, chosen or taken, shrunk in the browser, handed over as bytes.

Knows the browser's side of an upload and nothing of models. Photos travel in chunks that are acknowledged one by one, so
that progress is real, Cancel takes effect, and no message comes near the size at which a websocket is cut.
"""

from __future__ import annotations

import html
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import ipywidgets as ipw
import traitlets as t

from model.core import MAX_BYTES, too_many_bytes
from model.errors import TooLarge
from model.images import to_data_url
from widgets.shared.assets import script, use_styles
from widgets.shared.browser_widget import BrowserWidget
from widgets.shared.words import WORDS

MAX_PHOTOS = 200  # in one go
MAX_THUMBNAIL = 60_000  # bytes
_log = logging.getLogger("voilens")


@dataclass(frozen=True)
class Photo:
    """One photo as it arrived: the `turn` it came in, its place among the `count` of that turn, its name and bytes.

    `thumbnail` is a small JPEG made by the browser, empty where the browser cannot show the file. `refusal` is set
    instead of `content` when the file was too large to be sent.
    """

    turn: int
    index: int
    count: int
    name: str
    content: bytes = b""
    thumbnail: bytes = b""
    refusal: TooLarge | None = None

    def picture(self, width: int) -> ipw.HTML:
        """The photo as a widget, `width` pixels wide, with its name as alternative text, which ipywidgets' Image has not."""
        return ipw.HTML(f'<img src="{to_data_url(self.content)}" alt="{html.escape(self.name)}" width="{width}">')


@dataclass
class _Turn:
    """Photos that were chosen together, and what has arrived of the one that is on its way."""

    number: int
    names: list[str]
    next: int = 0
    part: bytearray = field(default_factory=bytearray)


class Uploader(BrowserWidget):
    """A drop target for photos. `photo` is the last one that arrived; `on_photo` hears of each."""

    _esm = script("shared/uploader")

    compact = t.Bool(False, help="a plain button instead of the large target").tag(sync=True)
    multiple = t.Bool(True, help="whether several photos may be chosen at once").tag(sync=True)
    many = t.Bool(False, help="whether to speak of several photos from the start").tag(sync=True)
    accepts = t.Unicode(WORDS["uploader"]["accepts"]).tag(sync=True)
    promise = t.Unicode(WORDS["uploader"]["promise"]).tag(sync=True)
    status = t.Unicode("", help="a few words beside the target").tag(sync=True)
    answer = t.Dict(help="the Prediction for the photo as JSON, spoken to those who cannot see it").tag(sync=True)
    busy = t.Bool(False, help="whether an answer is being found").tag(sync=True)
    max_bytes = t.Int(MAX_BYTES, read_only=True).tag(sync=True)
    max_photos = t.Int(MAX_PHOTOS, read_only=True).tag(sync=True)
    photo = t.Instance(Photo, allow_none=True)

    def __init__(self, **traits: Any):
        use_styles()
        super().__init__(**traits)
        self._turn: _Turn | None = None
        self._starts = ipw.CallbackDispatcher()
        self._photos = ipw.CallbackDispatcher()
        self._cancels = ipw.CallbackDispatcher()
        self.on_msg(self._on_browser_message)

    def on_start(self, handler: Callable[[int, list[str]], None]) -> None:
        """Call `handler(turn, names)` when photos have been chosen, before any of them arrives."""
        self._starts.register_callback(handler)

    def on_photo(self, handler: Callable[[Photo], None]) -> None:
        """Call `handler(photo)` for each photo that has arrived, or was refused for its size."""
        self._photos.register_callback(handler)

    def on_cancel(self, handler: Callable[[int], None]) -> None:
        """Call `handler(turn)` when the person has called the upload off."""
        self._cancels.register_callback(handler)

    def show(self, photo: Photo) -> None:
        """Put an earlier photo back on the target."""
        self._turn = None
        self.send({"type": "show", "turn": photo.turn, "index": photo.index, "name": photo.name})

    def clear(self) -> None:
        """Empty the target."""
        self.photo = None
        self.send({"type": "clear"})

    def _on_browser_message(self, _widget: Any, message: dict[str, Any], buffers: list[memoryview]) -> None:
        """Whatever a browser sends is taken for data of a stranger: what does not fit is dropped."""
        try:
            handler = {"start": self._start, "chunk": self._chunk, "too-large": self._too_large, "cancel": self._cancel}
            handler[message["type"]](message, [bytes(buffer) for buffer in buffers])
        except (KeyError, TypeError, ValueError, IndexError, OverflowError, AttributeError):
            _log.warning("dropped an upload message that does not fit")

    def _start(self, message: dict[str, Any], _buffers: list[bytes]) -> None:
        names = [str(name)[:200] for name in message["names"]][: MAX_PHOTOS if self.multiple else 1]
        self._turn = _Turn(int(message["turn"]), names)
        self.photo = None
        self._starts(self._turn.number, names)

    def _chunk(self, message: dict[str, Any], buffers: list[bytes]) -> None:
        turn, index = self._turn, int(message["index"])
        if turn is None or turn.number != message["turn"] or index != turn.next:
            return
        turn.part += buffers[0]
        if len(turn.part) > MAX_BYTES:
            self._deliver(turn, index, refusal=too_many_bytes(len(turn.part)))
        elif message["last"]:
            thumbnail = buffers[1] if len(buffers) > 1 and len(buffers[1]) <= MAX_THUMBNAIL else b""
            self._deliver(turn, index, content=bytes(turn.part), thumbnail=thumbnail)
        self.send({"type": "received", "turn": turn.number, "index": index})

    def _too_large(self, message: dict[str, Any], _buffers: list[bytes]) -> None:
        turn = self._turn
        if turn and turn.number == message["turn"] and turn.next == message["index"]:
            self._deliver(turn, turn.next, refusal=too_many_bytes(int(message["size"])))

    def _deliver(self, turn: _Turn, index: int, **what: Any) -> None:
        turn.next, turn.part = turn.next + 1, bytearray()
        self.photo = Photo(turn.number, index, len(turn.names), turn.names[index], **what)
        self._photos(self.photo)

    def _cancel(self, message: dict[str, Any], _buffers: list[bytes]) -> None:
        number = int(message["turn"])
        self._turn = None
        self.photo = None
        self._cancels(number)
