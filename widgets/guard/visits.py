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
        """Take as much where there is as much; say whether there was."""
        now = self._clock()
        self._left = min(self._most, self._left + (now - self._at) * self._per_second)
        self._at = now
        if amount > self._left:
            return False
        self._left -= amount
        return True


class Visit:
    """One browser and its kernel, over all websockets between them: a lost one is opened again.

    `bounded` says whether what it sends is counted: a stranger's is, an owner's is not.
    """

    def __init__(self, bounded: bool, clock: Callable[[], float] = time.monotonic):
        self.connections: set[object] = set()
        self.sent = 0  # messages
        self._waiting: dict[str, int] = {}  # bytes of the messages that the kernel has not dealt with yet
        self._comms: set[str] = set()
        self._bounded, self._bytes = bounded, 0
        self._points = Allowance(limits.POINTS_AT_ONCE, limits.POINTS_PER_SECOND, clock)
        self._openings = Allowance(limits.CONNECTIONS_AT_ONCE, limits.CONNECTIONS_PER_SECOND, clock)
        self._rate = Allowance(limits.BYTES_AT_ONCE, limits.BYTES_PER_SECOND, clock)

    def count_connection(self) -> None:
        """Count a websocket that opens: it may not hear what became of earlier messages. Raises Refused."""
        self._waiting.clear()
        if len(self.connections) >= limits.MAX_CONNECTIONS:
            refuse("more websockets than a page opens")
        if self._bounded and not self._openings.spend(1):
            refuse("websockets opened more often than a page does")

    def count(self, parts: list[bytes]) -> None:
        """Count a message: its channel, its four parts of JSON, its buffers. Raises Refused."""
        self.sent += 1
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

    def count_waiting(self, message: Message) -> None:
        """Count a message until the kernel has dealt with it. Raises Refused."""
        if not self._bounded:
            return
        if message.number in self._waiting:
            refuse("a message that is there twice")
        self._waiting[message.number] = sum(map(len, message.buffers))
        if len(self._waiting) > limits.MAX_WAITING or sum(self._waiting.values()) > limits.MAX_WAITING_BYTES:
            refuse("more messages at once than a page sends")

    def dealt_with(self, number: str) -> None:
        """The kernel has dealt with the message of this number."""
        self._waiting.pop(number, None)

    def check(self, message: Message, opened: set[str]) -> None:
        """Let a message pass that is for a comm that there is, or opens one. Raises Refused.

        `opened` are the comms that its own websocket has opened and not closed.
        """
        comm = message.comm
        if message.kind == "comm_open":
            if len(opened) >= limits.MAX_CONTROLS:
                refuse("more comms than a page opens")
            opened.add(comm)
        elif comm and comm not in self._comms and comm not in opened:
            refuse("a message for a comm that there is not")
        elif message.kind == "comm_close":
            opened.discard(comm)

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
