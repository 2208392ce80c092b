"""Where a model process is: of this machine, started by whoever finds it missing, or somewhere else. Standard library only.

One of this machine listens on a unix socket in a folder of this user's, one socket per model file; one starter at a time.
"""

from __future__ import annotations

import contextlib
import logging
import os
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from urllib.parse import urlsplit

from model.artifacts import model_card, serving_state
from model.core import PROJECT, absolute, checksum_of, locked, runtime_folder
from model.errors import AppError, BadModel, Unreachable

READY_SECONDS = 180.0  # for a first start, which makes the export's safe form
MOST_KEPT = 8  # connections that a client keeps for its next questions
FRESH_SECONDS = 2.0  # for which a connection may be used again: no server closes one that soon
NOT_STARTED = "The model cannot be started: try again in a minute. Its owner finds the reason in the terminal."
_log = logging.getLogger("voilens")


class ConnectionPool:
    """Connections to a model process. One over which an answer came carries the next question, where that follows soon."""

    def __init__(self, host: RemoteProcess | LocalProcess):
        self._host = host
        self._spare: list[tuple[str, float, HTTPConnection]] = []  # where it leads, when it was used last; taken by any thread

    @contextlib.contextmanager
    def connection(self, timeout: float) -> Iterator[HTTPConnection]:
        """A connection for one question and its answer, each sign of which may take `timeout` seconds."""
        where = str(self._host)
        connection = self._taken(where, timeout) or self._host.connection(where, timeout)
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        if connection.sock and len(self._spare) < MOST_KEPT:  # there is none where the other side closes it
            self._spare.append((where, time.monotonic(), connection))
        else:
            connection.close()

    def _taken(self, where: str, timeout: float) -> HTTPConnection | None:
        """A spare connection that the other side has not closed; others are put away."""
        with contextlib.suppress(IndexError):  # another thread took the last one
            while True:
                led, used, connection = self._spare.pop()
                if led == where and time.monotonic() - used < FRESH_SECONDS and not _says_something(connection.sock):
                    connection.sock.settimeout(timeout)
                    return connection
                connection.close()
        return None


def _says_something(side: socket.socket) -> bool:
    """Whether there is something to read, if only that the other side is gone."""
    with selectors.DefaultSelector() as selector:
        selector.register(side, selectors.EVENT_READ)
        return bool(selector.select(0))


class RemoteProcess:
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

    def connection(self, _where: str, timeout: float) -> HTTPConnection:
        return self._kind(self._host, self._port, timeout=timeout)

    def announced(self) -> list[str]:
        return []

    def start(self, error: Exception) -> None:
        raise Unreachable(f"The model at {self} does not answer. Try again later.") from error


class _UnixConnection(HTTPConnection):
    def __init__(self, path: str, timeout: float):
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class LocalProcess:
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

    def connection(self, where: str, timeout: float) -> HTTPConnection:
        return _UnixConnection(where, timeout)

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
        real = export.resolve()
        found = real.stat()
    except OSError as error:
        raise BadModel(f"There is no model file at {export}: train one, or name another with MODEL=.") from error
    state = f"{absolute(export)} {real} {found.st_size} {found.st_mtime_ns}"
    return runtime_folder() / f"{checksum_of(os.fsencode(state))[:16]}.sock"


def _listens(where: Path) -> bool:
    with contextlib.closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as probe:
        try:
            probe.connect(str(where))
        except OSError:
            return False
    return True
