"""Answers begun before anybody asks for them, so that a click finds them there. Standard library only."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock, Thread

from model.types import Prediction


@dataclass(frozen=True, eq=False)
class _Asked:
    picture: bytes
    model: str
    answer: Future[Prediction | None] = field(default_factory=Future)


class Prefetch:
    """One picture at a time is with `classify`; of those that come meanwhile the newest waits, the others are let go."""

    def __init__(self, classify: Callable[[bytes], Prediction]):
        self._classify = classify
        self._lock = Lock()
        self._working = False
        self._newest: _Asked | None = None
        self._next: _Asked | None = None

    def ask(self, picture: bytes, model: str) -> None:
        """Begin to classify `picture`, by the model that goes by the name of `model` now."""
        with self._lock:
            self._newest = self._next = _Asked(picture, model)
            if self._working:
                return
            self._working = True
        Thread(target=self._work, daemon=True).start()

    def take(self, picture: bytes, model: str) -> Prediction | None:
        """The answer that `model` was asked for, once; None where there is none, or where it is quicker to ask anew."""
        with self._lock:
            asked = self._newest
            if asked is None or (asked.picture, asked.model) != (picture, model):
                return None
            self._newest = None
            if asked is self._next:  # not begun yet
                self._next = None
                return None
        return asked.answer.result()

    def _work(self) -> None:
        while True:
            with self._lock:
                asked, self._next = self._next, None
                self._working = asked is not None
            if asked is None:
                return
            answer = None
            with contextlib.suppress(Exception):  # whoever asks meets the same, and tells it
                answer = self._classify(asked.picture)
            asked.answer.set_result(answer)
