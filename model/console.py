"""How the command line shows the progress of a long job. Standard library only."""

from __future__ import annotations

import sys
import time
from typing import Any

from model.wording import duration, percent


class Progress:
    """Events of a long job as one line on standard error, rewritten in place on a terminal."""

    def __enter__(self) -> Progress:
        self._shown, self._inline = 0.0, False
        return self

    def __exit__(self, *_) -> None:
        self._end_line()

    def show(self, event: dict[str, Any]) -> None:
        kind = event["event"]
        if kind == "epoch":
            self._end_line()
            print(
                f"epoch {event['epoch']} of {event['epochs']}: training loss {event['train_loss']:.3f}, "
                f"validation loss {event['valid_loss']:.3f}, accuracy {percent(event['accuracy'])}",
                file=sys.stderr,
            )
        elif sys.stderr.isatty() or time.monotonic() - self._shown > 10:
            if kind == "reading":
                line = f"reading pictures: {event['done']} of {event['total']}"
            else:
                line = f"training: {percent(event['done'])}, {duration(event['seconds_left'])} left, loss {event['loss']:.3f}"
            self._shown, self._inline = time.monotonic(), sys.stderr.isatty()
            print(f"\r{line:<70}" if self._inline else line, end="" if self._inline else "\n", file=sys.stderr, flush=True)

    def _end_line(self) -> None:
        if self._inline:
            print(file=sys.stderr)
            self._inline = False
