"""A process that answers questions about one thing as long as its owner wants: JSON lines, one question at a time.

It may hold what the asking process must not, such as numpy. It is started by the first question, started again where it has
ended, and ends with whoever asks: when its input closes, or when it is closed. Knows processes, not what is asked.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any

from model.core import PROJECT
from model.errors import AppError

ENDED = "It ended without a word, perhaps for want of memory: ask again."
_starting = threading.Lock()  # so that no two are started at once, of which one would inherit the other's pipes


class Companion:
    """`python -m MODULE ARGUMENTS`, which serves questions by `answer_questions`; for any number of threads."""

    def __init__(self, module: str, arguments: Sequence[str]):
        self._command = [sys.executable, "-m", module, *arguments]
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False

    @property
    def pid(self) -> int | None:
        """Of its process; None where there is none."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """Its answer, however long that takes. Raises AppError with a sentence: its own, or that it ended or is closed."""
        with self._turn:
            for _ in range(2):  # one that has ended since the last question is started again
                line = self._exchange(json.dumps(question).encode() + b"\n")
                if line.endswith(b"\n"):
                    break
            else:
                raise AppError(ENDED)
        answer = json.loads(line)
        if "sentence" in answer:
            raise AppError(answer["sentence"])
        return answer

    def close(self) -> None:
        """End it, whatever it is doing; what it has not written down is not missed."""
        self._closed = True
        process = self._process
        if process:
            process.kill()
            with contextlib.suppress(OSError):
                process.wait()

    def _exchange(self, question: bytes) -> bytes:
        process = self._running()
        assert process.stdin and process.stdout, "both are pipes"
        try:
            process.stdin.write(question)
            process.stdin.flush()
            line = process.stdout.readline()
        except OSError:
            line = b""
        if not line.endswith(b"\n"):
            self._discard(process)
        return line

    def _running(self) -> subprocess.Popen[bytes]:
        if self._closed:
            raise AppError("It is closed.")
        if self._process is None:
            with _starting:
                self._process = subprocess.Popen(self._command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            if self._closed:  # meanwhile
                self.close()
        return self._process

    def _discard(self, process: subprocess.Popen[bytes]) -> None:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            with contextlib.suppress(OSError):
                pipe and pipe.close()
        self._process = None


def answer_questions(answer: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Inside the process: answer each line of standard input, until it closes. An AppError becomes its sentence."""
    for line in sys.stdin.buffer:
        try:
            said = answer(json.loads(line))
        except AppError as error:
            said = {"sentence": str(error)}
        sys.stdout.buffer.write(json.dumps(said).encode() + b"\n")
        sys.stdout.buffer.flush()
