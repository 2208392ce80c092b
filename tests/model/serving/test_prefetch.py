"""Answers begun before anybody asks, with a stand-in for the model that answers when the test lets it."""

from __future__ import annotations

import time
from threading import Event

from model.serving.prefetch import Prefetch
from model.types import Prediction


class Model:
    """Answers with the picture's own name, once it is let; keeps what it was asked."""

    def __init__(self, error: Exception | None = None):
        self.asked: list[bytes] = []
        self.let = Event()
        self.error = error

    def __call__(self, picture: bytes) -> Prediction:
        self.asked.append(picture)
        self.let.wait(10)
        if self.error:
            raise self.error
        return Prediction(picture.decode(), 1.0, {picture.decode(): 1.0}, "sure", 0.0)

    def has_been_asked(self, *pictures: bytes) -> bool:
        deadline = time.monotonic() + 10
        while self.asked != list(pictures) and time.monotonic() < deadline:
            time.sleep(0.01)
        return self.asked == list(pictures)


def test_an_answer_is_taken_over_once_even_while_it_is_on_its_way():
    model = Model()
    prefetch = Prefetch(model)
    prefetch.start(b"a", "first")
    assert model.has_been_asked(b"a")
    model.let.set()
    assert prefetch.take(b"a", "first").label == "a"
    assert prefetch.take(b"a", "first") is None
    assert model.asked == [b"a"]


def test_the_answer_of_another_model_or_to_another_picture_is_not_taken():
    model = Model()
    model.let.set()
    prefetch = Prefetch(model)
    prefetch.start(b"a", "first")
    assert model.has_been_asked(b"a")
    assert prefetch.take(b"a", "second") is None
    assert prefetch.take(b"b", "first") is None
    assert prefetch.take(b"a", "first").label == "a"


def test_one_picture_at_a_time_is_asked_and_of_those_that_wait_the_newest():
    model = Model()
    prefetch = Prefetch(model)
    for picture in (b"a", b"b", b"c", b"d"):
        prefetch.start(picture, "first")
        assert model.has_been_asked(b"a")
    model.let.set()
    assert model.has_been_asked(b"a", b"d")
    assert prefetch.take(b"d", "first").label == "d"
    assert prefetch.take(b"a", "first") is None


def test_a_picture_that_still_waits_is_left_to_whoever_asks_for_it_now():
    model = Model()
    prefetch = Prefetch(model)
    prefetch.start(b"a", "first")
    assert model.has_been_asked(b"a")
    prefetch.start(b"b", "first")
    assert prefetch.take(b"b", "first") is None
    model.let.set()
    prefetch.start(b"c", "first")
    assert model.has_been_asked(b"a", b"c")


def test_a_failure_of_any_kind_is_not_kept():
    model = Model(ZeroDivisionError("broken"))
    model.let.set()
    prefetch = Prefetch(model)
    prefetch.start(b"a", "first")
    assert model.has_been_asked(b"a")
    assert prefetch.take(b"a", "first") is None
    model.error = None
    prefetch.start(b"b", "first")
    assert model.has_been_asked(b"a", b"b")
    assert prefetch.take(b"b", "first").label == "b"
