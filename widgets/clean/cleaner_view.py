"""What Python and the browser know of a cleaner alike: its traits, and how it says that something happened or failed.

Knows no folder: the parts of a cleaner work on one, and write here what is to be seen.
"""

from __future__ import annotations

import logging
from collections.abc import Coroutine
from typing import Any, TypeVar

import traitlets as t

from model.catalog import Filter
from model.errors import AppError
from widgets.shared import ExplainingWidget, run_in_background

STATES = ("opening", "listing", "ready", "empty", "refused")
SORRY = "Something went wrong on our side. Nothing was lost: try it again."
_log = logging.getLogger("voilens")
_Result = TypeVar("_Result")


class CleanerView(ExplainingWidget):
    """The traits of a cleaner; the browser shows what they say."""

    state = t.Enum(STATES, default_value="opening").tag(sync=True)
    sentence = t.Unicode("", help="what is to be said instead of the list").tag(sync=True)
    title = t.Unicode("", help="what the folder is called").tag(sync=True)
    query = t.Dict(Filter().to_json(), help="which pictures, in which order").tag(sync=True)
    listing = t.Dict(help="the list that the query gave: stamp, count, fresh; of all pictures: total, judged, scored").tag(
        sync=True
    )
    selection = t.Dict(
        {"stamp": 0, "active": 0, "anchor": 0, "ranges": []}, help="positions in the list that a key acts on"
    ).tag(sync=True)
    filters = t.Dict(help="the values of every filter with their counts").tag(sync=True)
    confused_pairs: t.List[list[Any]] = t.List(help="label, predicted, how many").tag(sync=True)
    classes = t.List(t.Unicode()).tag(sync=True)
    changes = t.Dict(help="what waits to be applied, in numbers and words").tag(sync=True)
    warnings = t.List(t.Unicode()).tag(sync=True)
    progress = t.Dict(help="how far the person is in the list").tag(sync=True)
    job = t.Dict(help="the long work that is under way, {} while there is none").tag(sync=True)
    judge = t.Dict(help="which model has judged, or would: {sentence, warning}").tag(sync=True)
    notice = t.Dict(help="what just happened, in words").tag(sync=True)
    offers_other_folder = t.Bool(False, help="whether another folder can be opened in place of this one").tag(sync=True)
    shows_private = t.Bool(False, help="whether a visitor's copy is shown").tag(sync=True)

    _closed = False
    _notices = 0

    @property
    def current_filter(self) -> Filter:
        """The query as the catalog reads it."""
        return Filter.from_json(self.query)

    @property
    def active_position(self) -> int:
        """The active position, by what a browser may have sent."""
        active = self.selection.get("active")
        return active if isinstance(active, int) and 0 <= active < 2**31 else 0

    @t.validate("query")
    def _check_query(self, proposal: t.Bunch) -> dict[str, Any]:
        """What a browser sends may be anything: what is no query leaves the list as it is."""
        try:
            return Filter.from_json(proposal["value"]).to_json()
        except (ValueError, TypeError, AttributeError):
            return self.query

    def say(self, text: str, alarm: bool = False) -> None:
        """Tell the person what happened; the number makes a repeated text a new notice."""
        self._notices += 1
        self.notice = {"text": text, "alarm": alarm, "number": self._notices}

    def in_background(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run work beside the page, guarded."""
        run_in_background(self.guarded(work))

    async def guarded(self, work: Coroutine[Any, Any, _Result]) -> _Result | None:
        """The result of the work, or None where it failed: a failure is no more than a sentence to a person."""
        try:
            return await work
        except AppError as error:
            self.say(str(error), alarm=True)
        except Exception:
            if not self._closed:
                _log.exception("the cleaner failed")
                self.say(SORRY, alarm=True)
        return None

    def close(self) -> None:
        self._closed = True
        super().close()
