"""The page's server as people start it, asked over HTTP and websockets by visitors who have no browser."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
import uuid
from http.client import HTTPConnection, IncompleteRead
from pathlib import Path

import psutil
from ports import free_port
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from model.core import PROJECT
from widgets.guard.handshake import PROTOCOL


class Full(Exception):
    """As many visits as there is room for are there."""


class NoKernel(LookupError):
    """A page that was begun, and whose kernel never came."""


class PageServer:
    """`voila NOTEBOOK` for strangers, on a port of this machine; its log goes to the notebook's folder.

    `settings` is the folder whose voila.json holds, if there is one in it.
    """

    runtime: Path  # of its model process, where it has one of its own

    def __init__(self, notebook: Path, *arguments: str, settings: Path = PROJECT, **environment: str):
        self.port = free_port()
        self.log = notebook.with_suffix(".log")
        command = [sys.executable, "-m", "voila", str(notebook), "--Voila.ip=127.0.0.1", f"--port={self.port}", "--no-browser"]
        environment = {**os.environ, "VOILENS_PUBLIC": "1", **environment}
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [*command, *arguments], cwd=settings, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment
            )
        self.origin = f"http://127.0.0.1:{self.port}"
        self.until(self.answers)

    def answers(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        with contextlib.suppress(OSError), self.asking("GET", "/nothing") as answer:
            return answer.status in (404, 302)  # of the guard, of Voilà by itself
        return False

    def until(self, condition, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"{condition} after {seconds} s: {self.log.read_text()[-3000:]}"
            time.sleep(0.05)

    @contextlib.contextmanager
    def asking(self, method: str, path: str, **headers: str):
        """An answer whose body has not been read."""
        with contextlib.closing(HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            yield connection.getresponse()

    def enter(self) -> str:
        """Load the page: the name of its kernel. Raises Full; NoKernel where the page broke off before that, and tells it."""
        with self.asking("GET", "/") as answer:
            try:
                page = answer.read().decode()
            except IncompleteRead as broken:
                page = broken.partial.decode()
            if answer.status == 503:
                raise Full(page)
            assert answer.status == 200, page
        found = re.search(r'"kernelId": "([0-9a-f-]+)"', page)
        if not found:
            raise NoKernel(page[-2000:])
        return found[1]

    def leave(self, kernel: str, **headers: str) -> int:
        """What a tab says when it closes."""
        with self.asking("POST", f"/voila/api/shutdown/{kernel}", **{"Origin": self.origin, **headers}) as answer:
            return answer.status

    async def connect(self, kernel: str) -> WebSocketClientConnection:
        """The websocket that a page keeps open."""
        address = f"ws://127.0.0.1:{self.port}/api/kernels/{kernel}/channels?session_id={uuid.uuid4()}"
        return await websocket_connect(HTTPRequest(address), subprotocols=[PROTOCOL])

    def status(self, kernel: str) -> int:
        with self.asking("GET", f"/api/kernels/{kernel}") as answer:
            return answer.status

    def kernels(self) -> dict[str, psutil.Process]:
        """The processes of its kernels that live, by name."""
        found = {}
        for process in psutil.Process(self.process.pid).children():
            with contextlib.suppress(psutil.Error):
                name = re.search(r"kernel-([0-9a-f-]+)\.json", " ".join(process.cmdline()))
                if name and process.status() != psutil.STATUS_ZOMBIE:
                    found[name[1]] = process
        return found

    def end(self) -> None:
        kernels = [*self.kernels().values()] if self.process.poll() is None else []
        self.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(5)
        self.process.kill()
        self.process.wait()
        for kernel in kernels:
            with contextlib.suppress(psutil.Error):
                kernel.kill()
