"""The model process: one per machine, shared by every visitor. Bytes in, JSON out, over HTTP.

An ASGI application, so it runs under uvicorn on a unix socket as well as behind a larger server. It listens at once and
loads the model meanwhile. Requests that arrive while the network is busy share its next pass, so a lone request never
waits. What runs the network is imported by the loading thread, not by this module.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import logging
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn
from PIL import Image
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from model.errors import REASON, AppError, BadImage, BadUsage, Busy
from model.images import Sandbox
from model.serving.upload import HOW, picture_of
from model.types import PICTURE_TYPE, Prediction

if TYPE_CHECKING:
    from model.classifier import Classifier

BATCH = 16  # photos in one pass of the network
MAX_WAITING = 64  # photos that may wait; the next one is asked to come again
RECEIVE_SECONDS = 30.0  # that a photo may take to arrive
MAX_SOCKET_PATH = 100  # bytes
GRACE_SECONDS = 3.0  # for which a process that could not load its model tells why, before it ends
LONGEST_PATH = 100  # letters of a wrong path that are said back
_log = logging.getLogger("voilens")


class ModelProcess:
    """The state of one model process: the classifier once it is loaded, the photos that wait, the time of the last one."""

    def __init__(self, load: Callable[[], Classifier]):
        self._load = load
        self._ready = asyncio.Event()
        self._queue: asyncio.Queue[tuple[Image.Image, asyncio.Future[Prediction]]] = asyncio.Queue()
        self._waiting = 0
        self.classifier: Classifier | None = None
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
        await self._ready.wait()
        if self.error:
            raise self.error
        assert self.sandbox, "it is made before the model is ready"
        started = time.perf_counter()
        framed, note = await self.sandbox.frame(picture)
        answer: asyncio.Future[Prediction] = asyncio.get_running_loop().create_future()
        self._queue.put_nowait((framed, answer))
        return dataclasses.replace(await answer, seconds=time.perf_counter() - started, note=note)

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


def create_app(load: Callable[[], Classifier], idle: float | None = None, stop: Callable[[], None] = lambda: None) -> Starlette:
    """The application; `load` gives the Classifier, `stop` is called after `idle` seconds without a request."""

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        process = app.state.process = ModelProcess(load)
        tasks = [asyncio.create_task(process.run()), asyncio.create_task(_stop_when_useless(process, idle, stop))]
        yield
        for task in tasks:
            task.cancel()
        await process.stop()

    routes = [
        Route("/classify", _classify, methods=["POST"]),
        Route("/model", _model),
        Route("/health", _health),
    ]
    handlers: dict[Any, Any] = {AppError: _refuse, HTTPException: _redirect, Exception: _fail}
    return Starlette(routes=routes, lifespan=lifespan, exception_handlers=handlers)


def serve(model: Path, named: bool, host: str, port: int, uds: str | None, idle: float | None) -> int:
    """Serve `model` until stopped; gives the exit status. Raises BadUsage for a socket that cannot be made."""
    if uds and (len(os.fsencode(uds)) > MAX_SOCKET_PATH or not os.access(Path(uds).parent, os.W_OK)):
        raise BadUsage(f"Cannot listen on {uds}: name a short path in a folder that is there, and that you may write to.")

    def load() -> Classifier:
        from model.classifier import Classifier

        return Classifier.load(model, named)

    def stop() -> None:
        server.should_exit = True

    app = create_app(load, idle, stop)
    where: dict[str, Any] = {"uds": uds} if uds else {"host": host, "port": port}
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, **where))
    server.run()
    error = app.state.process.error
    if error:
        print(error, file=sys.stderr)
    return 1 if error else 0


async def _stop_when_useless(process: ModelProcess, idle: float | None, stop: Callable[[], None]) -> None:
    """End a process that nobody asks, or whose model cannot be loaded."""
    while True:
        await asyncio.sleep(min(1.0, (idle or 1.0) / 4))
        since = time.monotonic() - process.last_request
        if (idle and process.ready and since > idle) or (process.error and since > GRACE_SECONDS):
            stop()


async def _classify(request: Request) -> Response:
    process: ModelProcess = request.app.state.process
    process.last_request = time.monotonic()
    try:
        with process.place_in_line():
            prediction = await process.classify(await asyncio.wait_for(picture_of(request), RECEIVE_SECONDS))
    except asyncio.TimeoutError:
        return JSONResponse(
            {"error": f"The photo did not arrive within {RECEIVE_SECONDS:.0f} s: send it again."}, status_code=408
        )
    except ClientDisconnect:
        return Response(status_code=400)
    except BadImage as error:
        if error.code == "not-a-picture" and request.headers.get("content-type") != PICTURE_TYPE:  # perhaps in some wrapping
            told = type(error)(f"{error} {HOW}")
            told.adopt(error.reason())
            raise told from error
        raise
    process.last_request = time.monotonic()
    return JSONResponse(prediction.to_json())


async def _model(request: Request) -> Response:
    process: ModelProcess = request.app.state.process
    process.last_request = time.monotonic()
    if process.error:
        raise process.error
    if not process.ready:
        raise Busy("The model is loading.")
    assert process.classifier, "it is ready"
    return JSONResponse({**process.classifier.card, "classes": process.classifier.vocab})


async def _health(request: Request) -> Response:
    process: ModelProcess = request.app.state.process
    if process.error:
        raise process.error
    return JSONResponse({"ready": process.ready}, status_code=200 if process.ready else 503)


async def _redirect(request: Request, error: Exception) -> Response:
    """A wrong path or method: what there is to ask, as JSON."""
    assert isinstance(error, HTTPException)
    there = "POST /classify answers a picture, GET /model gives the model's card, GET /health says whether it is ready."
    sentence = f"There is no {request.method} {request.url.path[:LONGEST_PATH]} here: {there} {HOW}"
    return JSONResponse({"error": sentence}, status_code=error.status_code, headers=error.headers)


async def _fail(request: Request, error: Exception) -> Response:
    """What nobody foresaw: the reason goes to the log, which Starlette writes, not to the visitor."""
    return JSONResponse({"error": "Something went wrong in the model process: try again."}, status_code=500)


async def _refuse(request: Request, error: Exception) -> Response:
    assert isinstance(error, AppError)
    headers = {REASON: json.dumps(error.reason())}
    if isinstance(error, Busy):
        headers["Retry-After"] = f"{error.retry_after:.0f}"
    return JSONResponse({"error": str(error)}, status_code=error.status, headers=headers)
