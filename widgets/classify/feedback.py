"""What the person says of the photos of a turn, and where that goes. Knows a keeper of photos, not what is shown."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence

import ipywidgets as ipw

from model.errors import AppError
from model.intake import as_said
from model.types import Prediction
from widgets.classify.corrections import Corrections
from widgets.classify.keeps import Keeps
from widgets.shared import WORDS, Photo, run_in_background

_log = logging.getLogger("voilens")


class Feedback:
    """The answers of a turn of which something may be said; of each once. Without a keeper there are none.

    On a public page what is said goes to the `corrections`, too.
    """

    def __init__(self, keeper: Keeps | None, corrections: Corrections | None):
        self._keeper, self._corrections = keeper, corrections
        self._notes, self._sends = ipw.CallbackDispatcher(), ipw.CallbackDispatcher()
        self.begin()

    def begin(self) -> None:
        """Another turn: what was answered in the one before is dropped."""
        self._answered: list[tuple[Photo, Prediction]] = []
        self._taken: set[int] = set()  # places of those that something was said of, or that were sent

    def on_note(self, handler: Callable[[str], None]) -> None:
        """Call `handler(sentence)` with what became of photos of this turn."""
        self._notes.register_callback(handler)

    def on_send(self, handler: Callable[[], None]) -> None:
        """Call `handler()` when photos were sent to the cleaner and are kept there."""
        self._sends.register_callback(handler)

    def __len__(self) -> int:
        return len(self._answered)

    @property
    def classes(self) -> list[str]:
        """What there is to choose from for these answers."""
        return list(self._answered[0][1].probabilities) if self._answered else []

    def add(self, photo: Photo, prediction: Prediction) -> int | None:
        """Take an answer, as long as its photo can be kept; gives its place, None where nobody keeps photos."""
        if self._keeper is None:
            return None
        self._answered.append((photo, prediction))
        return len(self._answered) - 1

    def say(self, place: int, label: str, agrees: bool) -> str:
        """The person says what a photo shows: "" for what the model says, where it may be agreed with that.

        Gives what is said of it by now, "" where that is nothing, or was said before.
        """
        if self._keeper is None or not 0 <= place < len(self) or place in self._taken:
            return ""
        prediction = self._answered[place][1]
        said = as_said(label, prediction.probabilities)
        if not said and (not agrees or prediction.status == "unfamiliar"):  # nothing that could be right
            return ""
        said = said or prediction.label
        run_in_background(self._keep(self._keeper, [place], said))
        return said

    def send(self) -> None:
        """Send the photos of which nothing was said to the cleaner."""
        if self._keeper and self._answered:
            places = [place for place in range(len(self)) if place not in self._taken]
            run_in_background(self._keep(self._keeper, places, None))

    async def _keep(self, keeper: Keeps, places: Sequence[int], said: str | None) -> None:
        """Hand photos of this turn to who keeps them, and tell where they are."""
        answered = self._answered
        self._taken |= set(places)
        sentence = WORDS["note"]["nothing"]
        try:
            for photo, prediction in (answered[place] for place in places):
                sentence = await self._keep_one(keeper, photo, prediction, said)
        except AppError as error:
            sentence = str(error)
        except Exception:
            _log.exception("photos could not be kept")
            sentence = WORDS["note"]["failed"]
        else:
            if said is None:
                self._sends()
        if answered is self._answered:
            self._notes(sentence)

    async def _keep_one(self, keeper: Keeps, photo: Photo, prediction: Prediction, said: str | None) -> str:
        """Keep a photo; gives where it is as a sentence. Raises AppError."""
        noted = ""
        if said is not None and self._corrections is not None:
            noted = await self._corrections.keep(photo, prediction, said)
        kept = await asyncio.to_thread(keeper.keep, photo, prediction, said)
        return noted or kept
