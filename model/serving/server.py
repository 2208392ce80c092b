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
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from model.errors import REASON, AppError, BadImage, BadUsage, Busy
from model.serving.model_process import ModelProcess
from model.serving.upload import HOW, picture_of
from model.types import PICTURE_TYPE

if TYPE_CHECKING:
    from model.classifier import Classifier

RECEIVE_SECONDS = 30.0  # that a photo may take to arrive
MAX_SOCKET_PATH = 100  # bytes
GRACE_SECONDS = 3.0  # for which a process that could not load its model tells why, before it ends
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
        tasks = [asyncio.create_task(process.run()), asyncio.create_task(_stop_when_useless(process, idle, stop))]
        yield
        for task in tasks:
            task.cancel()
        await process.stop()

    routes = [
        Route("/classify", _classify, methods=["POST"]),
        Route("/explain", _explain, methods=["POST"]),
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

    public = uds is None or os.environ.get("VOILENS_PUBLIC", "") not in ("", "0")  # a socket is this user's alone
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
    async def answer(process: ModelProcess, picture: bytes) -> dict[str, Any]:
        return (await process.classify(picture)).to_json()

    return await _answer_picture(request, answer)


async def _explain(request: Request) -> Response:
    async def answer(process: ModelProcess, picture: bytes) -> dict[str, Any]:
        prediction, explanation = await process.explain(picture, "visitor" in request.query_params)
        return {**explanation.to_json(), "prediction": prediction.to_json()}

    return await _answer_picture(request, answer)


async def _answer_picture(
    request: Request, answer: Callable[[ModelProcess, bytes], Coroutine[Any, Any, dict[str, Any]]]
) -> Response:
    """What `answer` makes of the picture in a request."""
    process: ModelProcess = request.app.state.process
    process.last_request = time.monotonic()
    try:
        with process.place_in_line():
            document = await answer(process, await asyncio.wait_for(picture_of(request), RECEIVE_SECONDS))
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
    return JSONResponse(document)


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


async def _refuse(request: Request, error: Exception) -> Response:
    assert isinstance(error, AppError)
    headers = {REASON: json.dumps(error.reason())}
    if isinstance(error, Busy):
        headers["Retry-After"] = f"{error.retry_after:.0f}"
    return JSONResponse({"error": str(error)}, status_code=error.status, headers=headers)
