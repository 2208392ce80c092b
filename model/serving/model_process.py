"""The state of a model process: a model, loaded meanwhile; photos that wait, batches of them answered. Knows no requests.

Photos that arrive while the network is busy share its next pass, so a lone one never waits. What runs the network is imported
by the loading thread, not by this module.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from model.errors import AppError, Busy
from model.images import Framed, Sandbox
from model.types import Explanation, Prediction

if TYPE_CHECKING:
    from model.classifier import Classifier
    from model.explanation import Explainer

BATCH = 16  # photos in one pass of the network
MAX_WAITING = 64  # photos that may wait; the next one is asked to come again
_log = logging.getLogger("voilens")


class ModelProcess:
    """The state of one model process: the classifier once it is loaded, the photos that wait, the time of the last one.

    `export` is the file of the model, beside which training pictures may be kept; `public` says that strangers may ask.
    """

    def __init__(self, load: Callable[[], Classifier], export: Path | None = None, public: bool = False):
        self._load, self._export, self._public = load, export, public
        self._explaining = asyncio.Lock()  # one at a time: it has three passes of the network to itself
        self._ready = asyncio.Event()
        self._queue: asyncio.Queue[tuple[Image.Image, asyncio.Future[Prediction]]] = asyncio.Queue()
        self._waiting = 0
        self.classifier: Classifier | None = None
        self._explainer: Explainer | None = None
        self.sandbox: Sandbox | None = None
        self.error: AppError | None = None
        self.last_request = time.monotonic()

    @property
    def ready(self) -> bool:
        return self._ready.is_set()

    async def run(self) -> None:
        """Load the model, then answer batch after batch."""
        try:
            self.classifier = await asyncio.to_thread(self._load)
            self.sandbox = Sandbox(self.classifier.model.framing)
        except AppError as error:
            self.error = error
        except Exception:
            _log.exception("the model could not be loaded")
            self.error = AppError("The model could not be loaded: the log of its process says why. Take another model.")
        self._ready.set()
        self.last_request = time.monotonic()
        while self.error is None:
            batch = [await self._queue.get()]
            while len(batch) < BATCH and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            await self._answer(batch)

    @contextlib.contextmanager
    def place_in_line(self) -> Iterator[None]:
        """A place in line, from the first byte of a photo to its answer. Raises Busy while too many wait."""
        if self._waiting >= MAX_WAITING:
            raise Busy("Too many photos are waiting: send yours again in a minute.")
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1

    async def stop(self) -> None:
        if self.sandbox:
            await self.sandbox.stop()

    async def classify(self, picture: bytes) -> Prediction:
        """Answer one photo. Raises AppError."""
        started = time.perf_counter()
        framed = await self._frame(picture)
        answer = await self._ask(framed.picture)
        return dataclasses.replace(answer, seconds=time.perf_counter() - started, note=framed.note)

    async def explain(self, picture: bytes, for_visitors: bool) -> tuple[Prediction, Explanation]:
        """Answer one photo, and say what of it led to the answer. Raises AppError."""
        started = time.perf_counter()
        await self._ready.wait()  # which has loaded what the next line needs
        from model.explanation import SHOWN

        framed = await self._frame(picture, SHOWN)
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

    async def _frame(self, picture: bytes, shown: int = 0) -> Framed:
        await self._ready.wait()
        if self.error:
            raise self.error
        assert self.sandbox, "it is made before the model is ready"
        return await self.sandbox.frame(picture, shown)

    async def _ask(self, framed: Image.Image) -> Prediction:
        answer: asyncio.Future[Prediction] = asyncio.get_running_loop().create_future()
        self._queue.put_nowait((framed, answer))
        return await answer

    async def _answer(self, batch: Sequence[tuple[Image.Image, asyncio.Future[Prediction]]]) -> None:
        assert self.classifier, "photos are framed once it is loaded"
        asked = [(framed, answer) for framed, answer in batch if not answer.done()]
        try:
            predictions = await asyncio.to_thread(self.classifier.classify_framed, [framed for framed, _ in asked])
        except Exception:
            _log.exception("the model failed")
            for _, answer in asked:
                if not answer.done():
                    answer.set_exception(AppError("The model failed on this photo: try another."))
            return
        for (_, answer), prediction in zip(asked, predictions, strict=True):
            if not answer.done():
                answer.set_result(prediction)
