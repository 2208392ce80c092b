"""Long work beside the event loop: the page stays alive, results come back on the loop's own thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

_running: set[asyncio.Task] = set()  # the loop itself keeps only weak references


def run_in_background(work: Coroutine[Any, Any, None]) -> None:
    """Run `work` as a task of the running loop; without one (a test, a script) run it to its end at once."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(work)
        return
    task = loop.create_task(work)
    _running.add(task)
    task.add_done_callback(_running.discard)


def on_this_loop(function: Callable[..., None]) -> Callable[..., None]:
    """A version of `function` that other threads may call: it runs later, on the loop that is running now."""
    loop = asyncio.get_running_loop()

    def run_later(*arguments: Any) -> None:
        loop.call_soon_threadsafe(function, *arguments)

    return run_later
