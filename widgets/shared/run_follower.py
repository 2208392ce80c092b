"""Following a run from beside the event loop: what happens in its folder is heard on the loop's own thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from model.jobs import Event, Run, State
from widgets.shared import background

FIRST_PAUSE, LONGEST_PAUSE = 0.1, 0.5  # seconds between two looks: at first, for short work, and later

OnEvents = Callable[[Run, State, list[Event]], None]


class Follower:
    """Follows one run at a time; `on_events(run, state, events)` hears what is new at each look, the last time at its end."""

    def __init__(self, on_events: OnEvents):
        self._on_events = on_events
        self.run: Run | None = None

    def follow(self, run: Run) -> None:
        """Leave the run that was followed, and follow this one from its first event on."""
        self.run = run
        background.run_in_background(self._follow(run))

    def leave(self) -> None:
        """Hear no more of the run; it goes on by itself."""
        self.run = None

    async def _follow(self, run: Run) -> None:
        seen, pause = 0, FIRST_PAUSE
        while run is self.run:
            state, fresh = await asyncio.to_thread(_new_events, run, seen)
            if run is not self.run:
                return
            seen += len(fresh)
            self._on_events(run, state, fresh)
            if state != "running":
                return
            await asyncio.sleep(pause)
            pause = min(LONGEST_PAUSE, 1.3 * pause)


def _new_events(run: Run, seen: int) -> tuple[State, list[Event]]:
    state = run.state  # first: the events that came before its end are then there
    return state, run.events(seen)
