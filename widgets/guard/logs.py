"""The logs of the server without what would let somebody into a visit: kernels, sessions and tokens are not named.

A kernel's number is all that a stranger's page proves itself by, the token all that the owner's does.
"""

from __future__ import annotations

import logging
import re

from widgets.guard.addresses import KERNEL

_SECRET = re.compile(rf"{KERNEL}(:[\w-]+)?|(?<=token=)\w+")
_TWICE = ("%d %s: ", "wrote error: ")  # how lines begin that tell of a refusal which has a line of its own


class _Discreet(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        if str(record.msg).startswith(_TWICE):
            return False
        message = record.getMessage()
        if "is running at" not in message:  # the link itself
            record.msg, record.args = _SECRET.sub("…", message), ()
        return True


def keep_discreet(*loggers: logging.Logger) -> None:
    """Let these loggers, and those of Tornado, name no kernel and no token."""
    for logger in (*loggers, *(logging.getLogger(f"tornado.{name}") for name in ("access", "application", "general"))):
        logger.addFilter(_Discreet())
