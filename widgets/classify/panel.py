"""The classify panel: photos in, answers out. Knows widgets, a client that knows the model, and a keeper of photos.

Its `state`, one of STATES, is the state of the page; what is shown follows from it and from the answers.
"""

from __future__ import annotations

import asyncio
import html
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import ipywidgets as ipw
import traitlets as t

from model.core import is_public, listing
from model.errors import AppError
from model.types import Prediction
from widgets.classify import answer, examples
from widgets.classify.about import AboutModel
from widgets.classify.answer import Answer
from widgets.classify.corrections import Corrections
from widgets.classify.examples import Examples
from widgets.classify.feedback import Feedback
from widgets.classify.history import History
from widgets.classify.keeps import Keeps
from widgets.classify.live_camera import LiveCamera
from widgets.shared import (
    ASKED_AT_ONCE,
    SORRY,
    WORDS,
    Classifies,
    Photo,
    Uploader,
    on_this_loop,
    run_in_background,
    use_styles,
    within_bounds,
)

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
_log = logging.getLogger("voilens")


class ClassifyPanel(ipw.VBox):
    """Drop photos, read answers. `prediction` is the last answer, None while there is none.

    With a `keeper`, a person may say what a photo really shows, and send several to the cleaner; a visitor can save what they
    said as a file. `public` says who looks (None: as VOILENS_PUBLIC says). `find_examples` gives the pictures that the model's
    owner offers to click.
    """

    state = t.Enum(STATES, default_value="starting")
    prediction = t.Instance(Prediction, allow_none=True)
    classes = t.List(t.Unicode())

    def __init__(
        self,
        client: Classifies,
        keeper: Keeps | None = None,
        public: bool | None = None,
        find_examples: Callable[[], Sequence[Path]] = tuple,
        **traits: Any,
    ):
        use_styles("classify")
        self._client, self._public, self._find_examples = client, public, find_examples
        self._turn = 0
        self._ready = False
        self._loading = True
        self._asking = asyncio.Semaphore(ASKED_AT_ONCE)
        self._rows: list[answer.Content] = []
        self._held = 0
        self.intro = ipw.HTML()
        self.uploader = Uploader()
        self.answer = Answer()
        strangers = is_public() if public is None else public
        self.corrections = Corrections(client.card) if keeper and strangers else None
        self.camera = LiveCamera(client)
        self.examples = Examples()
        self.history = History()
        self.about = AboutModel()
        said = [self.corrections] if self.corrections else []
        beside = [self.camera, self.examples, self.history, self.about]
        super().__init__([self.intro, self.uploader, self.answer, *said, *beside], **traits)
        for name in ("vl-panel", "vl-classify"):
            self.add_class(name)
        if keeper:
            self.uploader.promise = WORDS["uploader"]["kept_only_if"]
        self._feedback = Feedback(keeper, self.corrections)
        self._feedback.on_note(lambda sentence: self.answer.set_trait("note", sentence))
        self.uploader.on_start(self._on_uploader_start)
        self.uploader.on_photo(self._on_uploader_photo)
        self.uploader.on_cancel(self._on_uploader_cancel)
        self.answer.on_say(self._on_answer_say)
        self.answer.on_send(self._feedback.send)
        self.camera.on_begin(self._on_camera_begin)
        self.history.on_return(self._on_history_return)
        self.history.on_table(self._on_history_table)
        self.observe(self._update_status, "state")
        self.observe(self._update_intro, "classes")
        self.classes = client.announced()
        self._update_intro()
        self._update_status()
        run_in_background(self._start())

    def on_send(self, handler: Callable[[], None]) -> None:
        """Call `handler()` when photos were sent to the cleaner and are kept there."""
        self._feedback.on_send(handler)

    def refresh(self) -> None:
        """Somebody looks: see to it that the model is loaded, and which it is by now."""
        if not self._loading:
            run_in_background(self._refresh())

    # ---- what happens

    def _on_uploader_start(self, turn: int, names: list[str]) -> None:
        """The old answer goes before anything else happens."""
        self._turn = turn
        self._forget()
        self.prediction = None
        self.state = "uploading"
        self.answer.show(answer.EMPTY)

    def _on_uploader_cancel(self, turn: int) -> None:
        self._turn = turn + 1
        self._forget()
        self.answer.show(answer.EMPTY)
        self.state = "starting" if self._loading else "empty"

    def _on_camera_begin(self) -> None:
        """What the camera sees is answered in the place of a photo."""
        self.uploader.clear()
        self._on_uploader_cancel(self._turn)

    def _on_uploader_photo(self, photo: Photo) -> None:
        if photo.turn != self._turn:
            return
        self._held += len(photo.content)
        photo = within_bounds(photo, self._held)
        if self.state == "uploading":
            self._update_working(*("running", answer.looking()) if self._ready else ("waiting", answer.loading()))
        run_in_background(self._answer(photo))

    def _on_history_return(self, photo: Photo, prediction: Prediction) -> None:
        self._turn = -1
        self._forget()
        self.uploader.show(photo)
        self._update_single(prediction)

    def _on_history_table(self, rows: list[answer.Content]) -> None:
        self._turn = -1
        self._forget()
        self.uploader.clear()
        self.prediction = None
        self.answer.show(answer.table(rows))
        self.state = "several"

    def _on_answer_say(self, label: str, place: int | None) -> None:
        """A table that is returned to shows what was said."""
        several = self.state == "several"
        place = place if several else 0 if self.prediction else None
        said = self._feedback.say(place, label, agrees=not several) if place is not None else ""
        for row in self._rows:
            if said and row.get("place") == place:
                row["said"] = said

    # ---- long work

    async def _refresh(self) -> None:
        try:
            await self._show_model()
        except Exception:  # the next photo meets the same, and tells it
            _log.info("the model could not be asked", exc_info=True)

    async def _show_model(self) -> None:
        """Say which model answers: its classes, its card, its examples. Raises AppError, and whatever is wrong with a file."""
        card = await asyncio.to_thread(self._client.card)
        self.classes = [str(name) for name in card["classes"]]
        self.examples.examples = await asyncio.to_thread(lambda: examples.read(self._find_examples(), self.classes))
        self.about.show(card, self.examples.examples)

    async def _start(self) -> None:
        """Load the model while the page already takes photos."""
        try:
            await self._show_model()
            self._ready = True
            if self.state == "starting":
                self.state = "empty"
        except AppError as error:
            self._refuse(error)
        except Exception:
            _log.exception("the model could not be loaded")
            self._refuse(AppError(SORRY, code="sorry"))
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
        place = None
        if isinstance(outcome, Prediction):
            self.classes = [*outcome.probabilities]  # another model may serve by now
            place = self._feedback.add(photo, outcome)
        if photo.count > 1:
            self._rows.append(answer.row(photo.name, photo.thumbnail, outcome, place))
            complete = len(self._rows) == photo.count
            table = answer.table(self._rows, bool(self._feedback), self._feedback.classes)
            self.answer.show(table if complete else answer.progress(len(self._rows), photo.count))
            self.state = "several" if complete else "running"
            if complete:
                self.history.add_table(self._rows)
        elif isinstance(outcome, Prediction):
            self._update_single(outcome, photo)
            self.history.add(photo, outcome)
        else:
            self._refuse(outcome)

    async def _ask(self, photo: Photo) -> Prediction | AppError:
        if photo.refusal:
            return photo.refusal
        told = on_this_loop(self._on_client_waiting)
        try:
            return await asyncio.to_thread(
                self._client.classify,
                photo.content,
                waiting=lambda words: told(photo, words),
                wanted=lambda: photo.turn == self._turn,
            )
        except AppError as error:
            return error
        except Exception:
            _log.exception("a photo could not be classified")
            return AppError(SORRY, code="sorry")

    def _on_client_waiting(self, photo: Photo, sentence: str) -> None:
        if photo.turn == self._turn and photo.count == 1 and self.prediction is None:
            self._update_working("waiting", answer.waiting(sentence))

    # ---- what is shown

    def _forget(self) -> None:
        """The photos of the turn before are dropped; what was answered of a table that is not complete goes to the history."""
        if self._rows and self.state == "running":
            self.history.add_table(self._rows)
        self._rows, self._held = [], 0
        self._feedback.begin()
        self.uploader.answer = {}

    def _update_single(self, prediction: Prediction, photo: Photo | None = None) -> None:
        """Show an answer; why it is so can be asked of a `photo` that is still held."""
        self._ready = True
        explain = (lambda picture: self._client.explain(picture, self._public)) if photo else None
        self.answer.explain_with(explain, lambda _shown: photo.content if photo else b"")
        self.prediction = prediction
        self.answer.show(answer.single(prediction, ask=bool(self._feedback)))
        self.uploader.answer = answer.to_json(prediction, 2)
        self.state = prediction.status

    def _refuse(self, error: AppError) -> None:
        self.prediction = None
        self.answer.show(answer.refused(error))
        self.state = "refused"

    def _update_working(self, state: str, content: answer.Content) -> None:
        self.answer.show(content)
        self.state = state

    def _update_status(self, _change: Any = None) -> None:
        self.uploader.set_trait("busy", self.state in ("running", "waiting"))
        self.uploader.set_trait("status", WORDS["headline"]["loading"] if self.state == "starting" else "")

    def _update_intro(self, _change: Any = None) -> None:
        words = WORDS["intro"]
        what = listing(self.classes) if self.classes else words["unknown"]
        sentence = words["sentence"].format(classes=html.escape(what))
        self.intro.value = f"<h1>{words['title']}</h1><p>{sentence}</p>"
