"""A model process on a port of this machine, started as people start it and asked over real HTTP."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from http.client import HTTPConnection

from ports import free_port

from model.core import PROJECT
from model.types import VISIT


class Server:
    """A model process on a port of this machine."""

    def __init__(self, *arguments: str):
        self.port = free_port()
        command = [sys.executable, "-m", "model", "serve", "--port", str(self.port), *arguments]
        self.process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def ask(self, method: str, path: str, body: bytes | None = None, kind: str = "", visit: str = "") -> tuple[int, dict, dict]:
        with contextlib.closing(HTTPConnection("127.0.0.1", self.port, timeout=120)) as connection:
            headers = {name: value for name, value in (("Content-Type", kind), (VISIT, visit)) if value}
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read()), {name.lower(): value for name, value in answer.headers.items()}

    def statuses_of_health(self) -> list[tuple[int, dict]]:
        """What /health says from the first answer until it says anything but 503."""
        seen: list[tuple[int, dict]] = []
        while not seen or seen[-1][0] == 503:
            try:
                seen.append(self.ask("GET", "/health")[:2])
            except OSError:
                assert self.process.poll() is None, self.process.stderr.read()
            time.sleep(0.02)
        return seen

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()
