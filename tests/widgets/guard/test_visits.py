"""How much a browser may send, and the comms that it may speak of."""

from __future__ import annotations

import pytest
from frames import frame, opening, to_comm

from widgets.guard import limits
from widgets.guard.messages import Refused, read, split
from widgets.guard.visits import Allowance, Visit


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def send(visit: Visit, sent: bytes, opened: set[str] | None = None) -> None:
    parts = split(sent)
    visit.count(parts)
    visit.check(read(parts), set() if opened is None else opened)


def test_an_allowance_grows_with_time_up_to_its_most():
    clock = Clock()
    allowance = Allowance(10, 2, clock)
    assert allowance.spend(10)
    assert not allowance.spend(1)
    clock.now += 3
    assert not allowance.spend(7)
    assert allowance.spend(5)
    assert allowance.spend(1)
    assert not allowance.spend(1)
    clock.now += 1000
    assert allowance.spend(10)
    assert not allowance.spend(1)


def test_a_comm_is_known_once_the_kernel_told_of_it_or_the_browser_opened_it():
    visit, own = Visit(bounded=True), set()
    with pytest.raises(Refused, match="a comm that there is not"):
        send(visit, to_comm("w"))
    visit.learn({"w"})
    send(visit, to_comm("w"))
    send(visit, opening("c"), own)
    send(visit, to_comm("c"), own)
    with pytest.raises(Refused, match="a comm that there is not"):
        send(visit, to_comm("c"))  # another websocket
    send(visit, frame("comm_close", {"comm_id": "c"}), own)
    with pytest.raises(Refused, match="a comm that there is not"):
        send(visit, to_comm("c"), own)


def test_comms_and_websockets_are_few():
    visit, own = Visit(bounded=False), set()
    for number in range(limits.MAX_CONTROLS):
        send(visit, opening(f"c{number}"), own)
    with pytest.raises(Refused, match="more comms"):
        send(visit, opening("one-more"), own)
    send(visit, opening("one-more"))  # a lost websocket is followed by another
    visit.connections |= set(range(limits.MAX_CONNECTIONS))
    with pytest.raises(Refused, match="more websockets"):
        visit.count_connection()


def test_a_photo_after_the_other_passes_as_fast_as_a_page_sends_it_and_a_flood_does_not():
    clock = Clock()
    visit = Visit(True, clock)
    visit.learn({"w"})
    part = to_comm("w", {"method": "custom"}, b"x" * 48 * 1024)
    for _ in range(20 * 300):  # 20 s of 300 parts each, 14 MB
        clock.now += 1 / 300
        send(visit, part)
    with pytest.raises(Refused, match="more messages"):
        for _ in range(10_000):
            send(visit, to_comm("w"))


def test_few_messages_wait_for_the_kernel():
    visit = Visit(bounded=True)

    def send_one(*buffers: bytes) -> str:
        message = read(split(frame("comm_msg", {"comm_id": "w"}, *buffers)))
        visit.count_waiting(message)
        return message.number

    first = send_one()
    for _ in range(limits.MAX_WAITING - 1):
        send_one()
    visit.dealt_with(first)
    send_one()
    with pytest.raises(Refused, match="more messages at once"):
        send_one()
    visit.count_connection()
    for _ in range(limits.MAX_WAITING_BYTES // 900_000):
        send_one(b"x" * 900_000)
    with pytest.raises(Refused, match="more messages at once"):
        send_one(b"x" * 900_000)


def test_much_at_once_much_in_all_and_many_websockets_are_refused_of_a_stranger_and_not_of_the_owner():
    def fast(visit: Visit, _clock: Clock) -> None:
        for _ in range(200):
            visit.count([b"shell", b"", b"", b"", b"", b"x" * 900_000])

    def long(visit: Visit, clock: Clock) -> None:
        for _ in range(2300):
            clock.now += 1
            visit.count([b"shell", b"", b"", b"", b"", b"x" * 900_000])

    def often(visit: Visit, _clock: Clock) -> None:
        for _ in range(101):
            visit.count_connection()

    for act, reason in ((fast, "more bytes in a second"), (long, "more bytes than a visit"), (often, "opened more often")):
        with pytest.raises(Refused, match=reason):
            act(Visit(True, clock := Clock()), clock)
        act(Visit(False, clock := Clock()), clock)
