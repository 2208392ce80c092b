"""What is known of the browser behind a kernel: how much it has sent, and the comms that there are for it to speak of."""

from __future__ import annotations

import time
from collections.abc import Callable
from weakref import WeakKeyDictionary

from widgets.guard import limits
from widgets.guard.messages import Message, refuse


class Allowance:
    """An amount that grows with time up to `most`, and is spent."""

    def __init__(self, most: float, per_second: float, clock: Callable[[], float] = time.monotonic):
        self._most, self._per_second, self._clock = most, per_second, clock
        self._left, self._at = most, clock()

    def spend(self, amount: float) -> bool:
        """Whether there was as much left."""
        now = self._clock()
        self._left = min(self._most, self._left + (now - self._at) * self._per_second) - amount
        self._at = now
        return self._left >= 0


class Visit:
    """One browser and its kernel, over all websockets between them: a lost one is opened again.

    `bounded` says whether what it sends is counted: a stranger's is, an owner's is not.
    """

    def __init__(self, bounded: bool, clock: Callable[[], float] = time.monotonic):
        self.connections: set[object] = set()
        self._comms: set[str] = set()
        self._controls: set[str] = set()
        self._bounded, self._bytes = bounded, 0
        self._points = Allowance(limits.POINTS_AT_ONCE, limits.POINTS_PER_SECOND, clock)
        self._rate = Allowance(limits.BYTES_AT_ONCE, limits.BYTES_PER_SECOND, clock)

    def count_connection(self) -> None:
        """Count a websocket that opens. Raises Refused."""
        if len(self.connections) >= limits.MAX_CONNECTIONS:
            refuse("more websockets than a page opens")
        if self._bounded and not self._points.spend(limits.POINTS_OF_CONNECTION):
            refuse("websockets opened more often than a page does")

    def count(self, parts: list[bytes]) -> None:
        """Count a message: its channel, its four parts of JSON, its buffers. Raises Refused."""
        if not self._bounded:
            return
        size = sum(map(len, parts))
        self._bytes += size
        if not self._points.spend(1 + sum(map(len, parts[:5])) / 1000):
            refuse("more messages than a page sends")
        if not self._rate.spend(size):
            refuse("more bytes in a second than a page sends")
        if self._bytes > limits.MAX_BYTES:
            refuse("more bytes than a visit may send")

    def check(self, message: Message) -> None:
        """Let a message pass that is for a comm that there is, or opens that for the state of all widgets. Raises Refused."""
        comm = message.comm
        if message.kind == "comm_open":
            if len(self._controls) >= limits.MAX_CONTROLS:
                refuse("more comms than a page opens")
            self._controls.add(comm)
        elif message.kind in ("comm_msg", "comm_close") and not self._knows(comm):
            refuse("a message for a comm that there is not")
        if message.kind == "comm_close":
            self._controls.discard(comm)

    def _knows(self, comm: str) -> bool:
        return comm in self._comms or comm in self._controls

    def learn(self, comms: set[str]) -> None:
        """The kernel has told its browser of these comms."""
        self._comms |= comms


class Visits:
    """The visit of each kernel, for as long as the kernel's manager is there."""

    def __init__(self) -> None:
        self._visits: WeakKeyDictionary[object, Visit] = WeakKeyDictionary()

    def of(self, kernel: object, bounded: bool) -> Visit:
        """The visit of the kernel that `kernel` manages."""
        if kernel not in self._visits:
            self._visits[kernel] = Visit(bounded)
        return self._visits[kernel]
