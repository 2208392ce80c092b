"""How the rest of the program reaches the model process. Standard library only: a kernel that imports this stays light.

Without `VOILENS_URL` the process listens on a unix socket in a folder of this user's, one socket per model file, and
is started by whoever finds it missing, one starter at a time.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from model.artifacts import model_card, serving_state
from model.core import MAX_BYTES, PROJECT, absolute, checksum_of, is_public, locked, runtime_folder, too_many_bytes
from model.errors import ERROR_BY_STATUS, REASON, AppError, BadImage, BadModel, Busy, Unreachable
from model.serving import Prefetch, Wait
from model.types import PHOTO, PICTURE_TYPE, VISIT, Explanation, Prediction

ANSWER_SECONDS = 60.0  # for which a busy or silent process is waited for; one that tells how long its line is, longer
LINE_SECONDS = 2.0  # for which a process is asked how long its line is
RESTARTS = 2  # of the process that a photo may meet before its visitor is told
READY_SECONDS = 180.0  # for a first start, which makes the export's safe form
NOT_STARTED = "The model cannot be started: try again in a minute. Its owner finds the reason in the terminal."
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
    host = _RemoteProcess(url) if url else _LocalProcess(Path(os.path.expanduser(path)) if path else None)
    return _DiscreetClient(host) if is_public() else Client(host)


class Client:
    """Asks a model process, on behalf of one visit. Safe to use from several threads."""

    def __init__(self, host: _RemoteProcess | _LocalProcess):
        self._host = host
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
        with contextlib.closing(self._host.connection()) as connection:
            connection.timeout = seconds or ANSWER_SECONDS
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


class _RemoteProcess:
    """A model process somewhere else, by its URL."""

    was_up = True

    def __init__(self, url: str):
        try:
            parts = urlsplit(url)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise ValueError
            self._host, self._port, self.prefix = parts.hostname, parts.port, parts.path.rstrip("/")
        except ValueError as error:
            raise AppError(f"VOILENS_URL is {url}: it must look like http://host:port.") from error
        self._url, self._kind = url, HTTPSConnection if parts.scheme == "https" else HTTPConnection

    def __str__(self) -> str:
        return self._url

    def connection(self) -> HTTPConnection:
        return self._kind(self._host, self._port)

    def announced(self) -> list[str]:
        return []

    def start(self, error: Exception) -> None:
        raise Unreachable(f"The model at {self} does not answer. Try again later.") from error


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


class _UnixConnection(HTTPConnection):
    def __init__(self, path: Path):
        super().__init__("localhost")
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


class _LocalProcess:
    """The model process of this machine and this user, for one model file; None: for the one that serves, whichever it is."""

    prefix = ""

    def __init__(self, named: Path | None):
        self._named = named
        self.was_up = False

    def __str__(self) -> str:
        return str(_socket_of(self._export))

    @property
    def _export(self) -> Path:
        return self._named or serving_state.serving()

    def connection(self) -> HTTPConnection:
        return _UnixConnection(_socket_of(self._export))

    def announced(self) -> list[str]:
        try:
            card = model_card.read(self._export)
            return list(card.classes or []) if card else []
        except AppError:
            return []

    def start(self, error: Exception) -> None:
        """Start the process unless another starter was quicker; return once it listens. Raises AppError."""
        export = self._export
        where = _socket_of(export)
        log = where.with_suffix(".log")
        with locked(where.with_suffix(".lock")):
            if _listens(where):
                return
            with log.open("wb") as output:
                process = subprocess.Popen(
                    self._command(export, where),
                    cwd=PROJECT,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                )
            deadline = time.monotonic() + READY_SECONDS
            while not _listens(where):
                if process.poll() is not None or time.monotonic() > deadline:
                    reason = log.read_text(errors="replace").strip()
                    _log.error("the model process could not start; in %s: %s", log, reason or "no reason given")
                    raise Unreachable(NOT_STARTED)
                time.sleep(0.005)

    def _command(self, export: Path, where: Path) -> list[str]:
        command = [sys.executable, "-m", "model", "serve", "--uds", str(where)]
        command += ["--idle", os.environ.get("VOILENS_IDLE", "900"), "--model", str(absolute(export))]
        return command if self._named and model_card.is_named(export) else [*command, "--checked"]


def _socket_of(export: Path) -> Path:
    """One socket per state of a model file, so that a new export is served by a new process. Raises BadModel."""
    try:
        found = export.resolve().stat()
    except OSError as error:
        raise BadModel(f"There is no model file at {export}: train one, or name another with MODEL=.") from error
    state = f"{absolute(export)} {export.resolve()} {found.st_size} {found.st_mtime_ns}"
    return runtime_folder() / f"{checksum_of(os.fsencode(state))[:16]}.sock"


def _listens(where: Path) -> bool:
    with contextlib.closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as probe:
        try:
            probe.connect(str(where))
        except OSError:
            return False
    return True
