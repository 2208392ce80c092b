"""What a server that ended without a word has left behind."""

from __future__ import annotations

import logging
import threading

from model.errors import AppError
from model.intake import remove_left_visits

_log = logging.getLogger("voilens.guard")


def remove_leftovers() -> None:
    """Begin to remove the photos of visits that are over, beside the start of the server."""
    threading.Thread(target=_remove, name="leftovers", daemon=True).start()


def _remove() -> None:
    try:
        remove_left_visits()
    except (AppError, OSError) as error:
        _log.warning("photos of earlier visits could not be removed: %s", error)
