"""How the rest of the program reaches the model process. Standard library only: a kernel that imports this stays light.

Without `VOILENS_URL` the process is one of this machine, which is started where it is missing.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import secrets
import time
from collections.abc import Callable, Mapping
from http.client import HTTPException
from itertools import count
from pathlib import Path
from typing import Any

from model.core import MAX_BYTES, is_public, too_many_bytes
from model.errors import ERROR_BY_STATUS, REASON, AppError, BadImage, Busy, Unreachable
from model.serving import NOT_STARTED, READY_SECONDS, ConnectionPool, LocalProcess, Prefetch, RemoteProcess, Wait
from model.types import PHOTO, PICTURE_TYPE, VISIT, Explanation, Prediction

ANSWER_SECONDS = 60.0  # for which a busy or silent process is waited for; one that tells how long its line is, longer
LINE_SECONDS = 2.0  # for which a process is asked how long its line is
RESTARTS = 2  # of the process that a photo may meet before its visitor is told
NO_ANSWER = "This page cannot answer now: try it again in a few minutes. A photo that you sent is fine."
BUSY = "Many photos are waiting. Yours is kept and tried again by itself."
RESTARTING = "The model process is starting again. Your photo is kept and will be answered."
TOO_OLD = "The model process that runs is of an earlier version, which cannot do this: its owner can start it again."
_log = logging.getLogger("voilens")

Waiting = Callable[[str], None]


class _Replacing(ConnectionError):
    """What stands before the model process, as Ray Serve does, has lost it: another is on its way."""


def connect(path: str | Path | None = None, url: str | None = None) -> Client:
    """A client of the model process for the export `path`, or of the one at `url` (None: at `VOILENS_URL`, where that is set);
    returns at once, starts nothing yet.

    Without a path (None, or "") it asks the model that serves, and goes on to another as soon as that one serves.
    """
    url = url or os.environ.get("VOILENS_URL")
    host = RemoteProcess(url) if url else LocalProcess(Path(os.path.expanduser(path)) if path else None)
    return _DiscreetClient(host) if is_public() else Client(host)


class Client:
    """Asks a model process, on behalf of one visit. Safe to use from several threads."""

    def __init__(self, host: RemoteProcess | LocalProcess):
        self._host, self._pool = host, ConnectionPool(host)
        self._visit, self._photos = secrets.token_urlsafe(12), count()
        self._in_line: set[str] = set()  # names of photos
        self._ahead = Prefetch(lambda picture: self._classify(picture, lambda sentence: None))

    def ask_ahead(self, picture: bytes) -> None:
        """Begin to classify a picture that is likely to be asked for; the next `classify` takes over that answer."""
        with contextlib.suppress(AppError):  # whoever asks for the answer meets the same, and tells it
            self._ahead.start(picture, str(self._host))

    def classify(
        self, picture: bytes, waiting: Waiting = lambda sentence: None, wanted: Callable[[], bool] = lambda: True
    ) -> Prediction:
        """Classify one picture; `waiting` hears a sentence where that takes a wait, which `wanted` may end. Raises AppError."""
        return self._ahead.take(picture, str(self._host)) or self._classify(picture, waiting, wanted)

    def explain(
        self, picture: bytes, for_visitors: bool | None = None, waiting: Waiting = lambda sentence: None
    ) -> Explanation:
        """What of one picture leads to its answer; `for_visitors` says that others than the model's owner will see it (None: as
        VOILENS_PUBLIC says). Raises AppError.
        """
        if for_visitors is None:
            for_visitors = is_public()
        return Explanation.from_json(self._send("/explain?visitor" if for_visitors else "/explain", picture, waiting))

    def _classify(self, picture: bytes, waiting: Waiting, wanted: Callable[[], bool] = lambda: True) -> Prediction:
        return Prediction.from_json(self._send("/classify", picture, waiting, wanted))

    def _send(self, path: str, picture: bytes, waiting: Waiting, wanted: Callable[[], bool] = lambda: True) -> dict[str, Any]:
        """What the model process makes of a picture, waited for while it is busy or starts again."""
        if len(picture) > MAX_BYTES:
            raise too_many_bytes(len(picture))
        deadline = time.monotonic() + ANSWER_SECONDS
        names = {VISIT: self._visit, PHOTO: str(next(self._photos))}
        wait = Wait(waiting, wanted, len(picture), lambda line: self._ask("GET", line, names=names, seconds=LINE_SECONDS))
        lone = not self._in_line
        self._in_line.add(names[PHOTO])
        try:
            if not lone and not wait.has_room():
                waiting(BUSY)
                wait.until_room(deadline)
            return self._send_again(path, picture, names, wait, deadline)
        finally:
            self._in_line.discard(names[PHOTO])

    def _send_again(self, path: str, picture: bytes, names: Mapping[str, str], wait: Wait, deadline: float) -> dict[str, Any]:
        def ask() -> dict[str, Any]:
            while True:
                try:
                    return self._ask("POST", path, bytes(picture), names, wait)
                except Busy as error:
                    wait.tell(BUSY)
                    if not wait.until_room(deadline, error.retry_after):
                        raise

        return self._ask_again(ask, wait.tell)

    def _ask_again(self, ask: Callable[[], dict[str, Any]], tell: Waiting = lambda sentence: None) -> dict[str, Any]:
        """What `ask` gives; where the process is lost meanwhile, it is asked again once it is back. Raises AppError."""
        restarts = 0
        while True:
            try:
                return ask()
            except (OSError, HTTPException) as error:
                if restarts == RESTARTS:
                    raise Unreachable("The model process ended before it answered, three times. Try another photo.") from error
                if self._host.was_up:
                    tell(RESTARTING)
                self.ready()
                restarts += 1

    def announced(self) -> list[str]:
        """The classes that the card on this disk names, for a page that is drawn before the model is loaded; or none."""
        return self._host.announced()

    def card(self) -> dict[str, Any]:
        """The model card, with the classes in the order of the probabilities. Raises AppError."""
        self.ready()
        return self._ask_again(lambda: self._ask("GET", "/model"))

    def ready(self) -> None:
        """Return once the model process answers, starting it where that is ours to do. Raises AppError."""
        deadline = time.monotonic() + READY_SECONDS
        patience = time.monotonic() + ANSWER_SECONDS  # with what is being replaced
        while time.monotonic() < deadline:
            try:
                self._ask("GET", "/health")
                self._host.was_up = True
                return
            except Busy:
                time.sleep(0.02)
            except _Replacing as error:
                if time.monotonic() > patience:
                    self._host.start(error)
                time.sleep(0.2)
            except (OSError, HTTPException) as error:
                self._host.start(error)
        _log.error("the model process at %s does not get ready", self._host)
        raise Unreachable(NOT_STARTED)

    def _ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        names: Mapping[str, str] = {},
        wait: Wait | None = None,
        seconds: float | None = None,
    ) -> dict[str, Any]:
        with self._pool.connection(seconds or ANSWER_SECONDS) as connection:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # refused before all was sent: the answer says why
                connection.request(method, self._host.prefix + path, body, {"Content-Type": PICTURE_TYPE, **names})
            if wait:
                wait.until_answered(connection.sock, ANSWER_SECONDS)
            answer = connection.getresponse()
            try:
                data = json.loads(answer.read())
            except ValueError as error:
                if answer.status >= 500:  # the process itself refuses in JSON
                    raise _Replacing(f"{self._host} lost its model process") from error
                raise Unreachable(f"Something else than a model process answers at {self._host}.") from error
        if answer.status == 404:
            raise AppError(TOO_OLD)
        if answer.status != 200:
            sentence = str(data.get("error", "The model process is not ready yet: try again in a minute."))
            kind = ERROR_BY_STATUS.get(answer.status, AppError)
            refusal = Busy(sentence, float(answer.headers.get("Retry-After", 1))) if kind is Busy else kind(sentence)
            with contextlib.suppress(ValueError):
                refusal.adopt(json.loads(answer.headers.get(REASON, "")))
            raise refusal
        return data


def _discreet(ask: Callable[..., Any]) -> Callable[..., Any]:
    """What only the owner can mend is for the log, whatever its sentence names; what is wrong with a photo is told."""

    def asking(*arguments: Any, **named: Any) -> Any:
        try:
            return ask(*arguments, **named)
        except (BadImage, Busy):
            raise
        except AppError as error:
            _log.error("a visitor gets no answer: %s", error)
            raise Unreachable(NO_ANSWER, code="no-answer") from None

    return asking


class _DiscreetClient(Client):
    """The client of a public page."""

    classify, explain, card = _discreet(Client.classify), _discreet(Client.explain), _discreet(Client.card)
