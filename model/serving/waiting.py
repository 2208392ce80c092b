"""How a client waits for an answer, or for a place in line: told how long it takes, no longer than the answer is wanted.

Standard library only.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any

from model.core import number_of
from model.errors import AppError

LOOK = 0.25  # seconds between two looks at whether the answer is still wanted
NOW = "Yours is being looked at."
LONGEST_PAUSE = 8.0  # seconds between two questions whether there is room
TELL = 1.0  # seconds between two questions how many photos are before


class Unwanted(AppError):
    """An answer that nobody waits for any more."""

    code = "unwanted"


@dataclass(frozen=True)
class Wait:
    """How to wait: `tell` hears a sentence when there is something to say, `wanted` says whether to go on.

    `ask` asks the model process: /line, how many photos are "before" this one; /line?bytes=N, whether there is "room" for one
    of N bytes, as this one's `size` is.
    """

    tell: Callable[[str], None]
    wanted: Callable[[], bool]
    size: int
    ask: Callable[[str], Mapping[str, Any]]

    def until_answered(self, connection: socket.socket, silence: float) -> None:
        """Return once there is something to read. Raises Unwanted; TimeoutError after `silence` seconds without any sign."""
        heard = asked = time.monotonic()
        told = ""
        with selectors.DefaultSelector() as selector:
            selector.register(connection, selectors.EVENT_READ)
            while not selector.select(LOOK):
                self._check_wanted()
                now = time.monotonic()
                if now - heard > silence:
                    raise TimeoutError(f"no sign of life for {silence} s")
                if now - asked >= TELL:
                    asked = now
                    with contextlib.suppress(OSError, HTTPException, AppError):
                        before = self.ask("/line").get("before")
                        heard = time.monotonic()
                        told = self._tell(before, told)

    def has_room(self) -> bool:
        """Whether there is room in line for this photo; so it seems where that cannot be asked."""
        with contextlib.suppress(OSError, HTTPException, AppError):
            return bool(self.ask(f"/line?bytes={self.size}").get("room", True))
        return True

    def until_room(self, deadline: float, pause: float = TELL) -> bool:
        """Wait until there is room, asked after ever longer pauses; False where none is by the deadline. Raises Unwanted."""
        while time.monotonic() + pause <= deadline:
            until = time.monotonic() + pause
            while (left := until - time.monotonic()) > 0:
                self._check_wanted()
                time.sleep(min(LOOK, left))
            if self.has_room():
                return True
            pause = min(2 * pause, LONGEST_PAUSE)
        return False

    def _check_wanted(self) -> None:
        if not self.wanted():
            raise Unwanted("This photo is no longer wanted.")

    def _tell(self, before: int | None, told: str) -> str:
        """Say how long the line is, where that is not what was `told` last; give what is told by now."""
        sentence = told and NOW
        if before:
            sentence = f"{number_of(before, 'photo')} {'is' if before == 1 else 'are'} before yours."
        if sentence != told:
            self.tell(sentence)
        return sentence
