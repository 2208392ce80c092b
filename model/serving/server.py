"""The model process: one per machine, shared by every visitor. Bytes in, JSON out, over HTTP.

An ASGI application, so it runs under uvicorn on a unix socket as well as behind a larger server. It listens at once and
loads the model meanwhile.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from model.core import MAX_BYTES, is_public
from model.errors import REASON, AppError, BadImage, BadUsage, Busy
from model.serving.arrivals import Arrivals
from model.serving.line import FULL, Turn
from model.serving.model_process import ModelProcess
from model.serving.upload import HOW, picture_of
from model.types import PHOTO, PICTURE_TYPE, VISIT

if TYPE_CHECKING:
    from model.classifier import Classifier

MAX_SOCKET_PATH = 100  # bytes
GRACE_SECONDS = 3.0  # for which a process that could not load its model tells why, before it ends
LONGEST_NAME = 64  # letters of what a sender calls its visit, or its photo
LONGEST_PATH = 100  # letters of a wrong path that are said back
_log = logging.getLogger("voilens")


def create_app(
    load: Callable[[], Classifier],
    idle: float | None = None,
    stop: Callable[[], None] = lambda: None,
    export: Path | None = None,
    public: bool = True,
) -> Starlette:
    """The application; `load` gives the Classifier, `stop` is called after `idle` seconds without a request.

    `export` is the file of the model, beside which training pictures may be kept to be shown under an explanation; where it is
    `public` who asks, only those that its owner lets visitors see.
    """

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        process = app.state.process = ModelProcess(load, export, public)
        app.state.arrivals = Arrivals()
        tasks = [asyncio.create_task(process.run()), asyncio.create_task(_stop_when_useless(process, idle, stop))]
        yield
        for task in tasks:
            task.cancel()
        await process.stop()

    routes = [
        Route("/classify", _classify, methods=["POST"]),
        Route("/explain", _explain, methods=["POST"]),
        Route("/line", _line),
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

    public = uds is None or is_public()  # a socket is this user's alone
    app = create_app(load, idle, stop, model, public)
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
    async def answer(process: ModelProcess, picture: bytes, turn: Turn) -> dict[str, Any]:
        return (await process.classify(picture, turn)).to_json()

    return await _answer_picture(request, answer)


async def _explain(request: Request) -> Response:
    async def answer(process: ModelProcess, picture: bytes, turn: Turn) -> dict[str, Any]:
        prediction, explanation = await process.explain(picture, "visitor" in request.query_params, turn)
        return {**explanation.to_json(), "prediction": prediction.to_json()}

    return await _answer_picture(request, answer)


async def _answer_picture(
    request: Request, answer: Callable[[ModelProcess, bytes, Turn], Coroutine[Any, Any, dict[str, Any]]]
) -> Response:
    """What `answer` makes of the picture in a request, in its turn; a picture takes its place in line once it is whole."""
    process: ModelProcess = request.app.state.process
    process.last_request = time.monotonic()
    visit, photo = _names(request)

    async def in_turn(picture: bytes) -> dict[str, Any]:
        async with process.line.turn(visit, photo, len(picture)) as turn:
            return await answer(process, picture, turn)

    announced = request.headers.get("content-length", "")
    if not process.line.has_room(visit, _bytes(announced)):
        return await _refuse(request, Busy(FULL), {"Connection": "close"})  # what it sends is not waited for
    try:
        picture = await request.app.state.arrivals.read(visit, lambda heard: picture_of(request, heard))
        document = await _unless_left(request, in_turn(picture))
    except ClientDisconnect:
        return Response(status_code=400)
    except BadImage as error:
        if error.code == "not-a-picture" and request.headers.get("content-type") != PICTURE_TYPE:  # perhaps in some wrapping
            told = type(error)(f"{error} {HOW}")
            told.adopt(error.reason())
            raise told from error
        raise
    process.last_request = time.monotonic()
    return JSONResponse(document)


async def _unless_left(request: Request, work: Coroutine[Any, Any, dict[str, Any]]) -> dict[str, Any]:
    """What `work` gives; it is cancelled when the sender, whose body has been read, is gone. Raises ClientDisconnect."""

    async def left() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    working, leaving = asyncio.ensure_future(work), asyncio.ensure_future(left())
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientDisconnect
        return working.result()
    finally:
        working.cancel()
        leaving.cancel()


async def _line(request: Request) -> Response:
    """How many photos are before one that was sent, for who waits for its answer (null where it is not in line); and whether
    there is room for one more, of so many bytes, for who has not sent it yet.
    """
    process: ModelProcess = request.app.state.process
    process.last_request = time.monotonic()
    visit, photo = _names(request)
    told: dict[str, Any] = {"before": process.line.before(visit, photo)}
    if size := request.query_params.get("bytes"):
        told["room"] = process.line.has_room(visit, _bytes(size), invite=True)
    return JSONResponse(told)


def _bytes(announced: str) -> int:
    """How many bytes a sender announces, as far as it can be a picture's; 0 where it says nothing."""
    return min(int(announced), MAX_BYTES) if announced.isdecimal() and len(announced) < 12 else 0


def _names(request: Request) -> tuple[str, str]:
    """What the sender calls its visit and its photo; a sender without such words is known by its address."""
    address = request.client.host if request.client else ""
    visit, photo = (request.headers.get(name, "")[:LONGEST_NAME] for name in (VISIT, PHOTO))
    return f"{address} {visit}", photo


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
    there = (
        "POST /classify answers a picture, POST /explain says why, too, GET /model gives the model's card, GET /health says "
        "whether it is ready."
    )
    sentence = f"There is no {request.method} {request.url.path[:LONGEST_PATH]} here: {there} {HOW}"
    return JSONResponse({"error": sentence}, status_code=error.status_code, headers=error.headers)


async def _fail(request: Request, error: Exception) -> Response:
    """What nobody foresaw: the reason goes to the log, which Starlette writes, not to the visitor."""
    return JSONResponse({"error": "Something went wrong in the model process: try again."}, status_code=500)


async def _refuse(request: Request, error: Exception, more: Mapping[str, str] = {}) -> Response:
    assert isinstance(error, AppError)
    headers = {REASON: json.dumps(error.reason()), **more}
    if isinstance(error, Busy):
        headers["Retry-After"] = f"{error.retry_after:.0f}"
    return JSONResponse({"error": str(error)}, status_code=error.status, headers=headers)
