"""A visitor without a browser: says over the websocket what the page's scripts would say, and reads the answers."""

from __future__ import annotations

import time
from typing import Any

from kernel_line import KernelLine

CHUNK = 128 * 1024
AHEAD = 4  # chunks under way, not confirmed yet, as in chunks.js
Answer = dict[str, Any]


class Visitor(KernelLine):
    """One open page of the real notebook. `answers` are asked for one photo after the other."""

    _turn, _uploader, _answer = 0, "", ""

    def find(self, widgets: dict[str, dict[str, Any]]) -> bool:
        for comm, state in ((comm, each["state"]) for comm, each in widgets.items()):
            if "max_photos" in state and not state["many"] and not state["compact"]:
                self._uploader = comm
            if "explainable" in state and "content" in state and "note" in state:
                self._answer = comm
        return bool(self._uploader and self._answer)

    async def ask(self, name: str, content: bytes, seconds: float = 60.0) -> Answer:
        """Send a photo as the page does: what the answer's widget shows of it at last. Raises Gone, TimeoutError."""
        self._turn += 1
        deadline = time.monotonic() + seconds
        await self._say({"type": "start", "turn": self._turn, "names": [name]})
        under_way = 0
        for start in range(0, max(1, len(content)), CHUNK):
            if under_way == AHEAD:
                await self._confirmation(deadline)
                under_way -= 1
            last = start + CHUNK >= len(content)
            message = {"type": "chunk", "turn": self._turn, "index": 0, "last": last}
            await self._say(message, content[start : start + CHUNK])
            under_way += 1
        while True:
            said = await self.next(deadline)
            shown = said.get("data", {}).get("state", {}).get("content", {})
            if said.get("comm_id") == self._answer and shown.get("kind") in ("answer", "refused"):
                return shown

    async def _confirmation(self, deadline: float) -> None:
        """Of a chunk of this photo, not of one before."""
        while True:
            said = (await self.next(deadline)).get("data", {}).get("content", {})
            if said.get("type") == "received" and said["turn"] == self._turn:
                return

    async def _say(self, content: dict[str, Any], *buffers: bytes) -> None:
        await self.send(self._uploader, {"method": "custom", "content": content}, *buffers)
