"""Answers begun before anybody asks for them, so that a click finds them there. Standard library only."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock, Thread

from model.types import Prediction


@dataclass(frozen=True, eq=False)
class _Request:
    picture: bytes
    model: str
    answer: Future[Prediction | None] = field(default_factory=Future)


class Prefetch:
    """Runs `classify` on one picture at a time; of those that come meanwhile the newest waits, the others are dropped."""

    def __init__(self, classify: Callable[[bytes], Prediction]):
        self._classify = classify
        self._lock = Lock()
        self._working = False
        self._newest: _Request | None = None
        self._next: _Request | None = None

    def start(self, picture: bytes, model: str) -> None:
        """Begin to classify `picture`; `model` names the model that answers now."""
        with self._lock:
            self._newest = self._next = _Request(picture, model)
            if self._working:
                return
            self._working = True
        Thread(target=self._work, daemon=True).start()

    def take(self, picture: bytes, model: str) -> Prediction | None:
        """The answer of `model`, once; None where none was started, or where it is quicker to ask now."""
        with self._lock:
            request = self._newest
            if request is None or (request.picture, request.model) != (picture, model):
                return None
            self._newest = None
            if request is self._next:  # not begun yet
                self._next = None
                return None
        return request.answer.result()

    def _work(self) -> None:
        while True:
            with self._lock:
                request, self._next = self._next, None
                self._working = request is not None
            if request is None:
                return
            answer = None
            with contextlib.suppress(Exception):  # whoever asks meets the same, and tells it
                answer = self._classify(request.picture)
            request.answer.set_result(answer)
