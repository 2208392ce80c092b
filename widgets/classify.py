"""The classify panel: photos in, answers out. Knows widgets and a client; the client knows the model.

Its `state`, one of STATES, is the state of the page; what is shown follows from it and from the answers.
"""

from __future__ import annotations

import asyncio
import html
import logging
from typing import Any, Protocol

import ipywidgets as ipw
import traitlets as t

from model.errors import AppError, BadImage
from model.types import Prediction
from model.wording import listing
from widgets import answer, background
from widgets.answer import Answer
from widgets.history import History
from widgets.uploader import Photo, Uploader

STATES = (
    "starting",
    "empty",
    "uploading",
    "running",
    "waiting",
    "sure",
    "unsure",
    "unfamiliar",
    "refused",
    "several",
)
ASKED_AT_ONCE = 4  # photos of one visitor that are with the model process
LOADING = "Loading the model"
SORRY = "Something went wrong on our side. Your photo is fine: try it again."
_log = logging.getLogger("voilens")


class Classifies(Protocol):
    """What the panel needs of a client; see `model.client.Client`."""

    def announced(self) -> list[str]: ...
    def card(self) -> dict[str, Any]: ...
    def classify(self, picture: bytes, waiting: Any = ...) -> Prediction: ...


class ClassifyPanel(ipw.VBox):
    """Drop photos, read answers. `prediction` is the last answer, None while there is none."""

    state = t.Enum(STATES, default_value="starting")
    prediction = t.Instance(Prediction, allow_none=True)
    classes = t.List(t.Unicode())

    def __init__(self, client: Classifies, **traits: Any):
        self._client = client
        self._turn = 0
        self._ready = False
        self._loading = True
        self._asking = asyncio.Semaphore(ASKED_AT_ONCE)
        self._rows: list[answer.Content] = []
        self.intro = ipw.HTML()
        self.uploader = Uploader()
        self.answer = Answer()
        self.history = History()
        super().__init__([self.intro, self.uploader, self.answer, self.history], **traits)
        self.add_class("vl-panel")
        self.uploader.on_start(self._on_uploader_start)
        self.uploader.on_photo(self._on_uploader_photo)
        self.uploader.on_cancel(self._on_uploader_cancel)
        self.history.on_return(self._on_history_return)
        self.observe(self._update_status, "state")
        self.observe(self._update_intro, "classes")
        self.classes = client.announced()
        self._update_intro()
        self._update_status()
        background.start(self._start())

    # ---- what happens

    def _on_uploader_start(self, turn: int, names: list[str]) -> None:
        """The old answer goes before anything else happens."""
        self._turn = turn
        self._rows = []
        self.prediction = None
        self.state = "uploading"
        self.answer.show(answer.EMPTY)

    def _on_uploader_cancel(self, turn: int) -> None:
        self._turn = turn + 1
        self.answer.show(answer.EMPTY)
        self.state = "starting" if self._loading else "empty"

    def _on_uploader_photo(self, photo: Photo) -> None:
        if photo.turn != self._turn:
            return
        if self.state == "uploading":
            self._update_working("running" if self._ready else "waiting", "Looking" if self._ready else LOADING)
        background.start(self._answer(photo))

    def _on_history_return(self, photo: Photo, prediction: Prediction) -> None:
        self._turn = -1
        self.uploader.show(photo)
        self._update_single(prediction)

    # ---- long work

    async def _start(self) -> None:
        """Load the model while the page already takes photos."""
        try:
            card = await asyncio.to_thread(self._client.card)
            self.classes = [str(name) for name in card["classes"]]
            self._ready = True
            if self.state == "starting":
                self.state = "empty"
        except AppError as error:
            self._refuse(error)
        except Exception:
            _log.exception("the model could not be loaded")
            self._refuse(AppError(SORRY))
        finally:
            self._loading = False

    async def _answer(self, photo: Photo) -> None:
        """Ask the model; show the answer unless a newer photo has come."""
        async with self._asking:
            if photo.turn != self._turn:
                return
            outcome = await self._ask(photo)
        if photo.turn != self._turn:
            return
        if photo.count > 1:
            self._rows.append(answer.row(photo.name, photo.thumbnail, outcome))
            complete = len(self._rows) == photo.count
            self.answer.show(answer.table(self._rows) if complete else answer.progress(len(self._rows), photo.count))
            self.state = "several" if complete else "running"
        elif isinstance(outcome, Prediction):
            self._update_single(outcome)
            self.history.add(photo, outcome)
        else:
            self._refuse(outcome)

    async def _ask(self, photo: Photo) -> Prediction | AppError:
        if photo.refusal:
            return photo.refusal
        told = background.on_this_loop(self._on_client_waiting)
        try:
            return await asyncio.to_thread(self._client.classify, photo.content, lambda words: told(photo, words))
        except AppError as error:
            return error
        except Exception:
            _log.exception("a photo could not be classified")
            return AppError(SORRY)

    def _on_client_waiting(self, photo: Photo, sentence: str) -> None:
        if photo.turn == self._turn and photo.count == 1 and self.prediction is None:
            self._update_working("waiting", sentence)

    # ---- what is shown

    def _update_single(self, prediction: Prediction) -> None:
        self._ready = True
        self.prediction = prediction
        self.answer.show(answer.single(prediction))
        self.state = prediction.status

    def _refuse(self, error: AppError) -> None:
        self.prediction = None
        headline = "This photo cannot be used" if isinstance(error, BadImage) else "This did not work"
        self.answer.show(answer.message("refused", headline, str(error)))
        self.state = "refused"

    def _update_working(self, state: str, sentence: str) -> None:
        self.answer.show(answer.message(state, sentence))
        self.state = state

    def _update_status(self, _change: Any = None) -> None:
        self.uploader.set_trait("busy", self.state in ("running", "waiting"))
        self.uploader.set_trait("status", LOADING if self.state == "starting" else "")

    def _update_intro(self, _change: Any = None) -> None:
        what = listing(self.classes) if self.classes else "something it was taught"
        sentence = f"Show this page a photo and it says whether it shows {html.escape(what)}."
        self.intro.value = f"<h1>What is in the photo?</h1><p>{sentence}</p>"
