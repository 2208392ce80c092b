"""The state of a model process: a model, loaded meanwhile; photos that wait, batches of them answered. Knows no requests.

Photos that arrive while the network is busy share its next pass. Whose turn it is, the line knows. What runs the network is
imported by the loading thread, not by this module.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image

from model.errors import AppError
from model.images import WORKERS, Framed, Sandbox
from model.serving.line import Line, Turn
from model.types import Explanation, Prediction

if TYPE_CHECKING:
    from model.classifier import Classifier
    from model.explanation import Explainer

BATCH = 16  # photos in one pass of the network
QUICK = 1  # workers beside the others, for visits for which hardly anything was done
_log = logging.getLogger("voilens")


class _Asked(NamedTuple):
    framed: Image.Image
    taken: Callable[[], None]
    answer: asyncio.Future[Prediction]


class ModelProcess:
    """The state of one model process: the classifier once it is loaded, the photos that wait, the time of the last one.

    `export` is the file of the model, beside which training pictures may be kept; `public` says that strangers may ask.
    """

    def __init__(self, load: Callable[[], Classifier], export: Path | None = None, public: bool = False):
        self._load, self._export, self._public = load, export, public
        self._explaining = asyncio.Lock()  # one at a time: it has three passes of the network to itself
        self._ready = asyncio.Event()
        self._queue: asyncio.Queue[_Asked] = asyncio.Queue()
        self.line = Line(WORKERS, QUICK)
        self.classifier: Classifier | None = None
        self._explainer: Explainer | None = None
        self._sandbox: Sandbox | None = None
        self.error: AppError | None = None
        self.last_request = time.monotonic()

    @property
    def ready(self) -> bool:
        return self._ready.is_set()

    async def run(self) -> None:
        """Load the model while a worker starts, then answer batch after batch."""
        self._sandbox = Sandbox(quick=QUICK)
        try:
            self.classifier = await asyncio.to_thread(self._load)
            self._sandbox.start()
        except AppError as error:
            self.error = error
        except Exception:
            _log.exception("the model could not be loaded")
            self.error = AppError("The model could not be loaded: the log of its process says why. Take another model.")
        self._ready.set()
        self.line.open()
        self.last_request = time.monotonic()
        while self.error is None:
            batch = [await self._queue.get()]
            while len(batch) < BATCH and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            await self._answer(batch)

    async def stop(self) -> None:
        if self._sandbox:
            await self._sandbox.stop()

    async def classify(self, picture: bytes, turn: Turn) -> Prediction:
        """Answer one photo, whose `turn` it is until the network has it. Raises AppError."""
        started = time.perf_counter()
        framed = await self._frame(picture, turn)
        answer = await self._ask(framed.picture, turn.end)
        return dataclasses.replace(answer, seconds=time.perf_counter() - started, note=framed.note)

    async def explain(self, picture: bytes, for_visitors: bool, turn: Turn) -> tuple[Prediction, Explanation]:
        """Answer one photo, whose `turn` it is, and say what of it led to the answer. Raises AppError."""
        started = time.perf_counter()
        await self._ready.wait()  # which has loaded what the next line needs
        from model.explanation import SHOWN

        framed = await self._frame(picture, turn, SHOWN)
        prediction = await self._ask(framed.picture)
        async with self._explaining:
            explanation = await asyncio.to_thread(self._explain, framed, prediction, for_visitors or self._public)
        return dataclasses.replace(prediction, seconds=time.perf_counter() - started, note=framed.note), explanation

    def _explain(self, framed: Framed, prediction: Prediction, for_visitors: bool) -> Explanation:
        from model.explanation import Explainer

        assert self.classifier, "photos are framed once it is loaded"
        if self._explainer is None:
            self._explainer = Explainer(self.classifier.model, self._export)
        try:
            return self._explainer.explain(framed, prediction, for_visitors)
        except AppError:
            raise
        except Exception as error:
            _log.exception("an answer could not be explained")
            raise AppError("The model failed on this photo: try another.") from error

    async def _frame(self, picture: bytes, turn: Turn, shown: int = 0) -> Framed:
        await self._ready.wait()
        if self.error:
            raise self.error
        assert self._sandbox and self.classifier, "it is ready"
        return await self._sandbox.frame(self.classifier.model.framing, picture, shown, turn.quick)

    async def _ask(self, framed: Image.Image, taken: Callable[[], None] = lambda: None) -> Prediction:
        """What the network says; `taken` is called when it begins."""
        asked = _Asked(framed, taken, asyncio.get_running_loop().create_future())
        self._queue.put_nowait(asked)
        return await asked.answer

    async def _answer(self, batch: Sequence[_Asked]) -> None:
        assert self.classifier, "photos are framed once it is loaded"
        batch = [asked for asked in batch if not asked.answer.done()]
        for asked in batch:
            asked.taken()
        try:
            predictions = await asyncio.to_thread(self.classifier.classify_framed, [asked.framed for asked in batch])
        except Exception:
            _log.exception("the model failed")
            for asked in batch:
                if not asked.answer.done():
                    asked.answer.set_exception(AppError("The model failed on this photo: try another."))
            return
        for asked, prediction in zip(batch, predictions, strict=True):
            if not asked.answer.done():
                asked.answer.set_result(prediction)
