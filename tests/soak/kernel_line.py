"""The line between an open page and its kernel, without a browser: which widgets there are, messages to them, what they say."""

from __future__ import annotations

import asyncio
import json
import time
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from frames import frame, opening, to_comm
from page_server import PageServer
from tornado.httpclient import HTTPClientError
from tornado.websocket import WebSocketClientConnection

if TYPE_CHECKING:
    from typing_extensions import Self

CONTROL = "page"  # the comm that tells the states of all widgets, for a moment


class Gone(Exception):
    """The page's line to its kernel ended."""


class KernelLine:
    """One open page. What is made of this knows by `find` which of the widgets it speaks to."""

    def __init__(self, server: PageServer, kernel: str, line: WebSocketClientConnection):
        self.server, self.kernel = server, kernel
        self._line = line
        self._arrived: asyncio.Queue[str | bytes | None] = asyncio.Queue()
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        """As a browser, which reads whatever comes when it comes, and so answers the pings of the server."""
        received: str | bytes | None = ""
        while received is not None:
            received = await self._line.read_message()
            self._arrived.put_nowait(received)

    @classmethod
    async def enter(cls, server: PageServer, kernel: str, seconds: float = 60.0) -> Self:
        """The page of this kernel, once its widgets are known. Raises Gone, TimeoutError."""
        try:
            page = cls(server, kernel, await server.connect(kernel))
        except HTTPClientError as error:  # its kernel was killed before the page was there
            raise Gone from error
        deadline = time.monotonic() + seconds
        while not page.find(await page._widgets(deadline)):
            pass
        return page

    def find(self, widgets: dict[str, dict[str, Any]]) -> bool:
        """Note the comms of what this page speaks to, among the models of `widgets` by comm; say whether all are there."""
        raise NotImplementedError

    async def ask(self, name: str, content: bytes, seconds: float = 60.0) -> Any:
        """What is shown of a photo at last. Raises Gone, TimeoutError."""
        raise NotImplementedError

    async def _widgets(self, deadline: float) -> dict[str, dict[str, Any]]:
        await self._line.write_message(opening(CONTROL), binary=True)
        await self._line.write_message(to_comm(CONTROL), binary=True)
        while True:
            data = (await self.next(deadline)).get("data", {})
            if data.get("method") == "update_states":
                break
        await self._line.write_message(frame("comm_close", {"comm_id": CONTROL}), binary=True)
        return data["states"]

    async def send(self, comm: str, message: dict[str, Any], *buffers: bytes) -> None:
        """A message to a widget. Raises Gone."""
        try:
            await self._line.write_message(to_comm(comm, message, *buffers), binary=True)
        except Exception as error:
            raise Gone from error

    async def next(self, deadline: float) -> dict[str, Any]:
        """The content of the next message of a comm. Raises Gone, TimeoutError."""
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
