"""What a stranger's browser gets to see of the machine that serves it: no path, no traceback, no output of a program.

The last line of defence: whoever says something to a visitor already says it without them.
"""

from __future__ import annotations

import functools
import json
import re
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from model.core import PROJECT, cache_folder, runtime_folder

HIDDEN = ("stream", "error", "execute_input", "execute_reply", "debug_event")  # what a program prints is for the terminal


def for_visitors(parts: list[Any]) -> list[Any] | None:
    """A message of the kernel, its header first, without places of this machine; None where it is not for visitors at all."""
    if json.loads(parts[0]).get("msg_type") in HIDDEN:
        return None
    return [*parts[:3], _places().sub("…".encode(), parts[3]), *parts[4:]]


def places_in(folders: Iterable[Path]) -> re.Pattern[bytes]:
    """One of these folders in a text, and what follows to the end of a word."""
    names = sorted({str(folder) for folder in folders if len(folder.parts) > 1}, key=len, reverse=True)
    return re.compile(
        rb"(?<![\w.-])(?:" + b"|".join(re.escape(name.encode()) for name in names) + rb")(?![\w.-])[^\s\"'<>()\\]*"
    )


@functools.cache
def _places() -> re.Pattern[bytes]:
    own = (PROJECT, cache_folder(), runtime_folder(), Path.home(), Path(tempfile.gettempdir()))
    return places_in([*own, *(folder.resolve() for folder in own), Path(sys.prefix), Path(sys.base_prefix)])
