"""How a client waits: what it hears, and that it ends where nobody waits any more."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from model.serving import waiting
from model.serving.waiting import NOW, Unwanted, Wait


@pytest.fixture
def quick(monkeypatch) -> None:
    for name in ("LOOK", "TELL", "LONGEST_PAUSE"):
        monkeypatch.setattr(waiting, name, 0.01)


def test_it_hears_how_the_line_gets_shorter_each_number_once_and_returns_with_the_answer(quick):
    told: list[str] = []
    lengths = iter([3, 3, 1, 0, 0])
    near, far = socket.socketpair()

    def line(path):
        assert path == "/line"
        before = next(lengths, None)
        if before is None:
            far.sendall(b"an answer")
        return {"before": before}

    with near, far:
        Wait(told.append, lambda: True, 10, line).until_answered(near, 60.0)
    assert told == ["3 photos are before yours.", "1 photo is before yours.", NOW]


def test_who_is_next_at_once_hears_nothing(quick):
    told: list[str] = []
    near, far = socket.socketpair()
    with near, far:
        threading.Timer(0.1, far.sendall, [b"an answer"]).start()
        Wait(told.append, lambda: True, 10, lambda path: {"before": 0}).until_answered(near, 60.0)
    assert told == []


def test_it_ends_where_the_answer_is_no_longer_wanted(quick):
    near, far = socket.socketpair()
    with near, far, pytest.raises(Unwanted):
        Wait(lambda words: None, lambda: False, 10, lambda path: {}).until_answered(near, 60.0)


def test_a_process_that_gives_no_sign_is_given_up_and_one_that_tells_its_line_is_not(quick):
    def silent(path):
        raise TimeoutError

    near, far = socket.socketpair()
    with near, far:
        with pytest.raises(TimeoutError, match="no sign"):
            Wait(lambda words: None, lambda: True, 10, silent).until_answered(near, 0.2)
        threading.Timer(1.0, far.sendall, [b"an answer"]).start()
        Wait(lambda words: None, lambda: True, 10, lambda path: {"before": 2}).until_answered(near, 0.5)


def test_room_is_asked_for_again_and_again_but_not_for_ever(quick):
    asked: list[str] = []

    def line(path):
        asked.append(path)
        return {"room": len(asked) > 3}

    wait = Wait(lambda words: None, lambda: True, 10, line)
    assert wait.until_room(time.monotonic() + 60, 0.01)
    assert asked == ["/line?bytes=10"] * 4
    never = Wait(lambda words: None, lambda: True, 10, lambda path: {"room": False})
    assert not never.until_room(time.monotonic() + 0.1, 0.01)
    with pytest.raises(Unwanted):
        Wait(lambda words: None, lambda: False, 10, line).until_room(time.monotonic() + 60, 0.01)
