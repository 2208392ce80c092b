"""Why a picture got its answer, for any part that shows pictures: asked when somebody opens it, told to the browser as a trait.

The browser's side is explanation.js, a fold that a part puts beneath a picture. Knows what explains, not what it goes by.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import traitlets as t

from model.core import percent
from model.errors import AppError
from model.images import to_data_url
from model.types import Explanation
from widgets.shared.asking import SORRY
from widgets.shared.background import run_in_background
from widgets.shared.browser_widget import BrowserWidget

Explains = Callable[[bytes], Explanation]
Which = int | str  # of the pictures that a widget shows
LONGEST = 1000  # letters that name a picture
_log = logging.getLogger("voilens")


class ExplainingWidget(BrowserWidget):
    """A widget whose pictures can be explained; `why` is what is known of the one that was asked about last."""

    explainable = t.Bool(False, help="whether its pictures can be explained").tag(sync=True)
    why = t.Dict(help="{of, kind: looking, refused or explained, ...}, or empty: see Why in explanation.js").tag(sync=True)

    def __init__(self, **traits: Any):
        super().__init__(**traits)
        self._explain: Explains | None = None
        self._picture_of: Callable[[Which], bytes] | None = None
        self._whys = 0

    def explain_with(self, explain: Explains | None, picture_of: Callable[[Which], bytes]) -> None:
        """Let `explain` say why; `picture_of` gives the bytes of a picture by what the browser calls it, or raises AppError."""
        self._explain, self._picture_of = explain, picture_of
        self.explainable = explain is not None
        self.forget_why()

    def forget_why(self) -> None:
        """Other pictures are shown: what was said of one before goes, and what is still being found out about it."""
        self._whys += 1
        if self.why:
            self.why = {}

    def _handlers_of(self, message: dict[str, Any]) -> list[Callable[..., None]]:
        """A question why is heard here alone: it is none of the parts' own messages."""
        return [self._on_browser_asks_why] if message.get("type") == "why" else super()._handlers_of(message)

    def _on_browser_asks_why(self, _widget: Any, message: dict[str, Any], _buffers: list[memoryview]) -> None:
        of = message.get("of")
        if self._explain is None or self._picture_of is None:
            return
        if type(of) is int or (isinstance(of, str) and len(of) <= LONGEST):
            if self.why.get("of") == of and self.why.get("kind") == "looking":
                return
            self._whys += 1
            self.why = {"of": of, "kind": "looking"}
            run_in_background(self._find_out(self._explain, self._picture_of, of, self._whys))

    async def _find_out(self, explain: Explains, picture_of: Callable[[Which], bytes], of: Which, turn: int) -> None:
        try:
            told = _as_content(await asyncio.to_thread(lambda: explain(picture_of(of))))
        except AppError as error:
            told = {"kind": "refused", "sentence": str(error)}
        except Exception:
            _log.exception("an answer could not be explained")
            told = {"kind": "refused", "sentence": SORRY}
        if turn == self._whys:
            self.why = {"of": of, **told}


def _as_content(explanation: Explanation) -> dict[str, Any]:
    """An Explanation as the browser gets it."""
    return {
        "kind": "explained",
        "label": explanation.label,
        "share": percent(explanation.probability),
        "photo": to_data_url(explanation.photo),
        "part": list(explanation.part),
        "heat": to_data_url(explanation.heat),
        "where": explanation.where,
        "similar": [
            {"label": like.label, "similarity": f"{like.similarity:.2f}", "picture": to_data_url(like.picture)}
            for like in explanation.similar
        ],
        "notes": list(explanation.notes),
    }
