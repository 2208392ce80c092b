"""How the command line shows the progress of a long job. Standard library only."""

from __future__ import annotations

import sys
import time

from model.core import duration, percent
from model.jobs.types import Event


class Progress:
    """Events of a long job as one line on standard error, rewritten in place on a terminal."""

    def __enter__(self) -> Progress:
        self._shown, self._inline = 0.0, False
        return self

    def __exit__(self, *_) -> None:
        self._end_line()

    def show(self, event: Event) -> None:
        """Show one event: an epoch, or progress (`done` of `total`, or a share, with `seconds_left` where it is known)."""
        if event["event"] == "epoch":
            self._end_line()
            print(
                f"epoch {event['epoch']} of {event['epochs']}: training loss {event['train_loss']:.3f}, "
                f"validation loss {event['valid_loss']:.3f}, accuracy {percent(event['accuracy'])}",
                file=sys.stderr,
            )
        elif "done" in event and (sys.stderr.isatty() or time.monotonic() - self._shown > 10):
            self._shown, self._inline = time.monotonic(), sys.stderr.isatty()
            line = _progress(event)
            print(f"\r{line:<70}" if self._inline else line, end="" if self._inline else "\n", file=sys.stderr, flush=True)

    def _end_line(self) -> None:
        if self._inline:
            print(file=sys.stderr)
            self._inline = False


def _progress(event: Event) -> str:
    far = f"{event['done']} of {event['total']} pictures" if "total" in event else percent(event["done"])
    parts = [f"{event.get('phase') or event['event']}: {far}"]
    if "seconds_left" in event:
        parts.append(f"{duration(event['seconds_left'])} left")
    if "loss" in event:
        parts.append(f"loss {event['loss']:.3f}")
    return ", ".join(parts)
