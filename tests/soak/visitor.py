"""A visitor without a browser: loads the page, says over the websocket what its scripts would say, and reads the answers."""

from __future__ import annotations

import asyncio
import json
import time
from itertools import pairwise
from typing import Any

from frames import frame, opening, to_comm
from page_server import PageServer
from tornado.httpclient import HTTPClientError
from tornado.websocket import WebSocketClientConnection

CHUNK = 128 * 1024
Answer = dict[str, Any]


class Gone(Exception):
    """The page's line to its kernel ended."""


class Visitor:
    """One open page of the real notebook. `answers` are asked for one photo after the other."""

    def __init__(self, server: PageServer, kernel: str, line: WebSocketClientConnection):
        self.server, self.kernel = server, kernel
        self._line, self._turn = line, 0
        self._uploader, self._answer = "", ""
        self._arrived: asyncio.Queue[str | bytes | None] = asyncio.Queue()
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        """As a browser, which reads whatever comes when it comes, and so answers the pings of the server."""
        received: str | bytes | None = ""
        while received is not None:
            received = await self._line.read_message()
            self._arrived.put_nowait(received)

    @classmethod
    async def enter(cls, server: PageServer, kernel: str, seconds: float = 60.0) -> Visitor:
        """The page of this kernel, once its widgets are known. Raises Gone, TimeoutError."""
        try:
            visitor = cls(server, kernel, await server.connect(kernel))
        except HTTPClientError as error:  # its kernel was killed before the page was there
            raise Gone from error
        deadline = time.monotonic() + seconds
        while not (visitor._uploader and visitor._answer):
            await visitor._look_for_widgets(deadline)
        return visitor

    async def _look_for_widgets(self, deadline: float) -> None:
        await self._line.write_message(opening("page"), binary=True)
        await self._line.write_message(to_comm("page"), binary=True)
        while True:
            data = (await self._next(deadline)).get("data", {})
            if data.get("method") == "update_states":
                break
        for comm, state in ((comm, each["state"]) for comm, each in data["states"].items()):
            if "max_photos" in state and not state["many"] and not state["compact"]:
                self._uploader = comm
            if "explainable" in state and "content" in state and "note" in state:
                self._answer = comm
        await self._line.write_message(frame("comm_close", {"comm_id": "page"}), binary=True)

    async def ask(self, name: str, content: bytes, seconds: float = 60.0) -> Answer:
        """Send a photo as the page does: what the answer's widget shows of it at last. Raises Gone, TimeoutError."""
        self._turn += 1
        deadline = time.monotonic() + seconds
        await self._send({"type": "start", "turn": self._turn, "names": [name]})
        for start in range(0, max(1, len(content)), CHUNK):
            last = start + CHUNK >= len(content)
            message = {"type": "chunk", "turn": self._turn, "index": 0, "last": last}
            await self._send(message, content[start : start + CHUNK])
            while (await self._next(deadline)).get("data", {}).get("content", {}).get("type") != "received":
                pass
        while True:
            said = await self._next(deadline)
            shown = said.get("data", {}).get("state", {}).get("content", {})
            if said.get("comm_id") == self._answer and shown.get("kind") in ("answer", "refused"):
                return shown

    async def _send(self, content: dict[str, Any], *buffers: bytes) -> None:
        message = {"method": "custom", "content": content}
        try:
            await self._line.write_message(to_comm(self._uploader, message, *buffers), binary=True)
        except Exception as error:
            raise Gone from error

    async def _next(self, deadline: float) -> dict[str, Any]:
        """The content of the next message of a comm."""
        while True:
            received = await asyncio.wait_for(self._arrived.get(), max(0.01, deadline - time.monotonic()))
            if received is None:
                raise Gone
            if isinstance(received, bytes):
                kind, content = _opened(received)
                if kind == "comm_msg":
                    return content

    def vanish(self) -> None:
        """The line breaks without a word."""
        self._line.close()

    async def leave(self) -> None:
        """The tab closes."""
        self._line.close()
        await asyncio.to_thread(self.server.leave, self.kernel)


def _opened(received: bytes) -> tuple[str, dict[str, Any]]:
    """The kind and the content of a message from the kernel, of the protocol's first version."""
    count = int.from_bytes(received[:8], "little")
    offsets = [int.from_bytes(received[at : at + 8], "little") for at in range(8, 8 + 8 * count, 8)]
    parts = [received[start:stop] for start, stop in pairwise(offsets)]
    return json.loads(parts[1])["msg_type"], json.loads(parts[4])
