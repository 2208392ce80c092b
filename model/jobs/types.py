"""What long work tells whoever waits for it. Knows no process and no folder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Event = dict[str, Any]
"""One thing that happened: its name under "event", and what belongs to it, as JSON can hold it."""

Report = Callable[[Event], None]
"""Takes each event of a piece of work as it happens."""

Stopping = Callable[[], bool]
"""Whether somebody asked the work to stop; asked between two steps of it."""
